"""How far one column decides another: found from the data by leaving each row out in turn.

A dependency X -> Y is judged by how often the other rows with the same x foretell the row's y,
beside how often the most frequent y alone would. Leaving the row out keeps columns with many
different values from foretelling themselves, as the g3 error (Kivinen & Mannila 1995) lets them;
the gain over the plain guess is Goodman and Kruskal's lambda (1954), cross-validated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from proveout.checks.readiness.cells.grid import Codes, Column

_NEARLY_UNIQUE = 0.97
_MOST_WORK = 4e8
"""Rows times pairs of columns that are judged in full: about half a minute."""
_MANY_VALUES = 2_000
"""Different values from which some of them stand for all; below, some of the rows do."""
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
    y, as a customer has several addresses, they stand together."""


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


def dependencies(columns: tuple[Column, ...], *, least: float, seed: int = 0) -> list[Dependency]:
    """Find all single-column dependencies whose strength is at least `least`.

    In a wide and long table each is judged on a sample that keeps the rows of one x together.
    """
    usable = [
        at
        for at, column in enumerate(columns)
        if 1 < column.n_distinct < _NEARLY_UNIQUE * max(column.n_filled, 1)
    ]
    n_rows = columns[0].n_rows if columns else 0
    work = len(usable) ** 2 * n_rows / 2
    if work > _MOST_WORK:
        judging = _on_samples(columns, usable, 0.5 * _MOST_WORK / work, seed)
    else:
        judging = _on_all_rows(columns, usable)
    return [each for each in judging if each is not None and each.strength >= least]


def _on_all_rows(columns: tuple[Column, ...], usable: Sequence[int]) -> Iterator[Dependency | None]:
    for one, other in combinations(usable, 2):
        pairs = _table(columns[one], columns[other])
        yield _judged(one, other, pairs, columns)
        yield _judged(other, one, _turned(pairs), columns)


def _on_samples(
    columns: tuple[Column, ...], usable: Sequence[int], share: float, seed: int
) -> Iterator[Dependency | None]:
    rng = np.random.default_rng(seed)
    for on in usable:
        x = columns[on]
        if x.n_distinct > _MANY_VALUES:
            rows = np.flatnonzero((rng.random(len(x.values)) < share)[x.codes])
        else:
            rows = np.flatnonzero(rng.random(x.n_rows) < share)
        taken = tuple(
            Column(name=each.name, codes=each.codes[rows], values=each.values) for each in columns
        )
        for of in usable:
            if of != on:
                yield _judged(on, of, _table(taken[on], taken[of]), taken)


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
