"""Rows that stand twice, and values that stand once as a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from proveout.statistics.drift.values import Integers, Mask, Values

_UNIQUE = 0.98
"""A column is a key where so many of the rows of a block hold values that stand once in it."""
_STEP = np.uint64(1_099_511_628_211)
_LEAST_CV2 = 0.5
"""Squared coefficient of variation of how often rows repeat, from block to block, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """How often two rows are the same: by what repeats, rows ('') or the values of a key."""

    of: tuple[str, ...]
    repeated: Mapping[str, tuple[int, ...]]
    """Rows that repeat an earlier one, block by block."""
    pairs: Mapping[str, tuple[float, ...]]
    """Pairs of rows in each block."""

    def unlikely(self, what: str, n_repeated: int, n_rows: int) -> float:
        """Return the probability of so many repeated rows among so many."""
        if n_repeated <= 0:
            return 1.0
        seen, out_of = np.array(self.repeated[what]), np.array(self.pairs[what])
        rate = (seen.sum() + 0.5) / (out_of.sum() + 1)
        # What blocks differ beyond chance: storms cancel flights, and what is cancelled is alike.
        off = (seen - rate * out_of) / np.maximum(out_of, 1)
        beyond = float((off**2).mean() - (rate / np.maximum(out_of, 1)).mean())
        shape = 1 / (1 / (seen.sum() + 0.5) + max(beyond / rate**2, _LEAST_CV2))
        stay = shape / (shape + rate * _n_pairs(n_rows))
        return float(special.betainc(n_repeated, shape, 1 - stay))

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {what: [list(self.repeated[what]), list(self.pairs[what])] for what in self.of}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Repeats:
        """Make it from what `as_json` returned."""
        return cls(
            of=tuple(kept),
            repeated={what: tuple(each[0]) for what, each in kept.items()},
            pairs={what: tuple(each[1]) for what, each in kept.items()},
        )


def learn(values: Mapping[str, Values], blocks: Sequence[Integers]) -> Repeats:
    """Learn how often rows repeat in a block, and which columns are keys."""
    keys = [name for name, each in values.items() if _is_key(each, blocks)]
    found = {"": values, **{name: {name: values[name]} for name in keys}}
    repeated, pairs = {}, {}
    for what, columns in found.items():
        marked = [
            repeated_rows({name: each.part(rows) for name, each in columns.items()})
            for rows in blocks
        ]
        repeated[what] = tuple(int(rows.sum()) for rows, _ in marked)
        pairs[what] = tuple(_n_pairs(n) for _, n in marked)
    return Repeats(of=tuple(found), repeated=repeated, pairs=pairs)


def repeated_rows(values: Mapping[str, Values]) -> tuple[Mask, int]:
    """Mark the rows that repeat an earlier one, and say among how many.

    Rows with a missing value are left out: what is not there is always the same.
    """
    names = tuple(values)
    n_rows = values[names[0]].n_rows if names else 0
    marks, whole = np.zeros(n_rows, dtype=np.uint64), np.ones(n_rows, dtype=bool)
    for name in names:
        codes = values[name].codes
        whole &= codes >= 0
        mixed = (marks ^ codes.astype(np.uint64)) * _STEP
        marks = mixed ^ (mixed >> np.uint64(29))
    places = np.flatnonzero(whole)
    _, first = np.unique(marks[places], return_index=True)
    repeated = whole.copy()
    repeated[places[first]] = False
    return repeated, len(places)


def _is_key(values: Values, blocks: Sequence[Integers]) -> bool:
    if np.count_nonzero(values.counts) < _UNIQUE / 2 * values.n_present or not values.n_present:
        return False
    shares = []
    for rows in blocks:
        held = values.codes[rows]
        held = held[held >= 0]
        if len(held):
            shares.append(len(np.unique(held)) / len(held))
    return bool(shares) and min(shares) >= _UNIQUE


def _n_pairs(n: int) -> float:
    return n * (n - 1) / 2
