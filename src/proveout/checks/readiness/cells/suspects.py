"""The cells of one column that are suspected, each with its kind, reason and suggestion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from proveout.checks.readiness.cells.grid import Column, Scores
from proveout.checks.readiness.cells.signal import Kind, Signal, Told
from proveout.evidence.model import Interval

THRESHOLD = 0.5
"""Confidence above which a cell is listed."""
_BY_LIKENESS = Told(reason="resembles the cells that were corrected by hand")
_LEAST_SAID = 0.2
"""Score from which a detector's reason is worth telling."""


class SuspectCell(NamedTuple):
    """One cell that is probably wrong."""

    row: int
    """From 0, over the rows of data."""
    column: str
    value: str
    """As it stands in the file."""
    kind: Kind
    reason: str
    confidence: float
    """How likely it is wrong, 0 to 1."""
    suggestion: str | None
    """What it should probably be; None where nobody can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSuspects:
    """The suspected cells of one column."""

    column: Column
    rows: NDArray[np.int64]
    """In order."""
    confidence: Scores
    """One per row in `rows`."""
    kinds: tuple[Kind, ...]
    """One per row in `rows`."""
    signals: Sequence[Signal]
    by: NDArray[np.int64]
    """Which signal says most of each row in `rows`; -1 where none does."""
    corrected: Mapping[int, str] = field(default_factory=dict)
    """By row: what a person said it should be."""
    interval: Interval | None = None
    """Where the share of wrong cells lies; None without labels."""

    def __len__(self) -> int:
        return len(self.rows)

    def cell(self, at: int) -> SuspectCell:
        """Return one of them, by its place in `rows`."""
        row = int(self.rows[at])
        told = self._told(at, row)
        return SuspectCell(
            row=row, column=self.column.name, value=self.column.at(row), kind=self.kinds[at],
            reason=told.reason, confidence=round(float(self.confidence[at]), 3),
            suggestion=told.suggestion,
        )  # fmt: skip

    def cells(self) -> Iterator[SuspectCell]:
        """Go through all of them in the order of the rows."""
        return (self.cell(at) for at in range(len(self.rows)))

    def surest(self, most: int, kind: Kind | None = None) -> list[SuspectCell]:
        """Return the surest few, of different values where there are."""
        order = np.argsort(-self.confidence, kind="stable")
        found: list[SuspectCell] = []
        seen: set[str] = set()
        for at in order.tolist():
            value = self.column.at(int(self.rows[at]))
            if (kind is None or self.kinds[at] == kind) and value not in seen:
                seen.add(value)
                found.append(self.cell(at))
                if len(found) == most:
                    break
        return found

    def _told(self, at: int, row: int) -> Told:
        if row in self.corrected:
            return Told(reason="corrected by hand", suggestion=self.corrected[row])
        if self.by[at] < 0:
            return _BY_LIKENESS
        return self.signals[int(self.by[at])].told_of(row, self.column)


def suspects(
    column: Column, signals: Sequence[Signal], scores: Scores,
    corrected: Mapping[int, str] | None = None, interval: Interval | None = None,
) -> ColumnSuspects:  # fmt: skip
    """List the cells whose score is above the threshold."""
    rows = np.flatnonzero(scores > THRESHOLD)
    best = np.full(len(rows), _LEAST_SAID, np.float32)
    by = np.full(len(rows), -1, np.int64)
    for at, signal in enumerate(signals):
        said = signal.scores[rows] if signal.by_row else signal.scores[column.codes[rows]]
        better = said > best
        best, by = np.where(better, said, best), np.where(better, at, by)
    kinds: tuple[Kind, ...] = tuple("learned" if at < 0 else signals[at].kind for at in by.tolist())
    return ColumnSuspects(
        column=column, rows=rows, confidence=scores[rows], kinds=kinds, signals=signals, by=by,
        corrected=corrected or {}, interval=interval,
    )  # fmt: skip
