"""Two columns that together decide a third, which neither decides alone: state and family status
decide the tax relief.

Looked for among columns with few different values, on a sample of the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from proveout.checks.readiness.cells.grid import Column
from proveout.checks.readiness.cells.pairs import Dependency, judged

_SAMPLE_ROWS = 10_000
_MOST_COLUMNS = 10
_MOST_VALUES = 1_000
_STRONG = 0.85
_MORE = 0.15
"""How much stronger than either column alone the two must be."""
_DECIDED = 0.9
"""Strength of a single column from which a target needs no pair."""
_NEARLY_CONSTANT = 0.97


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two columns as one, and what they decide."""

    column: Column
    of: tuple[int, int]
    """The two."""
    decides: tuple[Dependency, ...]
    """`on` is to be set to where the pair's column stands."""


def pairs_that_decide(
    columns: Sequence[Column], found: Sequence[Dependency], *, seed: int
) -> list[Pair]:
    """Find pairs of columns that decide another one."""
    n_rows = columns[0].n_rows if columns else 0
    strength = {(each.on, each.of): each.strength for each in found}
    targets = [
        at for at, column in enumerate(columns)
        if 1 < column.n_distinct < 0.5 * max(column.n_filled, 1)
        and max((s for (_, of), s in strength.items() if of == at), default=0.0) < _DECIDED
    ]  # fmt: skip
    rows = np.arange(n_rows)
    if n_rows > _SAMPLE_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(n_rows, _SAMPLE_ROWS, replace=False))
    sampled = [_taken(column, rows) for column in columns]
    pairs = []
    for one, other in combinations(_candidates(columns), 2):
        if _common(columns[one]) * _common(columns[other]) > len(rows) / 2:
            continue
        both = _joined(sampled[one], sampled[other], named=False)
        decides = tuple(_decided(both, (one, other), targets, sampled, strength))
        if decides:
            whole = _joined(columns[one], columns[other], named=True)
            pairs.append(Pair(column=whole, of=(one, other), decides=decides))
    return pairs


def _candidates(columns: Sequence[Column]) -> list[int]:
    few = [
        at for at, column in enumerate(columns)
        if 2 <= _common(column) <= min(_MOST_VALUES, column.n_rows / 10)
        and column.counts.max() < _NEARLY_CONSTANT * column.n_rows
    ]  # fmt: skip
    return sorted(sorted(few, key=lambda at: _common(columns[at]))[:_MOST_COLUMNS])


def _common(column: Column) -> int:
    """Count the values that are more than a slip or two."""
    return int((column.counts[~column.is_empty] > max(2, column.n_rows / 10_000)).sum())


def _decided(
    both: Column, pair: tuple[int, int], targets: Sequence[int], sampled: Sequence[Column],
    strength: dict[tuple[int, int], float],
) -> Iterator[Dependency]:  # fmt: skip
    for of in targets:
        if of in pair:
            continue
        alone = max(strength.get((on, of), 0.0) for on in pair)
        found = judged(both, sampled[of])
        if found is None or found.covered < 0.5:
            continue
        if found.strength >= max(_STRONG, alone + _MORE):
            yield replace(found, of=of)


def _taken(column: Column, rows: np.ndarray) -> Column:
    return Column(name=column.name, codes=column.codes[rows], values=column.values)


def _joined(one: Column, other: Column, *, named: bool) -> Column:
    """Put two columns together; empty where either is."""
    width = len(other.values)
    keys, codes = np.unique(one.codes.astype(np.int64) * width + other.codes, return_inverse=True)
    empty = one.is_empty[keys // width] | other.is_empty[keys % width]
    names = (
        [f"{one.values[key // width]}, {other.values[key % width]}" for key in keys.tolist()]
        if named else ["x"] * len(keys)
    )  # fmt: skip
    values = tuple("" if gone else name for name, gone in zip(names, empty.tolist(), strict=True))
    return Column(
        name=f"{one.name} and {other.name}", codes=codes.reshape(-1).astype(np.int32), values=values
    )
