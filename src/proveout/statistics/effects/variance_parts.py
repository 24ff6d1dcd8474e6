"""What the variance of one side's figure is made of: cases, what was drawn, and days."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from proveout.statistics.effects.adjusting import CLUSTERS_PER_COLUMN, adjust, columns
from proveout.statistics.effects.cases import AssignedBy, Cases, Flags, Floats, Ints, Statistic
from proveout.statistics.effects.clusters import drawn, likeness, totals
from proveout.statistics.effects.measured import Measured
from proveout.statistics.effects.quantiles import below, quantile

RANGE = 0.9
"""How sure the range of the variance is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts, each for one of its kind."""

    of_case: float
    of_unit: float
    of_day: float
    cases_per_day: float
    """Of this side."""
    flow: float
    """Cases a day on both sides."""
    third: float
    """Third central moment of what cases add."""
    third_of_unit: float
    units: float | None
    """How many were drawn for this side; None where they come with the days."""
    days_per_unit: float
    """Days that bring this side one more unit, where they come with the days."""

    def variance(self, days: Floats) -> Floats:
        """Return the variance of the figure after so many days."""
        found: Floats = self._each(days).sum(axis=0)
        return found

    def freedom(self, days: Floats) -> Floats:
        """Return its degrees of freedom, those of the parts that matter (Satterthwaite)."""
        parts = self._each(days)
        units = self._units(days)
        counts = np.array([self.cases_per_day * days, units, days])
        below = np.sum(parts**2 / np.maximum(1.0, counts - 1), axis=0)
        found: Floats = np.maximum(1.0, parts.sum(axis=0) ** 2 / below)
        return found

    def lean(self, days: Floats) -> Floats:
        """Return the skewness of the figure after so many days."""
        third = self.third / (self.cases_per_day * days) ** 2
        third += self.third_of_unit / self._units(days) ** 2
        found: Floats = np.clip(third / self.variance(days) ** 1.5, -0.9, 0.9)
        return found

    def _each(self, days: Floats) -> Floats:
        return np.array(
            [
                self.of_case / (self.cases_per_day * days),
                self.of_unit / self._units(days),
                self.of_day / days,
            ]
        )

    def _units(self, days: Floats) -> Floats:
        return days / self.days_per_unit if self.units is None else np.full_like(days, self.units)


def residuals(
    seen: Measured, statistic: Statistic, assigned_by: AssignedBy
) -> tuple[Floats, float]:
    """Return what each case is off its side's figure, and the figure without the system.

    Of a quantile it is off the share of cases below it, 0 or 1 less that share.
    """
    cases = seen.cases
    side = cases.with_system
    manual = ~side if (~side).any() else side
    if statistic.kind == "quantile":
        return _below(seen, statistic), quantile(
            seen.value[manual], _some(seen, manual), tau(statistic)
        )
    if side.all() or not side.any():
        # With one side only, any halves tell what earlier figures explain.
        side = np.arange(len(cases)) % 2 == 0
    units = drawn(cases, assigned_by)
    n_units = len(cases) if units is None else len(np.unique(units))
    known = columns(cases, most=(n_units - 2) // CLUSTERS_PER_COLUMN)
    return adjust(seen.value, side, known).residual, float(seen.value[manual].mean())


def tau(statistic: Statistic) -> float:
    """Return the share of cases below the quantile."""
    return statistic.quantile or 0.5


def share_below(seen: Measured, at: float) -> float:
    """Return the share of cases without the system that are at most `at`."""
    manual = ~seen.cases.with_system if (~seen.cases.with_system).any() else seen.cases.with_system
    return float(below(seen.value[manual], _some(seen, manual), at).mean())


def _below(seen: Measured, statistic: Statistic) -> Floats:
    found = np.empty(len(seen.cases))
    for with_it in np.unique(seen.cases.with_system):
        arm = seen.cases.with_system == with_it
        value, still = seen.value[arm], _some(seen, arm)
        is_below = below(value, still, quantile(value, still, tau(statistic)))
        found[arm] = is_below - is_below.mean()
    return found


def _some(seen: Measured, chosen: Flags) -> Flags | None:
    return None if seen.is_open is None else seen.is_open[chosen]


def parts_of(
    residual: Floats, cases: Cases, assigned_by: AssignedBy, flow: float, share_with: float
) -> tuple[Parts, tuple[float, float], float]:
    """Return the parts of the variance, likeness within units and days, and how unsure it is."""
    unit = drawn(cases, assigned_by)
    whole = float(np.mean(residual**2))
    by_unit = _alike(residual, unit) if unit is not None and assigned_by != "case" else 0.0
    comes_with_days = assigned_by in {"case", "day", "week"}
    by_day = 0.0 if assigned_by in {"day", "week"} else _alike(residual, cases.day)
    n_units = len(cases) if unit is None or assigned_by == "case" else len(np.unique(unit))
    of_case = whole * max(0.0, 1 - by_unit - by_day)
    parts = np.array([of_case / len(residual), whole * by_unit / n_units])
    spreads = np.array([_kurtosis(residual) - 1, 2.0]) / [len(residual), n_units]
    third, third_of_unit = float(np.mean(residual**3)), 0.0
    if unit is not None and by_unit > 0:
        sums, sizes = totals(residual, unit)
        means = sums / sizes
        spreads[1] = (_kurtosis(means) - 1) / n_units
        third_of_unit = float(np.mean(means**3 - third / sizes**2))
    relative = math.sqrt(float(np.sum(parts**2 * spreads))) / float(parts.sum())
    unsure = math.exp(float(ndtri((1 + RANGE) / 2)) * relative)
    per_period = {"day": 1.0, "week": 7.0}.get(assigned_by, 1.0)
    return (
        Parts(
            of_case=of_case,
            of_unit=whole * by_unit,
            of_day=whole * by_day,
            cases_per_day=flow * share_with,
            flow=flow,
            third=third,
            third_of_unit=third_of_unit,
            units=None if comes_with_days else max(1.0, n_units * share_with),
            days_per_unit=per_period / share_with,
        ),
        (by_unit, by_day),
        unsure,
    )


def _alike(residual: Floats, unit: Ints) -> float:
    sums, sizes = totals(residual, unit)
    return likeness(residual, sums, sizes)


def _kurtosis(values: Floats) -> float:
    off = values - values.mean()
    second = float(np.mean(off**2))
    return max(2.0, float(np.mean(off**4)) / second**2) if second > 0 else 3.0
