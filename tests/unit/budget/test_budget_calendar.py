"""Days and months begin where the budget is at home."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.errors import InputError
from proveout.runtime.budget.calendar import Calendar

MOMENTS = st.floats(0, 4e9)


def at(text: str) -> float:
    """A moment, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_a_day_begins_at_midnight_of_the_time_zone() -> None:
    """Berlin is an hour before UTC in winter."""
    calendar = Calendar("Europe/Berlin")

    assert calendar.at(at("2026-12-31T22:59:59")).names == ("2026-12-31", "2026-12", "life")
    new_year = calendar.at(at("2026-12-31T23:00:00"))
    assert new_year.names == ("2027-01-01", "2027-01", "life")
    assert new_year.begins_anew("day") == at("2027-01-01T23:00:00")
    assert new_year.begins_anew("month") == at("2027-01-31T23:00:00")
    assert new_year.begins_anew("life") is None


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_is_as_long_as_the_clock_makes_it(day: str, hours: int) -> None:
    """When clocks are put forward and back."""
    periods = Calendar("Europe/Berlin").at(at(f"{day}T12:00"))

    assert (periods.next_day - periods.begins) / 3600 == hours


@pytest.mark.parametrize("zone", ["UTC", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kathmandu"])
@given(moments=st.lists(MOMENTS, min_size=1, max_size=20))
def test_a_moment_is_in_one_day_whatever_was_asked_before(zone: str, moments: list[float]) -> None:
    """What is remembered of the last question changes no answer."""
    calendar = Calendar(zone)
    for moment in moments:
        periods = calendar.at(moment)

        assert periods == Calendar(zone).at(moment)
        assert periods.begins <= moment < periods.next_day <= periods.next_month


def test_a_time_zone_that_is_not_is_refused() -> None:
    """With how to write one."""
    with pytest.raises(InputError) as caught:
        Calendar("Berlin")

    assert str(caught.value) == (
        "budget.time_zone: there is no time zone 'Berlin'.\n"
        "Write it as in the tz database, for example: time_zone: Europe/Berlin"
    )
