"""A batch and its answers as the prediction log keeps them: JSON that monitors read. Pure."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from proveout.systems.answering import NotAnswersError, read_returned
from proveout.systems.port import Answers, AnswerStatus

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_MOST = 2**63
_MOST_TOKENS = 10**12
"""More tokens than that no answer has."""
_ABSENT = frozenset({"<NA>", "NaT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What of an answer goes into its record."""

    body: bytes | None
    """JSON: a list of answers, or an object of 'answer' and 'confidence'; None for no answers."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    fault: str | None = None
    """Why what was returned is no answers."""


def batch_body(batch: pd.DataFrame) -> bytes:
    """Write the rows of a batch as a list of JSON objects, whatever is in its cells."""
    names = [str(name) for name in batch.columns]
    columns = [batch.iloc[:, place].tolist() for place in range(len(names))]
    rows = [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]
    return _json(rows if names else [{} for _ in range(len(batch))])


def kept_of(returned: Any) -> Kept:
    """Read what a callable returned, as `read_returned` does for every Python system."""
    try:
        raw = read_returned(returned)
    except NotAnswersError as error:
        return Kept(body=None, fault=str(error))
    values = [
        None if status != AnswerStatus.OK else (text if math.isnan(number) else number)
        for status, number, text in zip(
            raw.status.tolist(), raw.number.tolist(), raw.text.tolist(), strict=True
        )
    ]
    return Kept(
        body=_body(values, raw.confidence),
        input_tokens=_total(raw.input_tokens),
        output_tokens=_total(raw.output_tokens),
    )


def table_of(answers: Answers) -> pd.DataFrame:
    """Put the answers of a system of a charter into the columns 'answer' and 'confidence'."""
    import pandas as pd

    columns: dict[str, Any] = {"answer": answers.value, "confidence": answers.confidence}
    if answers.usage is not None:
        columns["input_tokens"] = answers.usage.input_tokens
        columns["output_tokens"] = answers.usage.output_tokens
    table = pd.DataFrame(columns)
    return table if not np.isnan(answers.confidence).all() else table.drop(columns="confidence")


def _body(values: list[Any], confidence: NDArray[np.float64]) -> bytes:
    if np.isnan(confidence).all():
        return _json(values)
    sure = [None if math.isnan(each) else each for each in confidence.tolist()]
    return _json({"answer": values, "confidence": sure})


def _total(tokens: NDArray[np.float64] | None) -> int | None:
    if tokens is None or np.isnan(tokens).any():
        return None
    total = float(tokens.sum())
    return math.ceil(total) if 0 <= total < _MOST_TOKENS else None  # else it says nonsense


def _json(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value, enc_hook=_plain)
    except (OverflowError, TypeError, UnicodeEncodeError, RecursionError):
        return json.dumps(_tame(value), default=str).encode("utf-8", "replace")


def _plain(cell: Any) -> Any:
    """Return what JSON knows for a cell that it does not."""
    if isinstance(cell, np.generic):
        return cell.item()
    if isinstance(cell, np.ndarray):
        return cell.tolist()
    if repr(cell) in _ABSENT:
        return None
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def _tame(value: Any) -> Any:
    """Make anything fit for JSON, cell by cell; slower, and never fails."""
    if isinstance(value, dict):
        return {str(name): _tame(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_tame(each) for each in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value if value is None or abs(value) < _MOST else str(value)
    return _tame(_plain(value))
