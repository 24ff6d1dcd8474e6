"""Rows as text for a program, and the lines that it writes as answers. Pure."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from proveout.systems import answering
from proveout.systems.dialects.records import records
from proveout.systems.port import AnswerStatus

if TYPE_CHECKING:
    import pandas as pd

    from proveout.charter.schema.base import Task
    from proveout.systems.answering import RawAnswers


def rows_as_text(rows: pd.DataFrame, form: Literal["jsonl", "csv"]) -> bytes:
    """Write rows, one a line; missing values are null, or empty."""
    if form == "csv":
        text = str(rows.to_csv(index=False, lineterminator="\n"))
    else:
        text = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in records(rows))
    return text.encode("utf-8", "replace")


def read_lines(output: bytes, task: Task | None) -> RawAnswers:
    """Read one answer a line: a JSON value, or an object with 'answer' and what goes with it.

    An object without 'answer' is itself the answer where the fields of a document are wanted, and
    malformed elsewhere. Empty lines are passed over; a line that is no JSON is malformed.
    """
    split = output.decode("utf-8", "replace").split("\n")
    lines = [line.strip() for line in split if line.strip()]
    told = [_told(line, task) for line in lines]
    raw = answering.read_list([None if each is None else each["answer"] for each in told])
    strange = [line for line, each in zip(lines, told, strict=True) if each is None]
    if strange:
        is_strange = np.array([each is None for each in told], dtype=bool)
        fault = f"{len(strange):,} lines were no answer in JSON, such as {strange[0][:60]!r}"
        raw = replace(
            raw,
            status=np.where(is_strange, AnswerStatus.MALFORMED, raw.status).astype(np.int8),
            faults=(*raw.faults, fault),
        )

    def column(name: str) -> list[Any] | None:
        found = [None if each is None else each.get(name) for each in told]
        return None if all(item is None for item in found) else found

    raw = answering.with_tokens(raw, column("input_tokens"), column("output_tokens"))
    confidence = column("confidence")
    return raw if confidence is None else answering.with_confidence(raw, confidence)


def _told(line: str, task: Task | None) -> dict[str, Any] | None:
    """Return the answer of a line and what goes with it; None where it holds none."""
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(item, dict) or (task == "extraction" and "answer" not in item):
        return {"answer": item}
    return item if "answer" in item else None
