"""With and without the system in turns, day by day or week by week.

Neighbouring days are alike, so their noise largely cancels in a comparison of alternate days, and
does not in the level of both. Both spreads are read where they arise: that of the difference from
the slow waves of the signed residuals, that of the level from the slow waves of the plain ones
(equal-weighted cosines, Lazarus, Lewis, Stock and Watson 2018, Journal of Business and Economic
Statistics 36, 541-559). A slow trend and the days of the week are taken off both arms.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from proveout.statistics.effects.cases import Cases, Flags, Floats, Ints
from proveout.statistics.effects.clusters import sum_by

PERIODS_PER_BEND = 20
"""One bend of the trend for so many periods."""

LEAST_PERIODS = {"day": 20, "week": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waves:
    """Variances, with their degrees of freedom, of figures from periods in turns."""

    effect: tuple[float, float]
    level: tuple[float, float]
    """Of the mean of both arms."""


def seasons(cases: Cases, period: Ints, *, by_day: bool) -> Floats:
    """Return cases × columns, with mean 0: trend, and the days of the week where days alternate."""
    _, code = np.unique(period, return_inverse=True)
    n_periods = int(code.max()) + 1
    at = (np.arange(n_periods) + 0.5) / n_periods
    waves = [np.cos(math.pi * bend * at) for bend in range(1, _bends(n_periods) + 1)]
    # A trend that goes on is no wave; the first two cosines hardly tell it from one.
    known = [(at - at.mean())[code], *(wave[code] for wave in waves[1:])]
    if by_day:
        weekday = (cases.day + 3) % 7
        known += [(weekday == each).astype(float) for each in np.unique(weekday)[1:]]
    found: Floats = np.column_stack(known)
    found -= found.mean(axis=0)
    return found


def waves(residual: Floats, with_system: Flags, period: Ints, *, columns: int) -> Waves:
    """Return the spread of the difference and of the level, from residuals of cases.

    `columns` is how many were adjusted for beside the two means.
    """
    _, code = np.unique(period, return_inverse=True)
    n_periods = int(code.max()) + 1
    n_with, n = int(with_system.sum()), len(residual)
    side = np.where(with_system, 1 / n_with, -1 / (n - n_with))
    signed = sum_by(code, residual * side)
    plain = sum_by(code, residual / n)
    charge = n_periods / max(1.0, n_periods - columns - 2)
    quick = max(4, n_periods // 4)
    slow = max(4, int(0.41 * n_periods ** (2 / 3)))
    return Waves(
        # One of the waves is lost to what was adjusted for.
        effect=(charge * _slow(signed, 0, quick), float(quick - 1)),
        level=(charge * _slow(plain, _bends(n_periods), slow), float(slow)),
    )


def _bends(n_periods: int) -> int:
    return max(1, n_periods // PERIODS_PER_BEND)


def _slow(series: Floats, first: int, n_waves: int) -> float:
    """Return the variance of the sum of a series from n waves, slowest first, after `first`."""
    at = (np.arange(len(series)) + 0.5) / len(series)
    waves = np.cos(math.pi * np.outer(np.arange(first + 1, first + n_waves + 1), at))
    return 2 * float(np.mean((waves @ series) ** 2))
