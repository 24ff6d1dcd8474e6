"""Quantiles of two groups made comparable, as means of what each case adds to them."""

from __future__ import annotations

import numpy as np

from proveout.statistics.effects.cases import Flags, Floats
from proveout.statistics.effects.overlap import Balanced

APART = 0.05
"""How far around the quantile its density is looked for, in shares."""


def as_means(
    values: Floats, group: Flags, groups: Balanced, quantile: float
) -> tuple[Floats, tuple[float, float]]:
    """Return each case's influence on the quantile of its group, and both quantiles.

    The mean of the influences is what the regression still has to add to a quantile.
    Source: Firpo, Fortin and Lemieux (2009), Econometrica 77, 953-973.
    """
    influence = np.zeros(len(values))
    found = []
    around = min(APART, quantile / 2, (1 - quantile) / 2)
    for chosen in (group, ~group):
        mine, weight = values[chosen], groups.weight[chosen]
        order = np.argsort(mine)
        below = (np.cumsum(weight[order]) - weight[order] / 2) / weight.sum()
        at, low, high = np.interp(
            [quantile, quantile - around, quantile + around], below, mine[order]
        )
        per_share = (high - low) / (2 * around)
        influence[chosen] = (quantile - (mine <= at)) * per_share
        found.append(float(at))
    return influence, (found[0], found[1])
