"""The protocols that carry rows: Open Inference v2, MLflow scoring server, plain JSON. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from proveout.simulation.chat import NotUnderstoodError
from proveout.simulation.responder import Answered

Rows = list[dict[str, Any]]

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
        asked = _loaded(body)
        found = _records(asked)
        if found is not None:
            return found
        return [asked if isinstance(asked, dict) else {"value": asked}]

    def write(self, answers: Sequence[Answered]) -> bytes:
        """Write {"answers": [...], "confidence": [...]}."""
        return orjson.dumps({"answers": _values(answers), "confidence": _confidences(answers)})


@dataclass(frozen=True, slots=True)
class Mlflow:
    """POST /invocations; below /objects/ each prediction is an object with its confidence."""

    as_objects: bool = False

    def rows(self, body: bytes) -> Rows:
        """Read dataframe_split, dataframe_records, inputs or instances."""
        asked = _loaded(body)
        if not isinstance(asked, dict):
            raise NotUnderstoodError("The body is not a JSON object.")
        if "dataframe_split" in asked:
            split = asked["dataframe_split"]
            if not isinstance(split, dict) or not isinstance(split.get("data"), list):
                raise NotUnderstoodError("'dataframe_split' has no 'data'.")
            columns = split.get("columns") or range(len(split["data"][0]) if split["data"] else 0)
            return [dict(zip(map(str, columns), row, strict=False)) for row in split["data"]]
        for key in ("dataframe_records", "inputs", "instances"):
            if key in asked:
                return _table(asked[key])
        allowed = "dataframe_split, dataframe_records, inputs or instances"
        raise NotUnderstoodError(f"The body has none of {allowed}.")

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
        asked = _loaded(body)
        tensors = asked.get("inputs") if isinstance(asked, dict) else None
        if not isinstance(tensors, list) or not tensors:
            raise NotUnderstoodError("'inputs' is missing; it is a list of tensors.")
        columns: dict[str, list[Any]] = {}
        for tensor in tensors:
            columns |= _columns(tensor)
        lengths = {len(column) for column in columns.values()}
        if len(lengths) != 1:
            raise NotUnderstoodError("The tensors differ in their number of rows.")
        names = list(columns)
        return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]

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


def _records(value: Any) -> Rows | None:
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return value
    inner = value.values() if isinstance(value, dict) else ()
    return next((found for item in inner if (found := _records(item)) is not None), None)


def _table(value: Any) -> Rows:
    if isinstance(value, dict):  # column → values
        columns = {str(k): v if isinstance(v, list) else [v] for k, v in value.items()}
        return [
            dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=False)
        ]
    if not isinstance(value, list):
        raise NotUnderstoodError("The rows are neither a list nor an object of columns.")
    return [_row(item) for item in value]


def _row(item: Any) -> dict[str, Any]:
    if isinstance(item, Mapping):
        return dict(item)
    return {str(i): v for i, v in enumerate(item if isinstance(item, list) else [item])}


def _columns(tensor: Any) -> dict[str, list[Any]]:
    if not isinstance(tensor, dict) or not isinstance(tensor.get("data"), list):
        raise NotUnderstoodError("A tensor has no 'data'.")
    name, shape, data = str(tensor.get("name")), tensor.get("shape") or [], tensor["data"]
    flat = [v for part in data for v in part] if data and isinstance(data[0], list) else data
    width = int(shape[1]) if len(shape) == 2 else 1
    if width == 1:
        return {name: flat}
    return {f"{name}.{i}": flat[i::width] for i in range(width)}


def _values(answers: Sequence[Answered]) -> list[Any]:
    return [answer.value for answer in answers]


def _confidences(answers: Sequence[Answered]) -> list[float | None]:
    return [answer.confidence for answer in answers]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_text(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()
