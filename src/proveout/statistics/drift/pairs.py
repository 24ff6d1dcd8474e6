"""Pairs of columns that belong together, and rows in which they do not.

Two columns that depend on each other leave cells of their table empty which chance alone would
fill. A row that falls into such a cell is odd in this pair. A broken join leaves every column as it
was and fills these cells; so does a value that is possible in itself and wrong in its row. A row
that is odd in several pairs is blamed on the column that all of them share.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from proveout.statistics.drift.probes import Probe, Profile, places_of, quantiles
from proveout.statistics.drift.values import Floats, Integers, Mask, Values

MISMATCH = Probe(family="pair", label="does not go with the other columns", upper_only=True)
SURE_MISMATCH = Probe(
    family="pair", label="does not go with several other columns", upper_only=True
)
PROBES = (MISMATCH, SURE_MISMATCH)
_UNKNOWN, _MISSING, _FIRST = 0, 1, 2
_LEAST_BINS, _MOST_BINS = 6, 64
_ROWS_A_CELL = 20
_LEAST_POWER = 0.1
"""A pair is watched where so many of rows with wrong partners would be odd."""
_MOST_PAIRS = 80
_ODD = 0.1
"""A cell is odd that holds, with one row more, less than so much of what chance alone would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coder:
    """Puts the levels of a column into a few bins; 0 is a value that was never seen, 1 missing."""

    n_bins: int
    cuts: tuple[float, ...] = ()
    """Of figures: upper ends of the bins."""

    def codes(self, profile: Profile, values: Values) -> Integers:
        """Return the bin of each row."""
        if self.cuts:
            figures = values.numbers()
            bins = np.searchsorted(self.cuts, figures, side="left") + _FIRST
            with np.errstate(invalid="ignore"):
                outside = ~((figures >= profile.low) & (figures <= profile.high))
            of_levels = np.where(outside, _UNKNOWN, np.minimum(bins, self.n_bins - 1))
        else:
            places = places_of(profile, values)
            of_levels = np.where(places < 0, _UNKNOWN, np.minimum(places + _FIRST, self.n_bins - 1))
        return np.append(of_levels, _MISSING)[values.codes].astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """What goes with what in the reference."""

    coders: Mapping[str, Coder]
    odd: Mapping[tuple[str, str], Mask]
    """By pair of columns: the cells that are odd."""

    def blamed(self, profiles: Mapping[str, Profile], values: Mapping[str, Values]) -> Blame:
        """Judge each row of a window; pairs with a column that is not there are left out."""
        coded = {
            name: coder.codes(profiles[name], values[name])
            for name, coder in self.coders.items()
            if name in values and values[name].kind == profiles[name].kind
        }
        n_rows = max((len(codes) for codes in coded.values()), default=0)
        return _blamed(coded, self.odd, n_rows)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values; cells as packed bits in base 64."""
        return {
            "coders": {
                name: {"n_bins": coder.n_bins, "cuts": list(coder.cuts)}
                for name, coder in self.coders.items()
            },
            "odd": [
                {"pair": list(pair), "shape": list(cells.shape),
                 "cells": base64.b64encode(zlib.compress(np.packbits(cells).tobytes())).decode()}
                for pair, cells in self.odd.items()
            ],
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Pairs:
        """Make it from what `as_json` returned."""
        odd = {}
        for each in kept["odd"]:
            bits = np.frombuffer(zlib.decompress(base64.b64decode(each["cells"])), dtype=np.uint8)
            shape = tuple(each["shape"])
            cells = np.unpackbits(bits, count=int(np.prod(shape))).astype(bool).reshape(shape)
            odd[(each["pair"][0], each["pair"][1])] = cells
        coders = {
            name: Coder(n_bins=coder["n_bins"], cuts=tuple(coder["cuts"]))
            for name, coder in kept["coders"].items()
        }
        return cls(coders=coders, odd=odd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """Rows that are odd, by the column to blame."""

    rows: Mapping[str, Mask]
    """Rows in which no column is odd in more pairs than this one."""
    sure: Mapping[str, Mask]
    """Those in which it is odd in several pairs, and every other column in fewer."""
    partners: Mapping[str, tuple[str, ...]]
    """The columns that each column is compared with."""

    def hits(self, name: str) -> Floats:
        """Count both probes of a column."""
        return np.array([self.rows[name].sum(), self.sure[name].sum()], dtype=np.float64)


def _blamed(
    coded: Mapping[str, Integers], odd: Mapping[tuple[str, str], Mask], n_rows: int
) -> Blame:
    partners: dict[str, list[str]] = {}
    times: dict[str, Any] = {}
    for (one, other), cells in odd.items():
        if one not in coded or other not in coded:
            continue
        found = cells.ravel()[coded[one] * cells.shape[1] + coded[other]]
        for name, partner in ((one, other), (other, one)):
            partners.setdefault(name, []).append(partner)
            if name not in times:
                times[name] = np.zeros(n_rows, dtype=np.int8)
            times[name] += found
    names = tuple(times)
    if not names:
        return Blame(rows={}, sure={}, partners={})
    first = np.zeros(n_rows, dtype=np.int8)
    second = np.zeros(n_rows, dtype=np.int8)
    for each in times.values():
        second = np.maximum(second, np.minimum(first, each))
        first = np.maximum(first, each)
    alone = (first > second) & (first >= 2)
    return Blame(
        rows={name: (times[name] == first) & (first > 0) for name in names},
        sure={name: (times[name] == first) & alone for name in names},
        partners={name: tuple(partners[name]) for name in names},
    )


def learn(
    profiles: Mapping[str, Profile], values: Mapping[str, Values], blocks: Sequence[Integers]
) -> tuple[Pairs, dict[str, Floats]]:
    """Learn which pairs depend on each other, and how many rows of each block are odd.

    What is odd in a block is told by the other blocks; so the counts are what a window would give.
    Returns the pairs and, by column, the hits (blocks x 2).
    """
    n_rows = sum(len(rows) for rows in blocks)
    wanted = int(np.clip(np.sqrt(n_rows / _ROWS_A_CELL), _LEAST_BINS, _MOST_BINS))
    coders = {
        name: coder
        for name, profile in profiles.items()
        if (coder := _coder(profile, values[name], wanted)) is not None
    }
    coded = {name: coder.codes(profiles[name], values[name]) for name, coder in coders.items()}
    tables = {
        (one, other): _tables(coded[one], coded[other], coders[one], coders[other], blocks)
        for one, other in combinations(coders, 2)
    }
    power = {pair: _power(each.sum(axis=0)) for pair, each in tables.items()}
    kept = sorted((p for p in power if power[p] >= _LEAST_POWER), key=lambda p: -power[p])
    kept = kept[:_MOST_PAIRS]
    hits: dict[str, list[Floats]] = {}
    for n, rows in enumerate(blocks):
        odd = {pair: _odd(tables[pair].sum(axis=0) - tables[pair][n]) for pair in kept}
        blame = _blamed({name: codes[rows] for name, codes in coded.items()}, odd, len(rows))
        for name in blame.rows:
            hits.setdefault(name, []).append(blame.hits(name))
    used = {name for pair in kept for name in pair}
    pairs = Pairs(
        coders={name: coder for name, coder in coders.items() if name in used},
        odd={pair: _odd(tables[pair].sum(axis=0)) for pair in kept},
    )
    return pairs, {name: np.array(each) for name, each in hits.items()}


def _coder(profile: Profile, values: Values, n_bins: int) -> Coder | None:
    if not profile.known or profile.kind == "moment":
        return None
    if profile.kind == "text" or profile.n_levels <= n_bins:
        return Coder(n_bins=min(profile.n_levels, n_bins) + _FIRST)
    figures = values.numbers()
    read = ~np.isnan(figures) & (values.counts > 0)
    cuts = quantiles(figures[read], values.counts[read], np.arange(1, n_bins + 1) / n_bins)
    return Coder(n_bins=len(cuts) + _FIRST, cuts=cuts)


def _tables(
    one: Integers, other: Integers, a: Coder, b: Coder, blocks: Sequence[Integers]
) -> Integers:
    """Count the cells of each block."""
    cells, size = one * b.n_bins + other, a.n_bins * b.n_bins
    counts = [np.bincount(cells[rows], minlength=size) for rows in blocks]
    return np.array(counts, dtype=np.int64).reshape(len(blocks), a.n_bins, b.n_bins)


def _odd(table: Integers) -> Mask:
    expected = _by_chance(table)
    odd = table + 1 <= _ODD * expected
    odd[_UNKNOWN], odd[:, _UNKNOWN] = False, False
    return np.asarray(odd)


def _by_chance(table: Integers) -> Floats:
    total = max(int(table.sum()), 1)
    return np.asarray(np.outer(table.sum(axis=1), table.sum(axis=0)) / total)


def _power(table: Integers) -> float:
    """Return the share of rows with wrong partners that would be odd."""
    return float(_by_chance(table)[_odd(table)].sum() / max(int(table.sum()), 1))
