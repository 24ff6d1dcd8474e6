"""The Open Inference Protocol, version 2 (KServe, Triton, Seldon, MLServer), JSON form.

Source: https://github.com/kserve/open-inference-protocol, "HTTP/REST", "Inference".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from proveout.charter.schema import OpenInferenceSystem
from proveout.systems import answering
from proveout.systems.answering import NotAnswersError
from proveout.systems.dialects.addresses import below
from proveout.systems.dialects.replies import json_of, most_probable
from proveout.systems.exchange import Decoded, Reply, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInference:
    """Writes tensors, and reads the outputs that the charter names."""

    charter: OpenInferenceSystem
    headers: Mapping[str, str] = field(repr=False)

    @property
    def rows_per_request(self) -> int:
        """As the charter says."""
        return self.charter.batch_rows

    def encode(self, rows: Sequence[Mapping[str, Any]]) -> Request:
        """Write a request."""
        columns = {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}
        if self.charter.layout == "columns":
            inputs = [_tensor(name, cells) for name, cells in columns.items()]
        else:
            inputs = [_matrix(self.charter.input_name, list(columns.values()), len(rows))]
        body: dict[str, Any] = {"inputs": inputs}
        if self.charter.layout == "columns":
            # MLServer takes the first tensor alone unless told that they are columns of a table.
            body["parameters"] = {"content_type": "pd"}
        wanted = [name for name in (self.charter.answer, self.charter.confidence) if name]
        if self.charter.answer is not None:  # all outputs come when none is asked for by name
            body["outputs"] = [{"name": name} for name in dict.fromkeys(wanted)]
        return Request(
            method="POST",
            url=self._url,
            headers=self.headers,
            body=json.dumps(body).encode(),
            rows=len(rows),
        )

    def decode(self, reply: Reply, rows: int, *, asked: Request | None = None) -> Decoded:  # noqa: ARG002
        """Read the outputs: answers, and a confidence or one probability per class."""
        outputs = _outputs(json_of(reply))
        charter = self.charter
        name = charter.answer or next(iter(outputs))
        answers = _rows_of(outputs, name)
        if charter.confidence is None:
            if charter.classes and any(isinstance(item, list) for item in answers):
                labels, sure = most_probable(answers, charter.classes)
                raw = answering.with_confidence(answering.read_list(labels), sure)
                return Decoded(answers=raw)
            return Decoded(answers=answering.read_list(answers))
        confidence = _rows_of(outputs, charter.confidence)
        if charter.classes and any(isinstance(item, list) for item in confidence):
            labels, sure = most_probable(confidence, charter.classes)
            if charter.answer is None:
                answers = list(labels)
            else:
                sure = _of_answers(answers, confidence, charter.classes, sure)
            confidence = list(sure)
        raw = answering.with_confidence(answering.read_list(answers), confidence)
        return Decoded(answers=raw)

    def holds_token(self, received: bytes) -> bool:  # noqa: ARG002
        """Never: it is no stream."""
        return False

    @property
    def _url(self) -> str:
        charter = self.charter
        path = f"v2/models/{quote(charter.model, safe='')}"
        if charter.model_version is not None:
            path += f"/versions/{quote(charter.model_version, safe='')}"
        return below(charter.url, f"{path}/infer")


def _tensor(name: str, cells: list[Any]) -> dict[str, Any]:
    """Write a column; one whose rows are of several kinds goes as text."""
    given = [cell for cell in cells if cell is not None]
    data = cells
    if given and all(isinstance(cell, bool) for cell in given):
        kind = "BOOL"
    elif all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in given):
        # A gap among whole numbers makes them fractions, as it does in most of these servers.
        is_whole = len(given) == len(cells) and all(isinstance(cell, int) for cell in given)
        kind = "INT64" if is_whole else "FP64"
    else:
        kind = "BYTES"
        data = [None if cell is None else _text(cell) for cell in cells]
    tensor = {"name": str(name), "shape": [len(cells), 1], "datatype": kind, "data": data}
    # Else MLServer hands the model bytes.
    return tensor | {"parameters": {"content_type": "str"}} if kind == "BYTES" else tensor


def _matrix(name: str, columns: list[list[Any]], n: int) -> dict[str, Any]:
    cells = [cell for row in zip(*columns, strict=True) for cell in row]
    is_numeric = all(cell is None or isinstance(cell, int | float) for cell in cells)
    data = cells if is_numeric else [None if cell is None else _text(cell) for cell in cells]
    # FP32 is what the servers' examples and most of their tabular back ends take.
    kind = "FP32" if is_numeric else "BYTES"
    return {"name": name, "shape": [n, len(columns)], "datatype": kind, "data": data}


def _text(cell: Any) -> str:
    return cell if isinstance(cell, str) else json.dumps(cell)


def _outputs(decoded: Any) -> dict[str, dict[str, Any]]:
    outputs = decoded.get("outputs") if isinstance(decoded, dict) else None
    if not isinstance(outputs, list) or not outputs:
        raise NotAnswersError("the response has no 'outputs'")
    named = {str(item.get("name")): item for item in outputs if isinstance(item, dict)}
    if not named:
        raise NotAnswersError("the response's 'outputs' are no tensors")
    return named


def _rows_of(outputs: dict[str, dict[str, Any]], name: str) -> list[Any]:
    """Return one item per row: a value, or a list where the tensor has more than one column."""
    if name not in outputs:
        found = ", ".join(f"'{each}'" for each in list(outputs)[:8])
        raise NotAnswersError(f"the response has no output '{name}' (it has: {found})")
    data = outputs[name].get("data")
    if not isinstance(data, list):
        raise NotAnswersError(f"the output '{name}' has no 'data'")
    shape = outputs[name].get("shape")
    flat = _flattened(data)
    n = shape[0] if isinstance(shape, list) and shape and isinstance(shape[0], int) else len(data)
    if n <= 0 or not flat or len(flat) % n:
        return flat
    width = len(flat) // n
    if width == 1:
        return flat
    return [flat[first : first + width] for first in range(0, len(flat), width)]


def _flattened(data: list[Any]) -> list[Any]:
    """Put nested lists, which the protocol allows for, into one in row order."""
    if not any(isinstance(item, list) for item in data):
        return data
    flat: list[Any] = []
    pending = [iter(data)]
    while pending:
        for item in pending[-1]:
            if isinstance(item, list):
                pending.append(iter(item))
                break
            flat.append(item)
        else:
            pending.pop()
    return flat


def _of_answers(
    answers: list[Any], probabilities: list[Any], classes: Sequence[str], most: list[float]
) -> list[float]:
    """Return the probability of the class that was answered; the highest where it is no class."""
    places = {name: place for place, name in enumerate(classes)}
    return [
        most[row]
        if (place := places.get(answering.class_text(answer))) is None
        else float(probabilities[row][place])
        for row, answer in enumerate(answers[: len(probabilities)])
    ]
