"""How an estimate from a drawn comparison is told, in words and for a chart."""

from __future__ import annotations

from typing import Any

import numpy as np

from proveout.statistics.effects.arms import Asked
from proveout.statistics.effects.cases import Cases, Floats
from proveout.statistics.effects.clusters import sum_by, weeks
from proveout.statistics.effects.measured import Measured
from proveout.statistics.effects.soundness import used_shares


def method(asked: Asked, freedom: float, n_columns: int) -> str:
    """Name the interval."""
    freedom_text = f"t({freedom:.0f})" if freedom < 1e5 else "z"
    how = {
        "mean": f"skewness-corrected {freedom_text}",
        "rate": f"skewness-corrected {freedom_text}, linearised ratio",
        "share": f"Wilson at the effective number of cases, {freedom_text}",
        "quantile": f"Woodruff, {freedom_text}",
    }[asked.statistic.kind]
    robust = "slow waves of turns" if asked.takes_turns else f"CR2 by {asked.assigned_by}"
    return f"{how}, {robust}" + (f", CUPED on {n_columns} columns" if n_columns else "")


def sentence(cases: Cases, asked: Asked, note: str, gain: float) -> str:
    """Say how it was found."""
    by = asked.assigned_by
    n_with, n_without = int(cases.with_system.sum()), int((~cases.with_system).sum())
    how = (
        f"It was drawn {by} by {by} what was done with the system"
        if not asked.takes_turns
        else f"The system was on and off in turns, {by} by {by}"
    )
    told = f"{how}: {n_with:,} cases with it are compared with {n_without:,} without."
    if gain >= 0.01:
        told += (
            f" What was known of them beforehand explains {gain:.0%} of the spread, and was taken "
            "off both sides."
        )
    return f"{told} {note}".strip()


def details(seen: Measured, gain: float, lost: int) -> dict[str, Any]:
    """Return small JSON: how the system was used, and both sides week by week."""
    with_it, without = used_shares(seen.cases)
    return {
        "used_of_assigned": with_it,
        "used_of_others": without,
        "explained_beforehand": gain,
        "cases_of_unknown_part": lost,
        "weeks": _by_week(seen),
    }


def _by_week(seen: Measured) -> list[dict[str, Any]]:
    """Return week by week the mean of both sides, for a chart."""
    week = weeks(seen.cases.day)
    first = int(week.min())
    sums = {}
    for side in (False, True):
        arm = seen.cases.with_system == side
        size = int(week.max()) - first + 1
        n = np.bincount(week[arm] - first, minlength=size).astype(float)
        total = sum_by(week[arm] - first, seen.value[arm], size=size)
        sums[side] = n, total
    return [
        {
            "monday": 7 * (first + number) - 3,
            "n_with": int(sums[True][0][number]),
            "n_without": int(sums[False][0][number]),
            "with": _mean_of(sums[True], number),
            "without": _mean_of(sums[False], number),
        }
        for number in range(len(sums[True][0]))
        if sums[True][0][number] or sums[False][0][number]
    ]


def _mean_of(sums: tuple[Floats, Floats], number: int) -> float | None:
    return float(sums[1][number] / sums[0][number]) if sums[0][number] else None
