"""What one detector says of the cells of one column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from proveout.checks.readiness.cells.grid import Column, Scores

Kind = Literal[
    "missing", "stand-in", "format", "type", "typo", "spelling", "outlier", "dependency",
    "conflict", "misplaced", "encoding", "edit", "learned",
]  # fmt: skip
"""What is wrong with a cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Why a cell is suspected, and what it should probably be."""

    reason: str
    suggestion: str | None = None
    """None where nothing better is known; empty text where the cell should be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """How likely one detector finds each cell of a column to be wrong, 0 to 1."""

    kind: Kind
    scores: Scores
    """By row, or by different value."""
    by_row: bool
    tell: Callable[[int], Told]
    """Says why, of a row or of a value's code."""

    def on_rows(self, column: Column) -> Scores:
        """Return the scores by row."""
        return self.scores if self.by_row else self.scores[column.codes]

    def told_of(self, row: int, column: Column) -> Told:
        """Say why one row's cell is suspected."""
        return self.tell(row if self.by_row else int(column.codes[row]))


def by_value(kind: Kind, column: Column, found: dict[int, tuple[float, Told]]) -> Signal | None:
    """Make a signal of what was found of single values, by their codes; None of nothing."""
    if not found:
        return None
    scores = np.zeros(len(column.values), np.float32)
    for code, (score, _) in found.items():
        scores[code] = score
    return Signal(kind=kind, scores=scores, by_row=False, tell=lambda code: found[code][1])
