"""One false-alarm budget for all that is watched, for the whole life."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from proveout.statistics.sequential import PARTS, AlarmBudget, Watch

LAUNCH = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def budget() -> AlarmBudget:
    return AlarmBudget.of({"error_rate": 2.0, "delay": 1.0}, begins=LAUNCH)


def test_shares_go_by_weight_and_leave_a_tenth_in_reserve() -> None:
    """Nine tenths of 5 % go to the streams that are known; a threshold is one over a share."""
    made = budget()

    assert made.share("error_rate") == pytest.approx(0.03)
    assert made.share("delay") == pytest.approx(0.015)
    assert made.threshold("delay") == pytest.approx(1 / 0.015)
    assert made.reserve == pytest.approx(0.005)


def test_streams_that_begin_later_and_alarms_that_are_resolved_never_pass_the_probability() -> None:
    """Both draw on the reserve, at most a quarter of what is left of it; so it never ends."""
    made, given = budget(), [0.03, 0.015]
    for nth in range(40):
        made = made.with_stream(f"column {nth}", begins=LAUNCH + nth * DAY)
        given.append(made.share(f"column {nth}"))
    for nth in range(10):
        made = made.resolved("error_rate", at=LAUNCH + (50 + nth) * DAY)
        given.append(made.share("error_rate"))

    assert sum(given) == pytest.approx(made.given)
    assert made.given < made.probability == 0.05
    assert min(given) > 0
    assert made.past == {"error_rate": 10}


def test_a_stream_watches_what_is_left_of_the_life() -> None:
    """The days after its beginning share out its stake; none lies beyond the life."""
    made = budget().with_stream("column", begins=LAUNCH + 300 * DAY)

    assert made.watch("column") == Watch(
        share=made.share("column"), begins=LAUNCH + 300 * DAY, life_days=65.0
    )
    with pytest.raises(ValueError, match="the life of this budget was over on 2027-01-01"):
        made.with_stream("late", begins=LAUNCH + 365 * DAY)


def test_those_who_watch_share_without_asking_each_other() -> None:
    """The parts of all who watch add up to the probability of the charter."""
    parts = [AlarmBudget.of_part(part, ["a", "b"], begins=LAUNCH) for part in PARTS]

    assert sum(each.probability for each in parts) == pytest.approx(0.05)


def test_it_is_the_same_after_json() -> None:
    """A monitor carries on from the details of evidence."""
    made = budget().with_stream("column", begins=LAUNCH + DAY).resolved("delay", at=LAUNCH + DAY)

    assert AlarmBudget.from_dict(json.loads(json.dumps(made.to_dict()))) == made


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({}, "streams to watch need a weight above 0, and there must be one"),
        ({"a": 0.0}, "streams to watch need a weight above 0, and there must be one"),
    ],
)
def test_nothing_to_watch_is_refused(weights: dict[str, float], message: str) -> None:
    """A budget without streams would be quiet for want of looking."""
    with pytest.raises(ValueError, match=message):
        AlarmBudget.of(weights, begins=LAUNCH)
