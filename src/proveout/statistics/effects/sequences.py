"""An interval for assigned cases that holds on every day at once, however often one looks.

The estimate is that of `assigned`; its interval reaches as many standard errors to each side as a
confidence sequence does, so that the chance that it ever misses the true figure is at most
1 - confidence. It is wider than that of planned looks, and may be used on any day.

Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), "Time-uniform central limit theory
and asymptotic confidence sequences", Annals of Statistics 52, 2613-2640; the boundary is Robbins'
normal mixture (1970). What is drawn must come in one after the other, as cases, days and weeks do;
people and teams stay the same ones, so that what is found of them does not begin anew each day.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy.special import ndtr

from proveout.statistics.effects.arms import Design
from proveout.statistics.effects.assigned import estimate
from proveout.statistics.effects.cases import AssignedBy, Cases, Statistic
from proveout.statistics.effects.censoring import mature
from proveout.statistics.effects.estimate import Estimate, Refusal

TIGHTEST_AT = {"case": 2_000, "day": 84, "week": 26}
"""After how many units the interval is tightest, where nothing is planned."""

BEGINS_AT = {"case": 100, "day": 20, "week": 16}
"""Units before which the central limit theorem is no ground to stand on."""


def standard_errors(units: int, *, confidence: float, tightest_at: int) -> float:
    """Return how many standard errors the interval reaches to each side after so many units.

    `tightest_at` must have been chosen before the cases were seen.
    """
    twice = -2 * math.log(1 - confidence)
    grown = units / tightest_at * (twice + math.log1p(twice))
    return math.sqrt((1 + 1 / grown) * (twice + math.log1p(grown)))


def estimate_anytime(
    cases: Cases,
    statistic: Statistic,
    *,
    confidence: float,
    seed: int = 0,
    design: Design = "randomised",
    assigned_by: AssignedBy = "case",
    tightest_at: int | None = None,
    split: float | None = None,
) -> Estimate | Refusal:
    """Estimate as `assigned.estimate` does, with intervals that hold on every day at once.

    For means, shares and rates of cases drawn case by case, day by day or week by week.
    """
    refusal = _refused(cases, statistic, design, assigned_by)
    if refusal is not None:
        return refusal
    units = _units(cases, statistic, assigned_by)
    if units < BEGINS_AT[assigned_by]:
        return Refusal(
            design=design,
            why=f"an interval that holds on every day begins after {BEGINS_AT[assigned_by]} "
            f"{assigned_by}s, and there are {units}",
            next_step="Wait, or use planned looks",
        )
    reach = standard_errors(
        units, confidence=confidence, tightest_at=tightest_at or TIGHTEST_AT[assigned_by]
    )
    found = estimate(
        cases,
        statistic,
        confidence=1 - 2 * float(ndtr(-reach)),
        seed=seed,
        design=design,
        assigned_by=assigned_by,
        split=split,
    )
    if isinstance(found, Refusal):
        return found
    return replace(
        found,
        confidence=confidence,
        method=f"confidence sequence, {found.method}",
        sentence=f"{found.sentence} The interval holds on every day at once, so one may look as "
        "often as one likes.",
    )


def _refused(
    cases: Cases, statistic: Statistic, design: Design, assigned_by: AssignedBy
) -> Refusal | None:
    if assigned_by not in TIGHTEST_AT:
        return Refusal(
            design=design,
            why=f"the same ones of each {assigned_by} are looked at again every day, and an "
            "interval for every day needs new ones to come in",
            next_step="Use planned looks, which hold for people and teams as well",
        )
    if statistic.kind == "quantile":
        return Refusal(
            design=design,
            why="intervals for every day are made for means, shares and rates",
            next_step="Use planned looks for a median or another quantile",
        )
    is_open = cases.is_open
    if statistic.kind != "mean" or statistic.horizon is None or is_open is None:
        return None
    old = mature(cases, statistic.horizon)
    if is_open.any() and (old is None or old.mean() < 0.6):
        return Refusal(
            design=design,
            why="most cases began too lately for it to be known how long they take up to the "
            "horizon",
            next_step="Wait until most cases are older than the horizon, or use planned looks",
        )
    return None


def _units(cases: Cases, statistic: Statistic, assigned_by: AssignedBy) -> int:
    """Return how many units count."""
    counted = np.ones(len(cases), dtype=bool)
    if cases.is_open is not None and cases.is_open.any() and statistic.horizon is not None:
        old = mature(cases, statistic.horizon)
        counted = counted if old is None else old
    if assigned_by == "case":
        return int(counted.sum())
    day = cases.day[counted]
    return len(np.unique(day if assigned_by == "day" else (day + 3) // 7))
