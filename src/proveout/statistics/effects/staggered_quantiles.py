"""Quantiles of teams' weeks, for teams that got the system one after another.

The figure of each team and week is the quantile of its own cases, and what has to go the same way
in all teams is that. The baseline is the quantile of all manual cases of the teams that got the
system; so the effect is how far the system moves the quantile of a team's week.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from proveout.statistics.effects.cases import Floats
from proveout.statistics.effects.panels import entry_of
from proveout.statistics.effects.rollouts import Rollout, Weights
from proveout.statistics.effects.team_sums import Sum, modelled_sum

APART = 0.1
"""How far around the quantile its density is looked for, in shares."""


def with_quantiles(found: Rollout, quantile: float) -> Rollout:
    """Return the rollout with the quantile of each entry in the place of its mean."""
    panel = found.panel
    entry = entry_of(panel, found.cases.day, found.team)
    inside = entry >= 0
    entry, values = entry[inside], found.cases.value[inside]
    order = np.lexsort((values, entry))
    sorted_values = values[order]
    counts = np.bincount(entry, minlength=len(panel.n))
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])

    around = min(APART, quantile / 2, (1 - quantile) / 2)
    at, below, above = (
        _of_each(sorted_values, first, counts, share)
        for share in (quantile, quantile - around, quantile + around)
    )
    per_share = float(np.average((above - below) / (2 * around), weights=counts))
    chance = quantile * (1 - quantile) * per_share**2 / counts
    return replace(found, panel=replace(panel, value=at, chance=chance))


def baseline_quantile(found: Rollout, weights: Weights, quantile: float) -> Sum:
    """Return the quantile of all manual cases, each team counted as much as its cases with it."""
    panel = found.panel
    entry = entry_of(panel, found.cases.day, found.team)
    per_case = np.where(entry >= 0, (weights.baseline / panel.n)[entry], 0.0)
    counted = per_case > 0
    values, per_case = found.cases.value[counted], per_case[counted]
    order = np.argsort(values)
    below = np.cumsum(per_case[order])
    place = min(int(np.searchsorted(below, quantile * below[-1])), len(order) - 1)
    spread = modelled_sum(panel, weights.shocks, weights.baseline, panel.value)
    return replace(spread, value=float(values[order][place]))


def _of_each(
    values: Floats, first: NDArray[np.int64], counts: NDArray[np.int64], share: float
) -> Floats:
    """Return a quantile of each run of sorted values, as unbiased for the median as can be.

    Source: Hyndman and Fan (1996), The American Statistician 50, 361-365, their eighth.
    """
    place = np.clip(share * (counts + 1 / 3) - 2 / 3, 0, counts - 1)
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, counts - 1)
    part = place - low
    found = values[first + low] * (1 - part) + values[first + high] * part
    return np.asarray(found, dtype=float)
