"""What is measured next follows from what was measured."""

from __future__ import annotations

from fixtures.capacity_runs import level
from proveout.capacity.design import PlannedLevel, next_level, plan_levels
from proveout.capacity.discrete import Slots
from proveout.capacity.runs import Demand, Level

DEMAND = Demand(
    users=10_000, requests_per_user_per_day=30, peak_share_of_day=0.2, give_up_after_s=10.0
)


def measure(system: Slots, mean_s: float) -> list[PlannedLevel]:
    """Measure what is asked for until nothing is."""
    levels: list[Level] = []
    asked: list[PlannedLevel] = []
    while (planned := next_level(levels, DEMAND, rehearsals=1)) is not None:
        asked.append(planned)
        levels.append(
            level(
                system,
                users=planned.users,
                mean_s=mean_s,
                seconds=planned.seconds,
                think_s=planned.think_s,
                give_up_after_s=planned.give_up_after_s,
            )
        )
    return asked


def test_the_ramp_goes_from_one_user_to_the_most_there_may_be() -> None:
    """Without pauses, and with more patience than in earnest."""
    planned = plan_levels(DEMAND, users_at_most=50, seconds=30)

    assert [one.users for one in planned] == [1, 2, 4, 8, 12, 16, 24, 32, 48, 50]
    assert {(one.think_s, one.seconds, one.warm_up_s, one.give_up_after_s) for one in planned} == {
        (0.0, 30, 5.0, 60.0)
    }


def test_it_ends_when_more_users_get_no_more_answered() -> None:
    """Three slots at half use: no need for two hundred users, nor for a rehearsal."""
    asked = measure(Slots(slots=3), 0.09)

    assert [one.users for one in asked] == [1, 2, 4, 8, 12]


def test_near_saturation_the_rate_of_the_peak_is_rehearsed() -> None:
    """By two hundred users at most, with pauses that make their rate that of the peak."""
    *_, last = measure(Slots(slots=3), 0.17)

    assert last.users == 200
    assert last.seconds == 600
    assert abs(last.users / (last.think_s + 0.17) - DEMAND.peak_rate_per_s) < 0.1
    assert last.why == "to see more exactly what happens at the rate of the peak"


def test_what_is_hopeless_is_not_pursued() -> None:
    """When users who waited a minute give up, more of them tell nothing."""
    asked = measure(Slots(slots=1), 20.0)

    assert max(one.users for one in asked) < 50


def test_what_a_longer_run_does_not_help_is_not_measured_longer() -> None:
    """With four users at most the limit of sixty-four slots is never seen."""
    levels: list[Level] = []
    while (planned := next_level(levels, DEMAND, users_at_most=4)) is not None:
        levels.append(level(Slots(slots=64), users=planned.users, mean_s=0.8))

    assert [one.users for one in levels] == [1, 2, 4]
