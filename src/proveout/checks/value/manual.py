"""The manual way by itself, before anybody has the system: what a baseline is by the records."""

from __future__ import annotations

import math

import numpy as np

from proveout.checks.value.observing import Observed
from proveout.statistics.effects.cases import Floats, Ints
from proveout.statistics.effects.clusters import Spread, spread, t_cut
from proveout.statistics.effects.estimate import Figure
from proveout.statistics.effects.intervals import of_share, skewed
from proveout.statistics.effects.measured import Unknown, measured
from proveout.statistics.effects.quantiles import below, interval, quantile

FEWEST = 30
"""Cases, and days on which they began: seven."""
FEWEST_DAYS = 7


def manual_baseline(seen: Observed) -> tuple[Figure, int] | None:
    """Return the figure of the manual cases with its interval, and how many they are.

    Cases of one day, and of one person, are alike; whichever makes the interval wider counts. None
    where too little is known of them.
    """
    cases = seen.cases.where(~seen.cases.with_system)
    if len(cases) < FEWEST or len(np.unique(cases.day)) < FEWEST_DAYS:
        return None
    known = measured(cases, seen.statistic)
    if isinstance(known, Unknown) or not len(known.cases):
        return None
    confidence, statistic = seen.kpi.confidence, seen.statistic
    units = [known.cases.day]
    if known.cases.person is not None and (known.cases.person >= 0).all():
        units.append(known.cases.person)
    if statistic.kind == "quantile":
        share = statistic.quantile or 0.5
        at = quantile(known.value, known.is_open, share)
        wide = _widest(below(known.value, known.is_open, at) - share, units)
        found = interval(
            known.value, known.is_open, share, error=math.sqrt(wide.variance),
            cut=t_cut(wide.freedom, confidence),
        )  # fmt: skip
    else:
        mean = float(known.value.mean())
        wide = _widest(known.value - mean, units)
        found = (
            of_share(mean, wide.variance, wide.n_clusters, wide.freedom, confidence)
            if statistic.kind == "share"
            else skewed(mean, wide.variance, wide.third, wide.freedom, confidence)
        )
    if not all(map(math.isfinite, (found.low, found.high))):
        return None
    scale = seen.scale
    scaled = Figure(value=found.value * scale, low=found.low * scale, high=found.high * scale)
    return scaled, len(known.cases)


def _widest(residual: Floats, units: list[Ints]) -> Spread:
    """Return the larger of the spreads by day and by person."""
    return max((spread(residual, unit) for unit in units), key=lambda each: each.variance)
