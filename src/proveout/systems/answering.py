"""From whatever a system returned to answers, row by row. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.systems.port import Answers, AnswerStatus, Usage
from proveout.systems.reading import (
    NotAnswersError,
    RawAnswers,
    one,
    read_list,
    read_returned,
    whole,
    with_confidence,
    with_tokens,
)

if TYPE_CHECKING:  # the system's process comes by here, and does without the schema
    from numpy.typing import NDArray

    from proveout.charter.schema.base import Task

__all__ = [
    "NotAnswersError",
    "RawAnswers",
    "class_text",
    "distinct",
    "document_in",
    "failed",
    "fit_to_task",
    "join",
    "one",
    "read_list",
    "read_returned",
    "settle",
    "whole",
    "with_confidence",
    "with_tokens",
]

_PARTICULARS = re.compile(r"'[^']*'|\"[^\"]*\"|[\d,]*\d")


def settle(raw: RawAnswers, *, rows: int, latency_s: float, task: Task | None) -> Answers:
    """Match answers to the rows that were asked: too few leave rows without one, too many fit none.

    Without a task numbers stay numbers and text stays text; `fit_to_task` may settle it later.
    """
    if len(raw) > rows:
        fault = f"{len(raw):,} answers came for {rows:,} rows; it is unknown which belongs to which"
        return failed(rows, AnswerStatus.MALFORMED, fault, latency_s)
    status = np.full(rows, AnswerStatus.MISSING, dtype=np.int8)
    confidence = np.full(rows, np.nan)
    value = np.full(rows, None, dtype=object)
    n = len(raw)
    status[:n] = raw.status
    confidence[:n] = raw.confidence
    numeric = ~np.isnan(raw.number)
    value[:n] = np.where(numeric, raw.number.astype(object), raw.text)
    value[status != AnswerStatus.OK] = None
    confidence[status != AnswerStatus.OK] = np.nan
    faults = raw.faults
    if n < rows:
        faults += (f"only {n:,} answers came for {rows:,} rows",)
    answers = Answers(
        value=value,
        confidence=confidence,
        status=status,
        latency_s=np.full(rows, latency_s),
        elapsed_s=latency_s,
        faults=faults,
        usage=_usage_told(raw, rows),
    )
    return answers if task is None else fit_to_task(answers, task)


def _usage_told(raw: RawAnswers, rows: int) -> Usage | None:
    """Return what the system says that its answers took; None where it says nothing."""
    if raw.input_tokens is None and raw.output_tokens is None:
        return None

    def padded(told: NDArray[np.float64] | None) -> NDArray[np.float64]:
        column = np.full(rows, np.nan)
        if told is not None:
            column[: len(told)] = told
        return column

    return Usage(
        input_tokens=padded(raw.input_tokens),
        output_tokens=padded(raw.output_tokens),
        first_token_s=np.full(rows, np.nan),
        attempts=np.ones(rows),
        tokens_from="usage",
    )


def fit_to_task(answers: Answers, task: Task) -> Answers:
    """Turn values into classes or words (text), numbers, or fields (dict).

    What is no such thing is malformed. The fields of a document may come as JSON within text.
    """
    fitted, wanted = _fitted(answers.value, task)
    pairs = zip(answers.value, fitted, strict=True)
    wrong = np.array([item is not None and fit is None for item, fit in pairs], dtype=bool)
    value = np.full(len(fitted), None, dtype=object)
    value[:] = fitted
    if not wrong.any():
        return replace(answers, value=value)
    example = str(answers.value[wrong][0])[:60]
    fault = f"{int(wrong.sum()):,} answers were {wanted}, such as {example!r}"
    return replace(
        answers,
        value=value,
        status=np.where(wrong, AnswerStatus.MALFORMED, answers.status).astype(np.int8),
        confidence=np.where(wrong, np.nan, answers.confidence),
        faults=(*answers.faults, fault),
    )


def _fitted(value: NDArray[np.object_], task: Task) -> tuple[list[Any], str]:
    """Return each value as the task wants it, None where it cannot be; and what it then was."""
    if task == "extraction":
        fields = [document_in(item) for item in value]
        return fields, "no JSON object with the fields of the document"
    if task == "regression":
        numbers = [None if isinstance(item, str | dict) else item for item in value]
        return numbers, "text where a number is wanted"
    is_text = [item is not None and not isinstance(item, dict) for item in value]
    texts = [
        class_text(item) if is_one else None for item, is_one in zip(value, is_text, strict=True)
    ]
    return texts, f"objects where a {'class' if task == 'classification' else 'text'} is wanted"


def document_in(answer: Any) -> dict[str, Any] | None:
    """Find the fields of a document: a dict, or the first JSON object in a text.

    >>> document_in('Here you are: ```json\n{"total": 12.5}\n```')
    {'total': 12.5}
    """
    if isinstance(answer, dict):
        return answer
    if not isinstance(answer, str):
        return None
    fenced = _FENCED.search(answer)
    start = answer.find("{") if fenced is None else fenced.start(1)
    for _ in range(_MOST_BRACES):
        if start < 0:
            return None
        try:
            found, _end = _JSON.raw_decode(answer, start)
        except (ValueError, RecursionError):
            if _BEGINS_OBJECT.match(answer, start):
                return None  # damaged or cut off: what stands inside it is not the document
            start = answer.find("{", start + 1)
            continue
        # One of a list is not the document either.
        return whole(found) if not answer[:start].rstrip().endswith("[") else None
    return None


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_JSON = json.JSONDecoder(parse_constant=_no_number)
_FENCED = re.compile(r"```(?:json)?\s*(\{)", re.IGNORECASE)
_BEGINS_OBJECT = re.compile(r"\{\s*\"")
_MOST_BRACES = 50
"""So many braces are tried as the beginning of an object; prose has few."""


def class_text(value: Any) -> str:
    """Name a class the same way whether it came as text, truth value, whole number or float.

    >>> class_text(1.0), class_text(1), class_text("1"), class_text(True)
    ('1', '1', '1', 'True')
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def failed(rows: int, status: AnswerStatus, fault: str, latency_s: float) -> Answers:
    """No answers at all, with the reason."""
    return Answers(
        value=np.full(rows, None, dtype=object),
        confidence=np.full(rows, np.nan),
        status=np.full(rows, status, dtype=np.int8),
        latency_s=np.full(rows, latency_s),
        elapsed_s=latency_s,
        faults=(fault,),
    )


def join(parts: Sequence[Answers], *, elapsed_s: float) -> Answers:
    """Put the answers to consecutive batches together; each fault is said once."""
    if not parts:
        empty = failed(0, AnswerStatus.OK, "", 0.0)
        return replace(empty, elapsed_s=elapsed_s, faults=())
    return Answers(
        value=np.concatenate([part.value for part in parts]),
        confidence=np.concatenate([part.confidence for part in parts]),
        status=np.concatenate([part.status for part in parts]),
        latency_s=np.concatenate([part.latency_s for part in parts]),
        elapsed_s=elapsed_s,
        faults=distinct(fault for part in parts for fault in part.faults),
        usage=_join_usage([part.usage for part in parts], [len(part.status) for part in parts]),
        simulated=any(part.simulated for part in parts),
    )


def _join_usage(parts: Sequence[Usage | None], sizes: Sequence[int]) -> Usage | None:
    """Put usage together; rows of a part that knows nothing of it are NaN."""
    known = [part for part in parts if part is not None]
    if not known:
        return None

    def joined(name: str) -> NDArray[np.float64]:
        columns = [None if part is None else getattr(part, name) for part in parts]
        return np.concatenate(
            [
                np.full(size, np.nan) if column is None else column
                for column, size in zip(columns, sizes, strict=True)
            ]
        )

    has_cached = any(part.cached_input_tokens is not None for part in known)
    sources = {part.tokens_from for part in known} - {"none"}
    return Usage(
        input_tokens=joined("input_tokens"),
        output_tokens=joined("output_tokens"),
        first_token_s=joined("first_token_s"),
        attempts=joined("attempts"),
        # Counted is the weaker of the two, and says so for the whole.
        tokens_from="counted" if "counted" in sources else "usage" if sources else "none",
        cached_input_tokens=joined("cached_input_tokens") if has_cached else None,
        samples=max(part.samples for part in known),
    )


def distinct(faults: Iterable[str], *, most: int = 20) -> tuple[str, ...]:
    """Say each kind of fault once, the first twenty, and count the kinds left out.

    Faults that differ only in figures and quoted values are of one kind.
    """
    kinds: dict[str, str] = {}
    for fault in map(whole, faults):
        kinds.setdefault(_PARTICULARS.sub("…", fault), fault)
    once = tuple(kinds.values())
    if len(once) <= most:
        return once
    return (*once[:most], f"and {len(once) - most:,} more kinds of fault")
