"""Rows whose right values are known: what they say of single cells, and of others like them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from proveout.checks.readiness.cells.grid import Column, Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The right values of a few rows."""

    truth: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    """By column, then by row: what the cell should hold."""

    @property
    def rows(self) -> list[int]:
        """The labelled rows, in order."""
        return sorted({row for cells in self.truth.values() for row in cells})

    def of(self, at: int) -> Mapping[int, str]:
        """Return the right values of one column, by row."""
        return self.truth.get(at, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Cells of one column of which it is known whether they are wrong."""

    rows: NDArray[np.int64]
    wrong: NDArray[np.bool_]
    weight: NDArray[np.float64]
    """1 for what a person said; less for what follows from it by a shared key."""

    @property
    def has_both(self) -> bool:
        """Whether there are wrong ones and right ones."""
        return bool(self.wrong.any()) and not bool(self.wrong.all())


def known_truth(grid: Grid, labels: Labels, at: int, key: int) -> dict[int, str] | None:
    """Return the right value of a column by code of a key.

    None where labelled rows of one key differ: it does not decide the column.
    """
    keys = grid.columns[key]
    found: dict[int, str] = {}
    for row, right in labels.of(at).items():
        if labels.of(key).get(row, keys.at(row)) != keys.at(row):
            continue  # the key itself is wrong in this row
        code = int(keys.codes[row])
        if found.setdefault(code, right) != right:
            return None
    return found


def known_cells(grid: Grid, labels: Labels, at: int, deciding: Sequence[int]) -> Known | None:
    """Gather what is known of a column: the labelled cells, and those that share a deciding key."""
    column = grid.columns[at]
    said = labels.of(at)
    if not said:
        return None
    wrong = {row: column.at(row) != right for row, right in said.items()}
    weight = dict.fromkeys(wrong, 1.0)
    for key in deciding:
        truth = known_truth(grid, labels, at, key)
        for code, right in (truth or {}).items():
            rows = np.flatnonzero(grid.columns[key].codes == code)[:_MOST_OF_A_KEY].tolist()
            for row in rows:
                if row not in wrong:
                    wrong[row] = column.at(row) != right
                    weight[row] = max(_FOLLOWS, 1 / len(rows))
    rows = np.array(sorted(wrong), np.int64)
    return Known(
        rows=rows,
        wrong=np.array([wrong[row] for row in rows.tolist()], bool),
        weight=np.array([weight[row] for row in rows.tolist()]),
    )


_MOST_OF_A_KEY = 200
_FOLLOWS = 0.3
"""Weight of a cell that is known by its key."""


def code_of(column: Column, text: str) -> int:
    """Return the code of a value; -1 where the column does not hold it."""
    try:
        return column.values.index(text)
    except ValueError:
        return -1
