"""Which rows to ask a person about: those that tell most of the cells not asked about.

The cells of each column fall into groups that the detectors see alike. A row is worth what its
groups are worth that no row before it has shown; as in Raha (Mahdavi et al., SIGMOD 2019), whose
rows are drawn by the number of unlabelled clusters they touch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proveout.checks.readiness.cells.grid import Column, Grid
from proveout.checks.readiness.cells.shapes import Shapes
from proveout.checks.readiness.cells.signal import Signal
from proveout.checks.readiness.cells.suspicion import Detection, combined

_STEPS = 4
_SEEN_AGAIN = 0.25
"""What a group is worth after each row that showed it."""
_OF_A_KEY = 0.3
"""What it is worth to know one more thing that several sources report on."""
_SHAPES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Groups:
    """The cells of one column, by what the detectors see of them."""

    of_row: NDArray[np.int64]
    worth: NDArray[np.float64]
    """By group."""


def pick_rows(grid: Grid, n: int, *, seed: int = 0, without: Sequence[int] = ()) -> list[int]:
    """Pick the `n` most telling rows, the most telling first; rows `without` are known already."""
    if not grid.n_rows:
        return []
    detection = Detection(grid, seed)
    groups = [_groups(column, detection.signals(at)) for at, column in enumerate(grid.columns)]
    if detection.reports is not None:
        groups.append(_of_key(grid.columns[detection.reports.key]))
    # A little chance breaks ties, so that rows which look alike are not taken from the top.
    chance = np.random.default_rng(seed).random(grid.n_rows) * 1e-3
    taken = np.zeros(grid.n_rows, bool)
    for row in without:
        taken[row] = True
        _seen(groups, row)
    picked: list[int] = []
    while len(picked) < min(n, grid.n_rows - len(without)):
        worth = chance.copy()
        for each in groups:
            worth += each.worth[each.of_row]
        worth[taken] = -1
        row = int(worth.argmax())
        picked.append(row)
        taken[row] = True
        _seen(groups, row)
    return picked


def _seen(groups: Sequence[_Groups], row: int) -> None:
    for each in groups:
        each.worth[each.of_row[row]] *= _SEEN_AGAIN


def _groups(column: Column, signals: Sequence[Signal]) -> _Groups:
    shapes = Shapes(column)
    top = {shape: at for at, shape in enumerate(list(shapes.shares)[:_SHAPES], start=1)}
    key = np.array([top.get(shape, 0) for shape in shapes.coarse], np.int64)[column.codes]
    for signal in signals:
        said = np.round(signal.on_rows(column) * _STEPS).astype(np.int64)
        key = key * (_STEPS + 1) + said
        key = np.unique(key, return_inverse=True)[1].reshape(-1)
    prior = combined(column, list(signals))
    _, of_row, size = np.unique(key, return_inverse=True, return_counts=True)
    of_row = of_row.reshape(-1)
    mean = np.bincount(of_row, prior) / size
    share = size / column.n_rows
    # Large groups matter, doubtful ones more; one of a few cells is no better than any other.
    worth = np.sqrt(share) * (0.1 + mean + 4 * mean * (1 - mean)) * np.where(size > 2, 1, mean)
    return _Groups(of_row=of_row, worth=worth)


def _of_key(key: Column) -> _Groups:
    worth = np.where(key.is_empty, 0.0, _OF_A_KEY * key.counts / key.counts.max())
    return _Groups(of_row=key.codes.astype(np.int64), worth=worth)
