"""From the charter's part `load` to the levels that are sent."""

from __future__ import annotations

from typing import Any

import pytest

from proveout.charter.schema.standard import Load
from proveout.checks.load.breaking import Limits
from proveout.checks.load.plan import (
    demand,
    left_out,
    level_plans,
    limits_of,
    seconds_needed,
    times_as_often,
)


def load(**more: Any) -> Load:
    return Load.model_validate({"users": 10_000, "pilot_users": 50, **more})


def test_the_peak_is_a_fifth_of_the_day_unless_said_otherwise() -> None:
    """Ten thousand who ask thirty times a day bring sixty thousand requests in the busiest hour."""
    assert demand(load()).peak_rate_per_s == pytest.approx(60_000 / 3600)
    assert demand(load(peak_share_of_day=0.1)).peak_rate_per_s == pytest.approx(30_000 / 3600)


def test_levels_that_could_tell_nothing_are_left_out_and_named() -> None:
    """Fifty users ask twice in half a minute, of which no percentile can be made."""
    charter = load(seconds=30)

    assert [plan.users for plan in level_plans(charter)] == [2_659, 10_000]
    assert left_out(charter) == (50, 188, 707)
    assert seconds_needed(charter, 50) == 1_440


def test_full_size_that_is_small_is_sent_more_often_than_it_asks() -> None:
    """What holds with more requests holds with fewer; how many times more is known."""
    charter = load(users=100, seconds=30)

    (plan,) = level_plans(charter)

    assert plan.users == 100
    assert plan.rate_per_s == 8.0
    assert plan.think_s == 12.5
    assert times_as_often(charter, 100, plan.rate_per_s) == pytest.approx(48)


def test_the_most_that_may_be_sent_is_sent_however_few_they_are() -> None:
    """So that something is measured of every pilot; twenty users ask far less than that."""
    charter = load(seconds=30, measure_up_to=20)

    (plan,) = level_plans(charter)

    assert (plan.users, plan.rate_per_s) == (20, 8.0)
    assert left_out(charter) == ()


def test_users_think_as_long_as_the_peak_lets_them() -> None:
    """Six requests an hour leave ten minutes between one and the next."""
    assert [plan.think_s for plan in level_plans(load())] == pytest.approx([600, 600])


def test_limits_are_those_of_the_charter_else_those_of_the_standard() -> None:
    """Without a limit on latency, the users' patience is one."""
    assert limits_of(load()) == Limits(p95_s=10.0, error_rate=0.01, abandonment=0.05)
    assert limits_of(load(p95_latency_s=2, max_error_rate=0.0, max_abandonment=0.02)) == Limits(
        p95_s=2.0, error_rate=0.0, abandonment=0.02
    )
