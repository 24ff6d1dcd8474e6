"""On which day teams began, told from what they did."""

from __future__ import annotations

import numpy as np

from proveout.charter.schema.value import Value
from proveout.statistics.effects.cases import NEVER, Cases, Ints

CLEAN = 0.02
"""Share of cases on the wrong side of a day, beyond which a team did not begin on that day."""
MOSTLY = 0.8
"""Share of cases with the system from which on a team uses it as a rule."""
AT_ONCE_DAYS = 7
"""Teams that begin within so many days began at once."""


def at_once(days: Ints, value: Value) -> bool:
    """Whether teams began at once, and whoever never begins is the control that the charter
    names."""
    began = days[days < NEVER]
    is_one = len(began) == 0 or int(began.max() - began.min()) < AT_ONCE_DAYS
    return is_one and (len(began) == len(days) or bool(value.control_teams))


def first_uses(cases: Cases, n_teams: int) -> Ints | None:
    """Return the day on which each team began, by its use; None where one did not begin cleanly."""
    begins = np.full(n_teams, NEVER, dtype=np.int64)
    team = np.full(len(cases), -1) if cases.team is None else cases.team
    for code in range(n_teams):
        here = cases.where(np.equal(team, code))
        if not here.with_system.any():
            continue
        first = clean_start(here)
        if first is None:
            return None
        begins[code] = first
    return begins


def clean_start(cases: Cases) -> int | None:
    """Return the day before which nearly no case has the system and after which most have."""
    day, with_it = cases.day, cases.with_system
    first, size = int(day.min()), int(day.max() - day.min()) + 1
    n = np.bincount(day - first, minlength=size).astype(np.float64)
    used = np.bincount(day - first, weights=with_it, minlength=size)
    # A start on each day leaves wrong what was used before it and what was not used from it on.
    early = np.concatenate([[0.0], np.cumsum(used)])[:size]
    late = np.cumsum((n - used)[::-1])[::-1]
    start = int(np.argmin(early + late))
    n_before, n_after = float(n[:start].sum()), float(n[start:].sum())
    is_clean = early[start] <= CLEAN * max(n_before, 1.0) and (
        late[start] <= (1 - MOSTLY) * n_after
    )
    return first + start if is_clean else None
