"""How far one column decides another: found from the data by leaving each row out in turn.

A dependency X -> Y is judged by how often the other rows with the same x foretell the row's y,
beside how often the most frequent y alone would. Leaving the row out keeps columns with many
different values from foretelling themselves, as the g3 error (Kivinen & Mannila 1995) lets them;
the gain over the plain guess is Goodman and Kruskal's lambda (1954), cross-validated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proveout.checks.readiness.cells.grid import Codes, Column

_LARGE_GROUP = 5
_UNANIMOUS = 0.8
_ENOUGH = 10
"""Rows that differ, from which their scatter can be judged."""
_LEAST_COVERED = 0.05
"""Share of rows that must have a companion with the same x, for X to say anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """Column `on` decides column `of`, but for some rows."""

    on: int
    of: int
    accuracy: float
    """Share of rows whose value the other rows with the same x foretell."""
    strength: float
    """Of the rows that the most frequent value does not foretell, the share that x does."""
    covered: float
    """Share of the rows with another row of the same x."""
    scattered: float | None
    """Of the rows that differ from most of their x, the share whose x is nearly unanimous; None
    where groups are too small to tell. Errors are scattered over all x; where x simply has several
    y, as a town has several breweries, they stand together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """By row: what the other rows with the same x say of y."""

    others: NDArray[np.int32]
    """How many of them have a value."""
    agreed: NDArray[np.int32]
    """How many have the row's own."""
    top: NDArray[np.int32]
    """How many have the one that most of them have."""
    expected: Codes
    """Which that is; -1 where there are no others."""


@dataclass(frozen=True, slots=True)
class _PairTable:
    """The different pairs (x, y), in order of x, with their rows."""

    x: NDArray[np.int64]
    y: NDArray[np.int64]
    n: NDArray[np.int64]


def _both_filled(x: Column, y: Column) -> NDArray[np.bool_]:
    return ~(x.is_empty[x.codes] | y.is_empty[y.codes])


def _table(x: Column, y: Column) -> _PairTable:
    filled = _both_filled(x, y)
    width = len(y.values)
    keys, n = np.unique(
        x.codes[filled].astype(np.int64) * width + y.codes[filled], return_counts=True
    )
    return _PairTable(keys // width, keys % width, n)


def _turned(pairs: _PairTable) -> _PairTable:
    order = np.lexsort((pairs.x, pairs.y))
    return _PairTable(pairs.y[order], pairs.x[order], pairs.n[order])


@dataclass(frozen=True, slots=True)
class _Groups:
    """By pair: figures of all rows with its x."""

    total: NDArray[np.int64]
    first: NDArray[np.int64]
    """Rows of the most frequent y."""
    first_y: NDArray[np.int64]
    second: NDArray[np.int64]
    """Rows of the next."""
    second_y: NDArray[np.int64]


def _groups(pairs: _PairTable) -> _Groups:
    if not len(pairs.x):
        none = np.zeros(0, np.int64)
        return _Groups(none, none, none, none, none)
    order = np.lexsort((-pairs.n, pairs.x))
    x, n, y = pairs.x[order], pairs.n[order], pairs.y[order]
    starts = np.flatnonzero(np.r_[True, x[1:] != x[:-1]])
    sizes = np.diff(np.r_[starts, len(x)])
    follow = np.minimum(starts + 1, len(x) - 1)
    has_second = sizes > 1
    back = np.repeat(np.arange(len(starts)), sizes)
    return _Groups(
        total=np.add.reduceat(n, starts)[back],
        first=n[starts][back],
        first_y=y[starts][back],
        second=np.where(has_second, n[follow], 0)[back],
        second_y=np.where(has_second, y[follow], -1)[back],
    )  # pairs are in order of x already, so figures by group fit them in either order


def dependencies(columns: tuple[Column, ...], *, least: float) -> list[Dependency]:
    """Find all single-column dependencies whose strength is at least `least`."""
    found = []
    usable = [c.n_distinct > 1 and c.n_distinct < 0.97 * max(c.n_filled, 1) for c in columns]
    for one in range(len(columns)):
        for other in range(one + 1, len(columns)):
            if not (usable[one] and usable[other]):
                continue
            pairs = _table(columns[one], columns[other])
            found += [
                dependency
                for on, of, table in ((one, other, pairs), (other, one, _turned(pairs)))
                if (dependency := _judged(on, of, table, columns)) and dependency.strength >= least
            ]
    return found


def _judged(on: int, of: int, pairs: _PairTable, columns: tuple[Column, ...]) -> Dependency | None:
    total = int(pairs.n.sum())
    groups = _groups(pairs)
    shared = groups.total > 1
    covered = int(pairs.n[shared].sum())
    if total == 0 or covered < _LEAST_COVERED * columns[on].n_rows:
        return None
    is_first = pairs.y == groups.first_y
    foretold = np.where(is_first, groups.first - 1 >= np.maximum(groups.second, 1), False)
    accuracy = float(pairs.n[shared & foretold].sum() / covered)
    by_y = np.bincount(pairs.y[shared], weights=pairs.n[shared])
    plain = float(by_y.max() / covered)
    if plain >= 1:
        return None
    return Dependency(
        on=on, of=of, accuracy=accuracy, strength=(accuracy - plain) / (1 - plain),
        covered=covered / columns[on].n_rows, scattered=_scattered(pairs, groups),
    )  # fmt: skip


def _scattered(pairs: _PairTable, groups: _Groups) -> float | None:
    begins = np.r_[True, pairs.x[1:] != pairs.x[:-1]]
    total, first = groups.total[begins], groups.first[begins]
    large = total >= _LARGE_GROUP
    differ = (total - first)[large]
    unanimous = first[large] >= _UNANIMOUS * total[large]
    return float(differ[unanimous].sum() / differ.sum()) if differ.sum() >= _ENOUGH else None


def judged(x: Column, y: Column) -> Dependency | None:
    """Judge one dependency x -> y, as column 0 on column 1."""
    return _judged(0, 1, _table(x, y), (x, y))


def votes(x: Column, y: Column) -> Vote:
    """Ask, for every row, what the other rows with the same x say of y."""
    n_rows, width = x.n_rows, len(y.values)
    pairs = _table(x, y)
    groups = _groups(pairs)
    others, agreed, top = (np.zeros(n_rows, np.int32) for _ in range(3))
    expected = np.full(n_rows, -1, np.int32)
    filled = _both_filled(x, y)
    keys = pairs.x * width + pairs.y
    at = np.searchsorted(keys, x.codes[filled].astype(np.int64) * width + y.codes[filled])
    is_first = pairs.y == groups.first_y
    left = np.where(is_first, groups.first - 1, groups.first)
    stays = np.where(is_first, left >= np.maximum(groups.second, 1), True)
    best = np.where(stays, left, groups.second)
    best_y = np.where(stays, groups.first_y, groups.second_y)
    best_y = np.where(best > 0, best_y, -1)
    others[filled] = (groups.total - 1)[at]
    agreed[filled] = (pairs.n - 1)[at]
    top[filled] = best[at]
    expected[filled] = best_y[at]
    _fill_empty(x, y, pairs, groups, Vote(others=others, agreed=agreed, top=top, expected=expected))
    return Vote(others=others, agreed=agreed, top=top, expected=expected)


def _fill_empty(x: Column, y: Column, pairs: _PairTable, groups: _Groups, vote: Vote) -> None:
    """Where y is empty, all rows with the same x and a value are the others."""
    empty = y.is_empty[y.codes] & ~x.is_empty[x.codes]
    if not empty.any() or not len(pairs.x):
        return
    by_x = np.zeros((3, len(x.values)), np.int64)
    by_x[2] = -1
    by_x[0][pairs.x], by_x[1][pairs.x], by_x[2][pairs.x] = (
        groups.total,
        groups.first,
        groups.first_y,
    )
    asked = x.codes[empty]
    vote.others[empty] = by_x[0][asked]
    vote.top[empty] = by_x[1][asked]
    vote.expected[empty] = by_x[2][asked]
