"""Pairs of columns that belong together, and rows in which they do not.

Two columns that depend on each other leave cells of their table empty which chance alone would
fill. A row that falls into such a cell is odd in this pair. A broken join leaves every column as it
was and fills these cells; so does a value that is possible in itself and wrong in its row. A row
that is odd in several pairs is blamed on the column that all of them share; where one of two values
is missing or was never seen, it is to blame.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Any

import numpy as np
import numpy.typing as npt

from proveout.statistics.drift import scores as scoring
from proveout.statistics.drift.lookups import Lookup, is_lookup, lookups_json, table_of, told_by
from proveout.statistics.drift.probes import MOST_LEVELS, Probe, Profile, places_of, quantiles
from proveout.statistics.drift.scores import Scores
from proveout.statistics.drift.values import Floats, Integers, Mask, Values

MISMATCH = Probe(family="pair", label="does not go with the other columns", upper_only=True)
SURE_MISMATCH = Probe(
    family="pair", label="does not go with several other columns", upper_only=True
)
LOST = Probe(
    family="pair", label="missing where the other columns say that there is one", upper_only=True
)
PROBES = (LOST, MISMATCH, SURE_MISMATCH, *scoring.PROBES)
_TOLD_APART = PROBES[1:]
N_COUNTED = len(PROBES) + len(_TOLD_APART)
"""Of each probe the rows are counted, and of all but the first how many different reasons they
have: it takes both for an alarm."""
_UNKNOWN, _MISSING, _FIRST = 0, 1, 2
_LEAST_BINS, _MOST_BINS = 6, 64
_ROWS_A_CELL = 100
_LEAST_POWER = 0.1
"""A pair is watched where so many of rows with wrong partners would be odd."""
_LEAST_POWER_MISSING = 0.5
"""Or so many of rows in which a value is lost."""
_MOST_PAIRS = 80
_ODD = 0.03
"""A cell is odd that holds, with one row more, less than so much of what chance alone would."""

_NARROW = 200
_TAIL = np.array([0.0002, 0.0005, 0.001, 0.002])
_OUTSIDE = 0.0001
"""Of the figures beside a bin may lie below its band, and so many above."""
_LEAST_IN_BAND = 200

Pair = tuple[str, str]
Small = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coder:
    """Puts the levels of a column into a few bins; 0 is a value that was never seen, 1 missing."""

    n_bins: int
    cuts: tuple[float, ...] = ()
    """Of figures: upper ends of the bins."""
    fine: tuple[float, ...] = ()
    """Of figures: upper ends of many narrow bins."""

    def coded(self, profile: Profile, values: Values) -> Coded:
        """Return the bin, and the place among the known levels, of each row."""
        places = places_of(profile, values)
        narrow = np.zeros(len(places), dtype=np.int64)
        if self.fine:
            figures = values.numbers()
            narrow = np.searchsorted(self.fine, figures, side="left") + _FIRST
            narrow = np.where(np.isnan(figures), _UNKNOWN, narrow)
        if self.cuts:
            figures = values.numbers()
            bins = np.searchsorted(self.cuts, figures, side="left") + _FIRST
            with np.errstate(invalid="ignore"):
                outside = ~((figures >= profile.low) & (figures <= profile.high))
            if profile.is_closed:
                outside |= places < 0
            of_levels = np.where(outside, _UNKNOWN, np.minimum(bins, self.n_bins - 1))
        else:
            of_levels = np.where(places < 0, _UNKNOWN, np.minimum(places + _FIRST, self.n_bins - 1))
        return Coded(
            bins=np.append(of_levels, _MISSING)[values.codes].astype(np.int64),
            places=np.append(places, -1)[values.codes].astype(np.int64),
            narrow=np.append(narrow, _MISSING)[values.codes].astype(np.int64),
            n_bins=self.n_bins,
            n_places=len(profile.known),
            n_narrow=len(self.fine) + _FIRST + 1 if self.fine else 0,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A column in bins."""

    bins: Integers
    places: Integers
    narrow: Integers
    n_bins: int
    n_places: int
    n_narrow: int
    """0 of a column that has no narrow bins."""

    def part(self, rows: Integers) -> Coded:
        """Return some of its rows."""
        return Coded(
            bins=self.bins[rows], places=self.places[rows], narrow=self.narrow[rows],
            n_bins=self.n_bins, n_places=self.n_places, n_narrow=self.n_narrow,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """What is odd: cells of pairs, and what lookups forbid."""

    odd: Mapping[Pair, Mask]
    """By pair of columns: cells by the bins of both."""
    bands: Mapping[Pair, Mask]
    """By a column in bins and a figure in narrow ones: cells outside the band of what is usual."""
    lookups: Mapping[Pair, Lookup]
    """By telling column and told one."""

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """All pairs that are watched, each once."""
        directed = [*self.bands, *self.lookups]
        return tuple(dict.fromkeys([*self.odd, *((min(p), max(p)) for p in directed)]))

    def broken(self, coded: Mapping[str, Coded]) -> Iterator[tuple[Pair, Mask]]:
        """Mark the odd rows of every pair both of whose columns are there."""
        for pair in self.pairs:
            one, other = pair
            if one not in coded or other not in coded:
                continue
            a, b = coded[one], coded[other]
            found = np.zeros(len(a.bins), dtype=bool)
            if pair in self.odd:
                found |= self.odd[pair].ravel()[a.bins * b.n_bins + b.bins]
            for (x, y), teller, told in ((pair, a, b), ((other, one), b, a)):
                if (x, y) in self.bands:
                    cells = teller.bins * told.n_narrow + told.narrow
                    found |= self.bands[x, y].ravel()[cells]
                if (x, y) in self.lookups:
                    found |= self.lookups[x, y].broken(teller.places, told.bins, missing=_MISSING)
            yield (one, other), found


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """What goes with what in the reference."""

    coders: Mapping[str, Coder]
    relations: Relations
    scores: Scores

    def blamed(self, profiles: Mapping[str, Profile], values: Mapping[str, Values]) -> Blame:
        """Judge each row of a window; pairs with a column that is not there are left out."""
        coded = {
            name: coder.coded(profiles[name], values[name])
            for name, coder in self.coders.items()
            if name in values
        }
        unlikely = self.scores.unlikely(_bins(coded))
        return _blamed(coded, self.relations, unlikely, self.scores.lifts)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values; cells as packed bits in base 64."""
        return {
            "coders": {
                name: {
                    "n_bins": coder.n_bins, "cuts": list(coder.cuts), "fine": list(coder.fine)
                }
                for name, coder in self.coders.items()
            },
            "odd": _masks_json(self.relations.odd),
            "bands": _masks_json(self.relations.bands),
            "lookups": lookups_json(self.relations.lookups),
            "scores": self.scores.as_json(),
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Pairs:
        """Make it from what `as_json` returned."""
        coders = {
            name: Coder(
                n_bins=coder["n_bins"], cuts=tuple(coder["cuts"]), fine=tuple(coder["fine"])
            )
            for name, coder in kept["coders"].items()
        }
        lookups = {
            (each["pair"][0], each["pair"][1]): Lookup.from_json(each["told"])
            for each in kept["lookups"]
        }
        return cls(
            coders=coders,
            relations=Relations(
                odd=_masks(kept["odd"]), bands=_masks(kept["bands"]), lookups=lookups
            ),
            scores=Scores.from_json(kept["scores"]),
        )


def _masks_json(masks: Mapping[Pair, Mask]) -> list[dict[str, Any]]:
    return [
        {"pair": list(pair), "shape": list(cells.shape),
         "cells": base64.b64encode(zlib.compress(np.packbits(cells).tobytes())).decode()}
        for pair, cells in masks.items()
    ]  # fmt: skip


def _masks(kept: Sequence[Mapping[str, Any]]) -> dict[Pair, Mask]:
    found = {}
    for each in kept:
        bits = np.frombuffer(zlib.decompress(base64.b64decode(each["cells"])), dtype=np.uint8)
        shape = tuple(each["shape"])
        cells = np.unpackbits(bits, count=int(np.prod(shape))).astype(bool).reshape(shape)
        found[each["pair"][0], each["pair"][1]] = cells
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """Rows that are odd, by the column to blame."""

    rows: Mapping[str, Mask]
    """Rows in which no column is odd in more pairs than this one."""
    sure: Mapping[str, Mask]
    """Those in which it is odd in several pairs, and every other column in fewer."""
    lost: Mapping[str, Mask]
    """Odd rows in which its value is missing; the others count rows with a value alone."""
    unlikely: Mapping[str, Sequence[Mask]]
    """Rows in which it is the least likely beside the others, by level of `scores`."""
    partners: Mapping[str, tuple[str, ...]]
    """The columns that each column is compared with."""
    bins: Mapping[str, Integers]
    lifts: Mapping[Pair, scoring.Lift]

    def mask(self, name: str, probe: Probe) -> Mask:
        """Mark the rows that a probe of a column has hit."""
        if probe in scoring.PROBES:
            return self.unlikely[name][scoring.PROBES.index(probe)]
        return {MISMATCH: self.rows, SURE_MISMATCH: self.sure, LOST: self.lost}[probe][name]

    def hits(self, name: str) -> Floats:
        """Count the rows of each probe of a column, and then the different reasons of them.

        NaN of those that could not be computed.
        """
        found = {probe: self._found(name, probe) for probe in PROBES}
        rows = [np.nan if mask is None else mask.sum() for mask in found.values()]
        reasons = [
            np.nan if (mask := found[probe]) is None
            else scoring.distinct(name, mask, self.bins, self.lifts)
            for probe in _TOLD_APART
        ]  # fmt: skip
        return np.array([*rows, *reasons], dtype=np.float64)

    def _found(self, name: str, probe: Probe) -> Mask | None:
        if probe in scoring.PROBES:
            return self.mask(name, probe) if name in self.unlikely else None
        return self.mask(name, probe) if name in self.rows else None


def _bins(coded: Mapping[str, Coded]) -> dict[str, Integers]:
    return {name: each.bins for name, each in coded.items()}


def _blamed(
    coded: Mapping[str, Coded],
    relations: Relations,
    unlikely: Mapping[str, Sequence[Mask]],
    lifts: Mapping[Pair, scoring.Lift],
) -> Blame:
    partners: dict[str, list[str]] = {}
    times: dict[str, Small] = {}
    n_rows = max((len(each.bins) for each in coded.values()), default=0)
    for (one, other), found in relations.broken(coded):
        for name, partner in ((one, other), (other, one)):
            partners.setdefault(name, []).append(partner)
            if name not in times:
                times[name] = np.zeros(n_rows, dtype=np.int16)
        rows = np.flatnonzero(found)
        a_strange, b_strange = (coded[name].bins[rows] < _FIRST for name in (one, other))
        times[one][rows] += np.where(b_strange & ~a_strange, 0, 1) + (a_strange & ~b_strange)
        times[other][rows] += np.where(a_strange & ~b_strange, 0, 1) + (b_strange & ~a_strange)
    if not times:
        return Blame(
            rows={}, sure={}, lost={}, unlikely=unlikely, partners={}, bins=_bins(coded),
            lifts=lifts,
        )  # fmt: skip
    first = np.zeros(n_rows, dtype=np.int16)
    second = np.zeros(n_rows, dtype=np.int16)
    for each in times.values():
        second = np.maximum(second, np.minimum(first, each))
        first = np.maximum(first, each)
    alone = (first > second) & (first >= 2)
    worst = {name: (each == first) & (first > 0) for name, each in times.items()}
    there = {name: coded[name].bins != _MISSING for name in times}
    return Blame(
        rows={name: each & there[name] for name, each in worst.items()},
        sure={name: each & there[name] & alone for name, each in worst.items()},
        lost={name: each & ~there[name] for name, each in worst.items()},
        unlikely=unlikely,
        partners={name: tuple(partners[name]) for name in times},
        bins=_bins(coded),
        lifts=lifts,
    )


def learn(
    profiles: Mapping[str, Profile], values: Mapping[str, Values], blocks: Sequence[Integers]
) -> tuple[Pairs, dict[str, Floats]]:
    """Learn which pairs depend on each other, and how many rows of each block are odd.

    What is odd in a block is told by the other blocks; so the counts are what a window would give.
    Returns the pairs and, by column, the hits (blocks x probes).
    """
    n_rows = sum(len(rows) for rows in blocks)
    wanted = int(np.clip(np.sqrt(n_rows / _ROWS_A_CELL), _LEAST_BINS, _MOST_BINS))
    coders = {
        name: coder
        for name, profile in profiles.items()
        if (coder := _coder(profile, values[name], wanted)) is not None
    }
    coded = {name: coder.coded(profiles[name], values[name]) for name, coder in coders.items()}
    every = {pair: _grid(coded[pair[0]], coded[pair[1]]) for pair in combinations(sorted(coded), 2)}
    scores, low = scoring.learn(
        every, _bins(coded), blocks,
        lambda pair, rows: _grid(coded[pair[0]].part(rows), coded[pair[1]].part(rows)),
    )  # fmt: skip
    grids = _grids(every)
    fields = _fields(coded)
    tables = _lookup_tables(profiles, coded)
    hits: dict[str, list[Floats]] = {}
    for rows, unlikely in zip(blocks, low, strict=True):
        part = {name: each.part(rows) for name, each in coded.items()}
        without = _relations(grids, fields, tables, without=part)
        blame = _blamed(part, without, unlikely, scores.lifts)
        for name in {*blame.rows, *unlikely}:
            hits.setdefault(name, []).append(blame.hits(name))
    relations = _relations(grids, fields, tables, without=None)
    used = {name for pair in [*grids, *fields, *tables, *scores.lifts] for name in pair}
    kept = {name: coder for name, coder in coders.items() if name in used}
    counted = {name: np.array(each) for name, each in hits.items()}
    return Pairs(coders=kept, relations=relations, scores=scores), counted


def _coder(profile: Profile, values: Values, n_bins: int) -> Coder | None:
    if not profile.known or profile.kind == "moment":
        return None
    if profile.kind == "text" or profile.n_levels <= n_bins:
        return Coder(n_bins=min(profile.n_levels, n_bins) + _FIRST)
    figures = values.numbers()
    read = ~np.isnan(figures) & (values.counts > 0)
    cuts = quantiles(figures[read], values.counts[read], np.arange(1, n_bins + 1) / n_bins)
    narrow = np.concatenate([_TAIL, np.arange(1, _NARROW) / _NARROW, 1 - _TAIL[::-1], [1.0]])
    fine = quantiles(figures[read], values.counts[read], narrow)
    return Coder(n_bins=len(cuts) + _FIRST, cuts=cuts, fine=fine)


def _grids(every: Mapping[Pair, Integers]) -> dict[Pair, Integers]:
    """Choose the pairs that depend most on each other, with their cells."""
    tables = {}
    for pair, table in every.items():
        power = _power(table)
        if power >= 1:
            tables[pair] = (power, table)
    best = sorted(tables, key=lambda pair: -tables[pair][0])[:_MOST_PAIRS]
    return {pair: tables[pair][1] for pair in best}


def _fields(coded: Mapping[str, Coded]) -> dict[Pair, Integers]:
    """Count figures in narrow bins by the bins of another column, where it tells of them."""
    tables = {}
    for one, other in permutations(coded, 2):
        if coded[other].n_narrow:
            table = _field(coded[one], coded[other])
            power = float(_by_chance(table)[_outside(table)].sum() / max(int(table.sum()), 1))
            if power >= _LEAST_POWER:
                tables[one, other] = (power, table)
    best = sorted(tables, key=lambda pair: -tables[pair][0])[:_MOST_PAIRS]
    return {pair: tables[pair][1] for pair in best}


def _field(a: Coded, b: Coded) -> Integers:
    counts = np.bincount(a.bins * b.n_narrow + b.narrow, minlength=a.n_bins * b.n_narrow)
    return np.asarray(counts.reshape(a.n_bins, b.n_narrow), dtype=np.int64)


def _outside(table: Integers) -> Mask:
    """Mark what lies outside the band that nearly all figures beside a bin keep to."""
    counts = table.copy()
    counts[:, :_FIRST] = 0
    upto = counts.cumsum(axis=1)
    total = upto[:, -1:]
    few = _OUTSIDE * total
    outside = (upto <= few) | (total - upto + counts <= few)
    outside &= total >= _LEAST_IN_BAND
    outside[:, :_FIRST] = False
    outside[_UNKNOWN] = False
    outside[_MISSING] = False
    return np.asarray(outside)


def _grid(a: Coded, b: Coded) -> Integers:
    counts = np.bincount(a.bins * b.n_bins + b.bins, minlength=a.n_bins * b.n_bins)
    return np.asarray(counts.reshape(a.n_bins, b.n_bins), dtype=np.int64)


def _lookup_tables(
    profiles: Mapping[str, Profile], coded: Mapping[str, Coded]
) -> dict[Pair, Integers]:
    tables = {}
    for teller, told in permutations(coded, 2):
        a, b = coded[teller], coded[told]
        if not profiles[teller].is_closed or a.n_places > MOST_LEVELS // 2:
            continue
        table = table_of(a.places, b.bins, a.n_places, b.n_bins)
        if is_lookup(table, ignored=_MISSING):
            tables[teller, told] = table
    return dict(list(tables.items())[:_MOST_PAIRS])


def _relations(
    grids: Mapping[Pair, Integers],
    fields: Mapping[Pair, Integers],
    tables: Mapping[Pair, Integers],
    *,
    without: Mapping[str, Coded] | None,
) -> Relations:
    """Say what is odd by all rows, or by all but those of a block."""
    odd, bands, lookups = {}, {}, {}
    for pair, field in fields.items():
        less = 0 if without is None else _field(without[pair[0]], without[pair[1]])
        bands[pair] = _outside(field - less)
    for pair, grid in grids.items():
        less = 0 if without is None else _grid(without[pair[0]], without[pair[1]])
        odd[pair] = _odd(grid - less)
    for pair, table in tables.items():
        if without is not None:
            a, b = without[pair[0]], without[pair[1]]
            table = table - table_of(a.places, b.bins, a.n_places, b.n_bins)  # noqa: PLW2901
        lookups[pair] = told_by(table, ignored=_MISSING)
    return Relations(odd=odd, bands=bands, lookups=lookups)


def _odd(table: Integers) -> Mask:
    expected = _by_chance(table)
    odd = table + 1 <= _ODD * expected
    odd[_UNKNOWN], odd[:, _UNKNOWN] = False, False
    return np.asarray(odd)


def _by_chance(table: Integers) -> Floats:
    total = max(int(table.sum()), 1)
    return np.asarray(np.outer(table.sum(axis=1), table.sum(axis=0)) / total)


def _power(table: Integers) -> float:
    """Return how much of wrong partners, or of lost values, would be odd; below 1 is too little."""
    odd, total = _odd(table), max(int(table.sum()), 1)
    found = float(_by_chance(table)[odd].sum() / total) / _LEAST_POWER
    lost = max(
        float(table[odd[:, _MISSING]].sum() / total), float(table[:, odd[_MISSING]].sum() / total)
    )
    return max(found, lost / _LEAST_POWER_MISSING)
