"""Whether there is enough of what was drawn to tell the system from chance."""

from __future__ import annotations

import math

import numpy as np

from proveout.statistics.effects.alternation import LEAST_PERIODS
from proveout.statistics.effects.arms import Asked
from proveout.statistics.effects.cases import Cases, Ints
from proveout.statistics.effects.estimate import Refusal

LEAST_CLUSTERS = 4
"""Parts that were drawn which each side must have; with fewer nothing can be told apart."""

LEAST_CASES = 20


def too_few(cases: Cases, unit: Ints, asked: Asked) -> Refusal | None:
    """Refuse where one side has too little of what was drawn."""
    design, assigned_by = asked.design, asked.assigned_by
    for side in (True, False):
        arm = cases.with_system == side
        n_cases = int(arm.sum())
        n = n_cases if assigned_by == "case" else len(np.unique(unit[arm]))
        which = "with" if side else "without"
        if n < LEAST_CLUSTERS and assigned_by != "case":
            what = {"person": "people"}.get(assigned_by, f"{assigned_by}s")
            return Refusal(
                design=design,
                why=f"only {n} {what} {which} the system are in the records, and what they have in "
                "common cannot be told from what the system does",
                next_step=f"Draw at least {LEAST_CLUSTERS} {what} for each side, better "
                "ten, or draw case by case",
            )
        if n_cases < LEAST_CASES:
            return Refusal(
                design=design,
                why=f"only {n_cases} cases {which} the system are in the records",
                next_step=f"Wait for at least {LEAST_CASES} cases on each side",
            )
        fewest = _for_quantile(asked)
        if n < fewest:
            what = {"person": "people"}.get(assigned_by, f"{assigned_by}s")
            return Refusal(
                design=design,
                why=f"only {n} {what} {which} the system are in the records, and where so few were "
                "drawn, how far such a quantile may be off cannot be told",
                next_step=f"Draw at least {fewest} {what} for each side, draw case by case, or "
                "measure the mean or the median",
            )
    if design == "alternating":
        if assigned_by not in ("day", "week"):
            return Refusal(
                design=design,
                why=f"turns are taken by days or weeks, and value.assigned_by is '{assigned_by}'",
                next_step="Set value.assigned_by to 'day' or 'week', or value.design to "
                "'randomised'",
            )
        n = len(np.unique(unit))
        if n < LEAST_PERIODS[assigned_by]:
            return Refusal(
                design=design,
                why=f"the system has been on and off over {n} {assigned_by}s only",
                next_step=f"Wait for at least {LEAST_PERIODS[assigned_by]} {assigned_by}s",
            )
    return None


def _for_quantile(asked: Asked) -> int:
    """Return how many parts each side must have for a quantile: two beyond it.

    With fewer, the interval ends only where chance makes the parts look alike: those that end are
    then too short.
    """
    share = asked.statistic.quantile
    if share is None or asked.assigned_by == "case" or asked.takes_turns:
        return 0
    return math.ceil(2 / min(share, 1 - share) - 1e-9)
