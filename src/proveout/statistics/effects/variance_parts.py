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
    """Return what each case is off its side's figure, and the figure without the system."""
    cases = seen.cases
    value = seen.value
    without = ~cases.with_system if (~cases.with_system).any() else cases.with_system
    if statistic.kind == "quantile":
        share = statistic.quantile or 0.5
        still = seen.is_open
        value = np.empty(len(cases))
        for with_it in np.unique(cases.with_system):
            arm = cases.with_system == with_it
            value[arm] = _linearised(seen.value[arm], None if still is None else still[arm], share)
    figure = float(value[without].mean())
    side = cases.with_system
    if side.all() or not side.any():
        # With one side only, any halves tell what earlier figures explain.
        side = np.arange(len(cases)) % 2 == 0
    units = drawn(cases, assigned_by)
    n_units = len(cases) if units is None else len(np.unique(units))
    known = columns(cases, most=(n_units - 2) // CLUSTERS_PER_COLUMN)
    if statistic.kind == "quantile":
        known = known[:, :0]
    return adjust(value, side, known).residual, figure


def _linearised(value: Floats, is_open: Flags | None, share: float) -> Floats:
    """Return for each case the quantile plus what the case adds to it."""
    near = min(0.05, share / 2, (1 - share) / 2)
    low, middle, high = (quantile(value, is_open, share + step) for step in (-near, 0.0, near))
    per_share = (high - low) / (2 * near)
    is_below = below(value, is_open, middle)
    return middle - per_share * (is_below - float(is_below.mean()))


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
