"""An MLflow scoring server: POST /invocations."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from proveout.charter.schema import MlflowSystem
from proveout.charter.schema.base import Task
from proveout.systems import answering
from proveout.systems.answering import NotAnswersError
from proveout.systems.dialects.addresses import below
from proveout.systems.dialects.replies import found_at, json_of, most_probable
from proveout.systems.exchange import Decoded, Reply, Request

_ANSWER_FIELDS = ("answer", "prediction", "predictions", "label")
"""Where an answer is looked for in an object when the charter does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mlflow:
    """Writes one of the three layouts that a scoring server takes, and reads its predictions."""

    charter: MlflowSystem
    headers: Mapping[str, str] = field(repr=False)
    task: Task | None = None

    @property
    def rows_per_request(self) -> int:
        """As the charter says."""
        return self.charter.batch_rows

    def encode(self, rows: Sequence[Mapping[str, Any]]) -> Request:
        """Write a request."""
        columns = list(rows[0]) if rows else []
        body: Any
        if self.charter.layout == "dataframe_split":
            body = {"columns": columns, "data": [[row[name] for name in columns] for row in rows]}
        elif self.charter.layout == "dataframe_records":
            body = list(rows)
        else:
            body = {name: [row[name] for row in rows] for name in columns}
        return Request(
            method="POST",
            url=below(self.charter.url, "invocations"),
            headers=self.headers,
            body=json.dumps({self.charter.layout: body}).encode(),
            rows=len(rows),
        )

    def decode(self, reply: Reply, rows: int, *, asked: Request | None = None) -> Decoded:  # noqa: ARG002
        """Read the predictions: plain, objects, columns, or one probability per class."""
        predictions = _by_row(found_at(json_of(reply), "predictions"), rows)
        if not isinstance(predictions, list):
            raise NotAnswersError("what the response has at 'predictions' is no list")
        if self.charter.classes:
            labels, confidence = most_probable(predictions, self.charter.classes)
            raw = answering.with_confidence(answering.read_list(labels), confidence)
        elif any(isinstance(item, dict) for item in predictions):
            raw = self._of_objects(predictions)
        else:
            raw = answering.read_list([_alone(item) for item in predictions])
        return Decoded(answers=raw)

    def holds_token(self, received: bytes) -> bool:  # noqa: ARG002
        """Never: it is no stream."""
        return False

    def _of_objects(self, predictions: list[Any]) -> answering.RawAnswers:
        objects = [item if isinstance(item, dict) else {} for item in predictions]
        name = self.charter.answer_field or self._answer_field(objects)
        if name is None:  # the object itself holds the fields of the document
            doubt = self.charter.confidence_field
            items: list[Any] = [
                {key: value for key, value in item.items() if key != doubt} for item in objects
            ]
        else:
            items = [item.get(name) for item in objects]
        raw = answering.read_list(items)
        if self.charter.confidence_field is None:
            return raw
        return answering.with_confidence(
            raw, [item.get(self.charter.confidence_field) for item in objects]
        )

    def _answer_field(self, objects: list[dict[str, Any]]) -> str | None:
        names = dict.fromkeys(name for item in objects for name in item)
        holders = [name for name in _ANSWER_FIELDS if name in names]
        if self.task == "extraction":  # the object itself, unless it holds one
            inner = [
                name for name in holders if any(_is_object(item.get(name)) for item in objects)
            ]
            return inner[0] if inner else None
        if holders:
            return holders[0]
        names.pop(self.charter.confidence_field or "", None)
        if len(names) == 1:
            return str(next(iter(names)))
        listed = ", ".join(f"'{name}'" for name in list(names)[:8])
        raise NotAnswersError(
            f"predictions are objects with {listed}; system.mlflow.answer_field says which"
        )


def _by_row(predictions: Any, rows: int) -> Any:
    """Turn columns, as models give them that return a dict of arrays, into one object per row."""
    if not isinstance(predictions, dict) or not predictions:
        return predictions
    columns = list(predictions.values())
    if not all(isinstance(column, list) and len(column) == rows for column in columns):
        return predictions
    return [dict(zip(predictions, row, strict=True)) for row in zip(*columns, strict=True)]


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _alone(item: Any) -> Any:
    """Take a prediction out of a list of its own, as models with one output column give it."""
    return item[0] if isinstance(item, list) and len(item) == 1 else item
