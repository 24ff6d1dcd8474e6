"""From the charter's part `load` to what the engine is told."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from proveout.capacity.design import PlannedLevel
from proveout.capacity.runs import Demand
from proveout.charter.schema import System
from proveout.charter.schema.standard import Load
from proveout.checks.load.breaking import ABANDONMENT, ERROR_RATE, Limits
from proveout.checks.load.schedule import PEAK_SHARE, levels, warm_up_s
from proveout.checks.load.spec import LevelPlan, LoadSpec

FEWEST_DUE = 120
"""Requests that a level must be about to have: a 95th percentile with an interval takes 72 that are
independent of each other, which they are not altogether."""
ENOUGH_DUE = 2 * FEWEST_DUE
"""Requests that full size is sent where it has too few: more time would not bring more of them, so
that there must be enough although they depend on each other."""


def demand(load: Load, *, users: int | None = None) -> Demand:
    """Return what so many users ask for at the peak: all of them, when not said."""
    share = load.peak_share_of_day
    return Demand(
        users=load.users if users is None else users,
        requests_per_user_per_day=load.requests_per_user_per_day,
        peak_share_of_day=PEAK_SHARE if share is None else share,
        give_up_after_s=load.give_up_after_s,
    )


def level_plans(load: Load) -> tuple[LevelPlan, ...]:
    """Return the levels that are sent, in order.

    Levels at which too few requests fall due for any figure are left out. The highest one is sent
    all the same, and with more requests than it has: what holds with these holds with fewer.
    """
    plans = []
    skipped = left_out(load)
    for users in _levels(load):
        if users in skipped:
            continue
        rate = demand(load, users=users).peak_rate_per_s
        if is_too_small(load, users):
            rate = ENOUGH_DUE / load.seconds
        plans.append(
            LevelPlan(
                users=users,
                arrivals=load.arrivals,
                rate_per_s=rate,
                think_s=users / rate,
                seconds=load.seconds,
                warm_up_s=warm_up_s(load.seconds, load.give_up_after_s),
                give_up_after_s=load.give_up_after_s,
            )
        )
    return tuple(plans)


def left_out(load: Load) -> tuple[int, ...]:
    """Return the numbers of users at which too few requests fall due."""
    *below, _ = _levels(load)
    return tuple(users for users in below if is_too_small(load, users))


def is_too_small(load: Load, users: int) -> bool:
    """Tell whether too few requests of so many users fall due in the time of a level."""
    return demand(load, users=users).peak_rate_per_s * load.seconds < FEWEST_DUE


def seconds_needed(load: Load, users: int) -> int:
    """Return how long a level would have to be, in tens of seconds."""
    return math.ceil(FEWEST_DUE / demand(load, users=users).peak_rate_per_s / 10) * 10


def times_as_often(load: Load, users: int, rate_per_s: float) -> float:
    """Return how many times as often requests came as so many users send them; 1 as a rule."""
    return rate_per_s / demand(load, users=users).peak_rate_per_s


def _levels(load: Load) -> tuple[int, ...]:
    return levels(
        pilot_users=load.pilot_users, users=load.users, given=load.levels, up_to=load.measure_up_to
    )


def as_plan(designed: PlannedLevel) -> LevelPlan:
    """Return a level that is measured for the sake of a prediction."""
    return LevelPlan(
        users=designed.users,
        arrivals="closed",
        rate_per_s=None,
        think_s=designed.think_s,
        seconds=designed.seconds,
        warm_up_s=designed.warm_up_s,
        give_up_after_s=designed.give_up_after_s,
    )


def spec_of(
    load: Load, system: System, rows: Sequence[Mapping[str, Any]], *, seed: int, workers: int = 0
) -> LoadSpec:
    """Return what the engine is told."""
    return LoadSpec(
        seed=seed,
        system=system.model_dump(mode="json", exclude_none=True),
        rows=tuple(rows),
        asked_s=load.p95_latency_s or 0.0,
        workers=workers,
    )


def limits_of(load: Load) -> Limits:
    """Return what the charter asks of the peak; as the default standard, where it does not say."""
    return Limits(
        p95_s=load.p95_latency_s or load.give_up_after_s,
        error_rate=ERROR_RATE if load.max_error_rate is None else load.max_error_rate,
        abandonment=ABANDONMENT if load.max_abandonment is None else load.max_abandonment,
    )
