"""What the watch will find is told by kind of change, before anybody relies on it."""

from __future__ import annotations

from dataclasses import replace

from fixtures.gate_makers import fact
from proveout.charter.schema import Charter
from proveout.evidence.model import Subject
from proveout.evidence.outcome import NotMeasured
from proveout.runtime.monitors.foresight import asked_a_day, of_changes, of_errors

CHARTER = Charter(pilot="p")


def test_each_kind_of_change_says_from_when_on_it_is_found_and_where_it_is_not() -> None:
    """Kinds that were not tried are left out."""
    subject = Subject.of(column="amount", kind="missing")
    found = fact("drift.detectable", 0.05, check="drift", subject=subject)
    missed = NotMeasured(
        metric="drift.detectable", subject=Subject.of(column="unit", kind="missing"), reason="r"
    )

    (told,) = of_changes([replace(found, details={"window_rows": 1000})], [missed])

    assert told.meaning == "values are missing"
    assert told.smallest == {"amount": 0.05}
    assert told.not_found == ("unit",)
    assert told.window_rows == 1000


def test_without_a_known_error_rate_nothing_is_promised() -> None:
    """How soon more errors are found depends on how many there are anyway."""
    assert of_errors(CHARTER, [], cases_a_day=100, seed=1) is None


def test_greater_harm_is_found_sooner() -> None:
    """Played at the pilot's rate, with the share of the false-alarm budget that outcomes have."""
    known = [fact("quality.accuracy", 0.9, n=2000)]

    powers = of_errors(CHARTER, known, cases_a_day=200, seed=1)

    assert powers is not None
    by_rise = {each.rise: each for each in powers}
    assert by_rise[2.0].found == 1
    assert by_rise[3.0].median_days is not None
    assert by_rise[2.0].median_days is not None
    assert by_rise[3.0].median_days <= by_rise[2.0].median_days <= 8


def test_how_many_are_asked_a_day_is_what_the_charter_expects() -> None:
    """Of the pilot's users; a hundred where it does not say."""
    load = {"users": 1000, "pilot_users": 10, "requests_per_user_per_day": 5}

    assert asked_a_day(CHARTER) == 100
    assert asked_a_day(Charter.model_validate({"pilot": "p", "load": load})) == 50
