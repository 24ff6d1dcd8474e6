"""The protocols that carry rows: Open Inference v2, MLflow scoring server, plain JSON. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from proveout.asked import NotRowsError, Row, mlflow_rows, open_inference_rows, plain_rows
from proveout.simulation.chat import NotUnderstoodError
from proveout.simulation.responder import Answered

Rows = list[Row]

_MODEL = re.compile(r"/v2/models/(?P<name>[^/]+)(?:/versions/(?P<version>[^/]+))?/infer/?$")


class TabularProtocol(Protocol):
    """Reads rows from a body and writes answers into one."""

    def rows(self, body: bytes) -> Rows:
        """Read the rows. Raises NotUnderstoodError."""
        ...

    def write(self, answers: Sequence[Answered]) -> bytes:
        """Write the answers."""
        ...


def protocol_at(path: str) -> TabularProtocol | None:
    """Tell which protocol is spoken at a path; None where there is nothing."""
    found = _MODEL.search(path)
    if found is not None:
        return OpenInference(model=found["name"], version=found["version"] or "1")
    if path.rstrip("/").endswith("/invocations"):
        return Mlflow(as_objects=path.startswith("/objects/"))
    return PlainJson() if path == "/" else None


def rows_of(protocol: TabularProtocol, body: bytes) -> Rows:
    """Read the rows. Raises NotUnderstoodError, whatever it is that makes no sense."""
    try:
        return protocol.rows(body)
    except NotRowsError as error:
        raise NotUnderstoodError(str(error)) from error
    except (AttributeError, IndexError, RecursionError, TypeError, ValueError) as error:
        raise NotUnderstoodError(
            f"The body is not of the form that is spoken here: {error}."
        ) from error


def state(path: str) -> bytes:
    """Answer the questions whether the service and its models are there."""
    if path.startswith("/v2/models/"):
        name = path.split("/")[3]
        ready = {"name": name, "ready": True}
        described = {"name": name, "versions": ["1"], "platform": "simulated"}
        tensors: dict[str, Any] = {"inputs": [], "outputs": []}
        return orjson.dumps(ready if path.endswith("/ready") else {**described, **tensors})
    if path.startswith("/v2/health/"):
        return orjson.dumps({path.rsplit("/", 1)[-1]: True})
    return orjson.dumps({"name": "proveout-simulated", "version": "1", "extensions": []})


@dataclass(frozen=True, slots=True)
class PlainJson:
    """POST / with records anywhere in the body, such as {"rows": [...]}."""

    def rows(self, body: bytes) -> Rows:
        """Take the first list of records; without one, the body is the one record."""
        return plain_rows(_loaded(body))

    def write(self, answers: Sequence[Answered]) -> bytes:
        """Write {"answers": [...], "confidence": [...]}."""
        return orjson.dumps({"answers": _values(answers), "confidence": _confidences(answers)})


@dataclass(frozen=True, slots=True)
class Mlflow:
    """POST /invocations; below /objects/ each prediction is an object with its confidence."""

    as_objects: bool = False

    def rows(self, body: bytes) -> Rows:
        """Read dataframe_split, dataframe_records, inputs or instances."""
        return mlflow_rows(_loaded(body))

    def write(self, answers: Sequence[Answered]) -> bytes:
        """Write {"predictions": [...]}."""
        if not self.as_objects:
            return orjson.dumps({"predictions": _values(answers)})
        each = [{"answer": one.value, "confidence": one.confidence} for one in answers]
        return orjson.dumps({"predictions": each})


@dataclass(frozen=True, slots=True)
class OpenInference:
    """POST /v2/models/NAME/infer, with one tensor per column or a matrix."""

    model: str
    version: str

    def rows(self, body: bytes) -> Rows:
        """Read the tensors."""
        return open_inference_rows(_loaded(body))

    def write(self, answers: Sequence[Answered]) -> bytes:
        """Write the outputs 'answer' and 'confidence'."""
        values = _values(answers)
        is_number = all(_is_number(value) for value in values)
        if not is_number:
            values = [value if isinstance(value, str) else _as_text(value) for value in values]
        n = len(answers)
        answer = {"name": "answer", "shape": [n], "datatype": "FP64" if is_number else "BYTES"}
        sure = {"name": "confidence", "shape": [n], "datatype": "FP64"}
        outputs = [{**answer, "data": values}, {**sure, "data": _confidences(answers)}]
        head = {"model_name": self.model, "model_version": self.version}
        return orjson.dumps({**head, "outputs": outputs})


def _loaded(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotUnderstoodError(f"The body is not JSON: {error}.") from None


def _values(answers: Sequence[Answered]) -> list[Any]:
    return [answer.value for answer in answers]


def _confidences(answers: Sequence[Answered]) -> list[float | None]:
    return [answer.confidence for answer in answers]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_text(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()
