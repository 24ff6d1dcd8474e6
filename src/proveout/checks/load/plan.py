"""From the charter's part `load` to what the engine is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from proveout.capacity.runs import Demand
from proveout.charter.schema import System
from proveout.charter.schema.standard import Load
from proveout.checks.load.breaking import ABANDONMENT, ERROR_RATE, Limits
from proveout.checks.load.schedule import PEAK_SHARE, levels, warm_up_s
from proveout.checks.load.spec import LevelPlan, LoadSpec


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
    """Return the levels that are sent, in order."""
    return tuple(
        LevelPlan(
            users=users,
            rate_per_s=demand(load, users=users).peak_rate_per_s,
            seconds=load.seconds,
            warm_up_s=warm_up_s(load.seconds, load.give_up_after_s),
        )
        for users in levels(
            pilot_users=load.pilot_users,
            users=load.users,
            given=load.levels,
            up_to=load.measure_up_to,
        )
    )


def spec_of(
    load: Load, system: System, rows: Sequence[Mapping[str, Any]], *, seed: int, workers: int = 0
) -> LoadSpec:
    """Return what the engine is told."""
    return LoadSpec(
        levels=level_plans(load),
        arrivals=load.arrivals,
        give_up_after_s=load.give_up_after_s,
        seed=seed,
        system=system.model_dump(mode="json", exclude_none=True),
        rows=tuple(rows),
        asked_s=limits_of(load).p95_s,
        workers=workers,
    )


def limits_of(load: Load) -> Limits:
    """Return what the charter asks of the peak; as the default standard, where it does not say."""
    return Limits(
        p95_s=load.p95_latency_s or load.give_up_after_s,
        error_rate=ERROR_RATE if load.max_error_rate is None else load.max_error_rate,
        abandonment=ABANDONMENT if load.max_abandonment is None else load.max_abandonment,
    )
