"""Values in the wrong column: another column's value stands here, or hangs on the end of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from proveout.checks.readiness.cells.grid import Column, Scores
from proveout.checks.readiness.cells.signal import Signal, Told

_MOST_WORDS = 2_000
"""Different values up to which a column is a list that others can be looked up in."""
_MARKS = " ,;/|-("


@dataclass(frozen=True, slots=True)
class _Tail:
    stem: str
    tail: str


def misplaced(columns: Sequence[Column], at: int, lists: Sequence[frozenset[str]]) -> list[Signal]:
    """Find what belongs to another column, whose own cell is empty or says the same.

    `lists` are the word lists of all columns.
    """
    others = [other for other in range(len(columns)) if other != at and lists[other]]
    found = [
        signal
        for other in others
        for signal in (
            _with_tail(columns[at], columns[other], lists[other]),
            _foreign(columns[at], columns[other], lists[other]),
        )
    ]
    return [signal for signal in found if signal is not None]


def word_list(column: Column) -> frozenset[str]:
    """Return the values of a list of words, that come more than once."""
    if column.n_distinct > _MOST_WORDS or column.n_distinct > 0.5 * column.n_filled:
        return frozenset()
    return frozenset(
        value for _, value, n in column.filled()
        if n > 1 and len(value) >= 2 and any(map(str.isalpha, value))
    )  # fmt: skip


def _with_tail(column: Column, other: Column, words: frozenset[str]) -> Signal | None:
    """Find values that end in a value of the other column, which is empty in the same row."""
    empty = other.is_empty[other.codes]
    if not empty.any():
        return None
    tails: dict[int, _Tail] = {}
    for code in np.unique(column.codes[empty]).tolist():
        tail = _tail(column.values[code], words)
        if tail is not None:
            tails[code] = tail
    if not tails:
        return None
    has = np.zeros(len(column.values), bool)
    has[list(tails)] = True
    scores = np.where(has[column.codes] & empty, 0.9, 0).astype(np.float32)

    def told(row: int) -> Told:
        tail = tails[int(column.codes[row])]
        reason = f"ends in '{tail.tail}', which belongs into {other.name}, and that is empty here"
        return Told(reason=reason, suggestion=tail.stem)

    return Signal(kind="misplaced", scores=scores, by_row=True, tell=told)


def _tail(text: str, words: frozenset[str]) -> _Tail | None:
    for at in range(len(text) - 2, 0, -1):
        if text[at] in _MARKS and text[at + 1 :].strip(_MARKS + ")") in words:
            stem = text[:at].rstrip(_MARKS)
            return _Tail(stem, text[at + 1 :].strip(_MARKS + ")")) if stem else None
    return None


def _foreign(column: Column, other: Column, words: frozenset[str]) -> Signal | None:
    """Find values that are rare here and frequent there."""
    if column.n_distinct > 0.9 * column.n_filled or not column.n_filled:
        return None
    theirs = {value: n for _, value, n in other.filled() if value in words}
    mine = {value for _, value, _ in column.filled()}
    if len(mine.intersection(theirs)) > 0.1 * min(len(mine), len(theirs)) + 1:
        return None  # the columns share their values, as home and away teams do
    scores: Scores = np.zeros(len(column.values), np.float32)
    for code, value, n in column.filled():
        if theirs.get(value, 0) >= 10 * n and n <= 0.01 * column.n_filled:
            scores[code] = 0.7
    if not scores.any():
        return None
    return Signal(
        kind="misplaced", scores=scores, by_row=False,
        tell=lambda code: Told(
            reason=f"'{column.values[code]}' is a value of {other.name}, not of {column.name}"
        ),
    )  # fmt: skip
