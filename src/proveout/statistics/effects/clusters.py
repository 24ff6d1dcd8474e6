"""How far a figure of one arm may be off, where cases come in parts that were drawn together.

Source: the bias-reduced cluster variance CR2 with Satterthwaite's degrees of freedom, Bell and
McCaffrey (2002), Survey Methodology 28, 169-181, in the closed form that it has for a mean, with a
working model of equal correlation within parts as Imbens and Kolesár (2016), Review of Economics
and Statistics 98, 701-712, advise; clustering by what was assigned after Abadie, Athey, Imbens and
Wooldridge (2023), Quarterly Journal of Economics 138, 1-35.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from proveout.statistics.effects.cases import AssignedBy, Cases, Floats, Ints

MANY = 400
"""From so many parts on, the plain formula for degrees of freedom is as good."""

LEAST_WITH_DAYS = 0.9
"""The part of the variance without days that is left at least when they are counted as well."""

_MONDAY = 3
"""1970-01-01 was a Thursday; weeks here begin on Mondays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The sampling spread of one figure."""

    variance: float
    freedom: float
    """Of Student's t."""
    third: float
    """Third central moment of the figure, as estimated."""
    n_clusters: int
    largest: float
    """Part of the variance that comes from one cluster alone."""


def drawn(cases: Cases, assigned_by: AssignedBy) -> Ints | None:
    """Return a code for each case of what it was drawn together with; None where not known."""
    match assigned_by:
        case "case":
            return np.arange(len(cases), dtype=np.int64)
        case "person":
            return cases.person
        case "team":
            return cases.team
        case "day":
            return cases.day.astype(np.int64)
        case "week":
            return weeks(cases.day)


def weeks(day: Ints) -> Ints:
    """Return the number of the week of each day."""
    return (day.astype(np.int64) + _MONDAY) // 7


def sum_by(code: Ints, values: Floats, *, size: int = 0) -> Floats:
    """Return the sum of the values of each code 0, 1, …"""
    return np.bincount(code, weights=values, minlength=size).astype(np.float64)


def totals(residual: Floats, unit: Ints) -> tuple[Floats, Floats]:
    """Return for each unit the sum of residuals and the number of cases."""
    low, high = int(unit.min()), int(unit.max())
    if high - low <= 10 * len(unit) + 1_000:
        sizes = np.bincount(unit - low)
        sums = sum_by(unit - low, residual)
        some = sizes > 0
        return sums[some], sizes[some].astype(float)
    _, code = np.unique(unit, return_inverse=True)
    return sum_by(code, residual), np.bincount(code).astype(float)


def spread(residual: Floats, unit: Ints, *, spent: int = 0) -> Spread:
    """Return the spread of the mean of cases, from their residuals about it.

    `spent` is how many parameters were fitted beside the mean, by both arms together; half of them
    are charged to this one. At least two units.
    """
    sums, sizes = totals(residual, unit)
    n, units = float(sizes.sum()), len(sizes)
    weight = sizes / n
    parts = sums / n / np.sqrt(1 - weight)
    squares = parts**2
    inflation = units / max(1.0, units - spent / 2)
    variance = float(squares.sum()) * inflation
    third = float(np.sum(parts**3))
    return Spread(
        variance=variance,
        freedom=max(1.0, _freedom(residual, sums, sizes) - spent / 2),
        third=third,
        n_clusters=units,
        largest=float(squares.max() / squares.sum()) if variance > 0 else 0.0,
    )


def with_days(
    drawn_apart: Spread, residual: Floats, unit: Ints, day: Ints, *, factor: float = 1.0
) -> tuple[float, float]:
    """Return the variance of a mean to which days add theirs, and its degrees of freedom.

    `factor` is by how much days add more because they come in stretches.
    Days on which everything goes better or worse move both arms alike, and so do not touch the
    difference between them; they do touch each figure by itself (two-way clustering, Cameron,
    Gelbach and Miller 2011).
    """
    if day.min() == day.max():
        return drawn_apart.variance, drawn_apart.freedom
    by_day = spread(residual, day)
    cell = unit * np.int64(day.max() - day.min() + 1) + (day - day.min())
    within = spread(residual, cell)
    days = by_day.variance + (factor - 1) * max(0.0, by_day.variance - within.variance)
    whole = drawn_apart.variance + days - within.variance
    # Chance may have units that even each other out; taken at its word, that would leave next to no
    # variance and no freedom.
    both = welch(
        (max(0.0, drawn_apart.variance - within.variance), drawn_apart.freedom),
        (days, max(1.0, by_day.freedom * by_day.variance / days) if days > 0 else 1.0),
    )
    # Chance may have days that even each other out; that is not believed.
    return max(whole, LEAST_WITH_DAYS * drawn_apart.variance), min(both, drawn_apart.freedom)


def in_stretches(drawn_apart: Spread, residual: Floats, factor: float) -> tuple[float, float]:
    """Return the variance of a mean of whole days or weeks that come in stretches, as above."""
    of_cases = float(residual @ residual) / len(residual) ** 2
    more = (factor - 1) * max(0.0, drawn_apart.variance - of_cases)
    whole = drawn_apart.variance + more
    if more == 0:
        return drawn_apart.variance, drawn_apart.freedom
    return whole, max(1.0, drawn_apart.freedom * drawn_apart.variance / whole)


def welch(*spreads: tuple[float, float]) -> float:
    """Return the degrees of freedom of a sum of independent (variance, freedom)."""
    total = sum(variance for variance, _ in spreads)
    below = sum(variance**2 / freedom for variance, freedom in spreads)
    return total**2 / below if below > 0 else math.inf


def t_cut(freedom: float, confidence: float) -> float:
    """Return how many standard errors an interval reaches to each side."""
    return float(stdtrit(min(freedom, 1e9), (1 + confidence) / 2))


def likeness(residual: Floats, sums: Floats, sizes: Floats) -> float:
    """Return the intraclass correlation of residuals, from 0 to 1 (analysis of variance)."""
    n, units = float(sizes.sum()), len(sizes)
    if n <= units or units < 2:
        return 0.0
    between = float(np.sum(sums**2 / sizes)) / (units - 1)
    within = max(0.0, float(residual @ residual) - float(np.sum(sums**2 / sizes))) / (n - units)
    typical = (n - float(np.sum(sizes**2)) / n) / (units - 1)
    below = between + (typical - 1) * within
    return min(1.0, max(0.0, (between - within) / below)) if below > 0 else 0.0


def _freedom(residual: Floats, sums: Floats, sizes: Floats) -> float:
    """Return Satterthwaite's degrees of freedom of the variance of one arm's mean."""
    alike = likeness(residual, sums, sizes)
    working = sizes * (1 + (sizes - 1) * alike)
    weight = sizes / sizes.sum()
    if len(sizes) > MANY:
        return float(working.sum() ** 2 / np.sum(working**2)) - 1
    scale = 1 / np.sqrt(1 - weight)
    covariance = (
        np.diag(working)
        - np.outer(weight, working)
        - np.outer(working, weight)
        + np.outer(weight, weight) * working.sum()
    ) * np.outer(scale, scale)
    return float(np.trace(covariance) ** 2 / np.sum(covariance**2))
