"""Which span of traffic is looked at, when, and what people promised to do by a day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from proveout.charter.schema import Charter
from proveout.charter.schema.monitoring import Monitoring
from proveout.checks import Window
from proveout.runtime.monitors.due import due
from proveout.runtime.monitors.looks import delay_of_labels
from proveout.runtime.monitors.schedule import last_look, next_look, wait_until
from proveout.runtime.monitors.window import latest, matured

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
DAY = timedelta(days=1)
TODAY = NOW.date()


def test_the_window_is_the_last_days() -> None:
    """And never begins before the system was in use."""
    monitoring = Monitoring(window_days=7)

    assert latest(monitoring, now=NOW, first=NOW - 30 * DAY).begins == NOW - 7 * DAY
    assert latest(monitoring, now=NOW, first=NOW - 2 * DAY).begins == NOW - 2 * DAY


@pytest.mark.parametrize(
    ("begin_of", "begins"),
    [(NOW - DAY, NOW - 7 * DAY), (NOW - 20 * DAY, NOW - 20 * DAY), (None, NOW - 30 * DAY)],
)
def test_where_few_ask_the_window_reaches_back_for_enough_of_them(
    begin_of: datetime | None, begins: datetime
) -> None:
    """A quiet week is looked at together with those before it."""
    monitoring = Monitoring(window_days=7, window_requests=1000)

    found = latest(monitoring, now=NOW, first=NOW - 30 * DAY, begin_of=begin_of)

    assert found == Window(begins=begins, ends=NOW)


def test_answers_are_judged_once_their_truth_has_had_time_to_come() -> None:
    """Else the quick truths, which are not like the others, would stand for all."""
    window = Window(begins=NOW - 7 * DAY, ends=NOW)

    assert matured(window, delay=0 * DAY, since=NOW - 60 * DAY) == window
    assert matured(window, delay=14 * DAY, since=NOW - 60 * DAY) == Window(
        begins=NOW - 21 * DAY, ends=NOW - 14 * DAY
    )
    assert matured(window, delay=14 * DAY, since=NOW - 10 * DAY) is None


def test_quality_tells_of_those_who_answer_now() -> None:
    """What another version answered before is no measure of this one."""
    window = Window(begins=NOW - 7 * DAY, ends=NOW)

    assert matured(window, delay=0 * DAY, since=NOW - 2 * DAY) == Window(
        begins=NOW - 2 * DAY, ends=NOW
    )


def test_how_long_truth_takes_is_found_where_nobody_says() -> None:
    """Nine of ten have come by then."""
    days = [86_400.0 * n for n in range(1, 11)]

    assert delay_of_labels(Monitoring(label_delay_days=3), days) == 3 * DAY
    assert delay_of_labels(Monitoring(label_delay_days=0), days) == 0 * DAY
    assert delay_of_labels(Monitoring(), days) == 9 * DAY
    assert delay_of_labels(Monitoring(), []) == 0 * DAY


def test_a_missed_look_is_made_up_for_once() -> None:
    """After a month without power there is one look, not thirty."""
    assert next_look(None, every=DAY, now=NOW) == NOW
    assert next_look(NOW - DAY / 2, every=DAY, now=NOW) == NOW + DAY / 2
    assert next_look(NOW - 30 * DAY, every=DAY, now=NOW) == NOW
    assert last_look([]) is None


def test_waiting_notices_a_machine_that_slept() -> None:
    """The clock decides, and not the sum of the pauses."""
    times = iter([NOW, NOW + timedelta(seconds=10), NOW + timedelta(hours=9)])
    pauses: list[float] = []

    wait_until(NOW + timedelta(hours=1), clock=lambda: next(times), pause=pauses.append)

    assert pauses == [30.0, 30.0]


def _charter(**governance: Any) -> Charter:
    return Charter.model_validate({"pilot": "p", "governance": governance})


def test_what_is_overdue_is_told_with_its_days_and_its_name() -> None:
    """The longest overdue first; what falls due within two weeks after it."""
    charter = _charter(
        reviews={"every_days": 30, "attended_by": ["Ada Byron"], "next_on": "2026-11-25"},
        refresh={"every_days": 90, "done_by": "Team 3", "last_practised": "2026-08-01"},
    )

    assert [each.sentence for each in due(charter, TODAY)] == [
        "The refresh of data and logic was due on 2026-10-30, 22 days ago: Team 3",
        "The performance review is due on 2026-11-25: Ada Byron",
    ]


def test_what_has_no_day_is_told_and_what_is_far_off_is_not() -> None:
    """A promise without a day is one that nobody will miss."""
    charter = _charter(
        reviews={"every_days": 30, "attended_by": ["Ada Byron"]},
        refresh={"every_days": 90, "done_by": "Team 3", "last_practised": TODAY},
    )

    assert [each.sentence for each in due(charter, TODAY)] == [
        "The performance review: no day is named for it. To be named by: Ada Byron"
    ]
    assert due(Charter(pilot="p"), date(2026, 1, 1)) == []
