"""How likely a value is beside the other values of its row, summed over all pairs.

Where no cell of a table is empty, wrong partners still make a row less likely than it was. The lift
of a cell is the logarithm of how often it is filled, against what chance alone would do; the score
of a value in its row is the sum of its lifts with the other columns. Of each row that column is
counted whose score is the worst for what is usual of it, if it is low enough.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from proveout.statistics.drift.probes import Probe
from proveout.statistics.drift.values import Integers, Mask

LEVELS = (0.0005, 0.002, 0.01)
PROBES = tuple(
    Probe(family="pair", label=f"less likely beside the other columns than {1 - level:.4g} of "
          "those before", upper_only=True)
    for level in LEVELS
)  # fmt: skip
_MOST_PAIRS = 80
_LEAST_INFORMATION = 0.005
"""Of a pair, in nats, beyond what as many cells give by chance."""
_SMOOTHING = 1.0
_MARGIN = 0.1
"""Scores of few values lie in lumps, which move a little with every row that is learned."""
_FEW = 4
_MOST_BINS = 1_000

Pair = tuple[str, str]
Lift = npt.NDArray[np.float32]
Bins = Mapping[str, Integers]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What is usual of the scores of a column."""

    mean: float
    spread: float
    cuts: tuple[float, ...]
    """Scores below which `LEVELS` of the rows lay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What goes how well with what."""

    lifts: Mapping[Pair, Lift]
    scales: Mapping[str, Scale]

    def unlikely(self, bins: Bins) -> dict[str, list[Mask]]:
        """Mark the rows of each column that are hit, by level.

        A column one of whose partners is not there is left out: its scores would be others.
        """
        whole = {
            name: all(other in bins for pair in self.lifts if name in pair for other in pair)
            for name in self.scales
        }
        found = _scored(self.lifts, bins)
        return _hit(found, {n: s for n, s in self.scales.items() if whole[n] and n in found})

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "lifts": [
                {"pair": list(pair), "shape": list(lift.shape),
                 "cells": base64.b64encode(zlib.compress(lift.astype("<f4").tobytes())).decode()}
                for pair, lift in self.lifts.items()
            ],
            "scales": {n: [s.mean, s.spread, *s.cuts] for n, s in self.scales.items()},
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Scores:
        """Make it from what `as_json` returned."""
        lifts = {}
        for each in kept["lifts"]:
            cells = np.frombuffer(zlib.decompress(base64.b64decode(each["cells"])), dtype="<f4")
            lifts[each["pair"][0], each["pair"][1]] = cells.reshape(each["shape"]).astype("f4")
        scales = {
            n: Scale(mean=mean, spread=spread, cuts=tuple(cuts))
            for n, (mean, spread, *cuts) in kept["scales"].items()
        }
        return cls(lifts=lifts, scales=scales)


def learn(
    tables: Mapping[Pair, Integers],
    bins: Bins,
    blocks: Sequence[Integers],
    table_of: Callable[[Pair, Integers], Integers],
) -> tuple[Scores, list[dict[str, list[Mask]]]]:
    """Learn lifts from tables of pairs; with them, the rows of each block that are hit, by column.

    A block is scored by the other blocks (`table_of` counts a pair in some of the rows), since
    what was learned from a row goes well with it.
    """
    informed = {pair: _information(table) for pair, table in tables.items()}
    best = sorted((p for p in informed if informed[p] >= _LEAST_INFORMATION),
                  key=lambda p: -informed[p])[:_MOST_PAIRS]  # fmt: skip
    scored = []
    for rows in blocks:
        lifts = {pair: _lift(tables[pair] - table_of(pair, rows)) for pair in best}
        scored.append(_scored(lifts, {name: each[rows] for name, each in bins.items()}))
    names = sorted({name for pair in best for name in pair})
    scales = {}
    for name in names:
        of_all = np.concatenate([each[name] for each in scored])
        spread = float(of_all.std())
        if spread > 0:
            cuts = tuple(float(each) - _MARGIN for each in np.quantile(of_all, LEVELS))
            scales[name] = Scale(mean=float(of_all.mean()), spread=spread, cuts=cuts)
    lifts = {pair: _lift(tables[pair]) for pair in best}
    return Scores(lifts=lifts, scales=scales), [_hit(each, scales) for each in scored]


def distinct(name: str, rows: Mask, bins: Bins, lifts: Mapping[Pair, Lift]) -> int:
    """Count the different reasons why rows are unlikely: the value, and that of its worst partner.

    A new timetable brings the same few pairs again and again, a broken join many that differ.
    """
    places = np.flatnonzero(rows)
    if len(places) < _FEW:
        return len(places)
    own = bins[name][places]
    worst = np.full(len(places), np.inf)
    reasons = np.zeros(len(places), dtype=np.int64)
    partners = [(pair, pair[1] if pair[0] == name else pair[0]) for pair in lifts if name in pair]
    for nth, (pair, other) in enumerate(partners):
        if other not in bins:
            continue
        beside = bins[other][places]
        cells = (own, beside) if pair[0] == name else (beside, own)
        found = lifts[pair][cells]
        reasons = np.where(found < worst, nth * _MOST_BINS + beside, reasons)
        worst = np.minimum(worst, found)
    return len(np.unique(reasons * _MOST_BINS + own))


def _scored(lifts: Mapping[Pair, Lift], bins: Bins) -> dict[str, Lift]:
    scores: dict[str, Lift] = {}
    for (one, other), lift in lifts.items():
        if one not in bins or other not in bins:
            continue
        found = lift.ravel().take(bins[one] * lift.shape[1] + bins[other])
        for name in (one, other):
            scores[name] = scores[name] + found if name in scores else found
    return scores


def _hit(scores: Mapping[str, Lift], scales: Mapping[str, Scale]) -> dict[str, list[Mask]]:
    """Mark the rows in which a column is the worst, and as bad as each level says."""
    usual = {
        name: (scores[name] - np.float32(scale.mean)) / np.float32(scale.spread)
        for name, scale in scales.items()
    }
    if not usual:
        return {}
    worst = np.minimum.reduce(list(usual.values()))
    return {
        name: [(usual[name] <= worst) & (scores[name] < np.float32(cut)) for cut in scale.cuts]
        for name, scale in scales.items()
    }


def _lift(table: Integers) -> Lift:
    total = max(int(table.sum()), 1)
    chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / total
    lift = np.log((table + _SMOOTHING) / (chance + _SMOOTHING))
    # Of a value that was never seen there is nothing to say: it has its own test.
    lift[0], lift[:, 0] = 0.0, 0.0
    return np.asarray(lift, dtype=np.float32)


def _information(table: Integers) -> float:
    """Return the mutual information of a pair in nats, less what chance alone would give."""
    total = max(int(table.sum()), 1)
    joint = table / total
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    chance = np.outer(rows, columns)
    filled = joint > 0
    found = float((joint[filled] * np.log(joint[filled] / chance[filled])).sum())
    freedom = (np.count_nonzero(rows) - 1) * (np.count_nonzero(columns) - 1)
    return found - 2 * freedom / (2 * total)
