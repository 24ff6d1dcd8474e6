"""How one wants to be told, and when one is left alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.errors import InputError
from proveout.notices.preferences import KINDS, Preferences, clock_time, known_zone


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def test_without_a_channel_nothing_is_ever_sent() -> None:
    """Off until configured."""
    assert not Preferences().is_on
    assert Preferences(channels=("mail",)).is_on


@pytest.mark.parametrize(
    ("hour", "is_quiet"), [(20, False), (21, True), (23, True), (4, True), (5, False), (12, False)]
)
def test_quiet_hours_go_over_midnight_in_ones_own_time_zone(hour: int, is_quiet: bool) -> None:
    """22:00 to 06:00 in Vienna are 21:00 to 05:00 UTC in winter."""
    wants = Preferences(quiet_from=time(22), quiet_to=time(6), time_zone="Europe/Vienna")
    assert wants.is_quiet(at(2, hour)) is is_quiet


def test_quiet_hours_within_a_day_and_none() -> None:
    noon = Preferences(quiet_from=time(12), quiet_to=time(13))
    assert noon.is_quiet(at(2, 12, 59))
    assert not noon.is_quiet(at(2, 13))
    assert not Preferences().is_quiet(at(2, 12))


def test_a_daily_digest_goes_out_from_its_hour_on_and_is_made_up_for_on_the_same_day() -> None:
    """One that was missed comes once, and not many times."""
    wants = Preferences(channels=("mail",), digest="daily", digest_hour=8)
    assert wants.digest_of(at(2, 7, 59)) is None
    assert wants.digest_of(at(2, 8)) == date(2026, 3, 2)
    assert wants.digest_of(at(2, 23)) == date(2026, 3, 2)
    assert wants.digest_of(at(3, 8)) == date(2026, 3, 3)


def test_a_weekly_digest_is_of_its_weekday() -> None:
    """2026-03-02 is a Monday."""
    wants = Preferences(digest="weekly", digest_hour=8, digest_weekday=0)
    assert wants.digest_of(at(2, 7)) is None
    assert wants.digest_of(at(2, 9)) == date(2026, 3, 2)
    assert wants.digest_of(at(6, 3)) == date(2026, 3, 2)


def test_no_digest_of_a_day_before_one_wanted_it() -> None:
    wants = Preferences(digest="weekly", digest_hour=8, since=at(4, 12))
    assert wants.digest_of(at(6, 9)) is None
    assert wants.digest_of(at(9, 9)) == date(2026, 3, 9)


@given(
    st.builds(
        Preferences,
        channels=st.lists(st.text(min_size=1), max_size=3, unique=True).map(tuple),
        kinds=st.frozensets(st.sampled_from(KINDS)),
        quiet_from=st.none() | st.times().map(lambda t: t.replace(second=0, microsecond=0)),
        time_zone=st.sampled_from(["UTC", "Europe/Vienna", "Asia/Kolkata"]),
        digest=st.sampled_from(["off", "daily", "weekly"]),
        since=st.none() | st.just(datetime(2026, 3, 2, tzinfo=UTC)),
    )
)
def test_what_was_stored_is_read_as_it_was(wants: Preferences) -> None:
    assert Preferences.from_dict(wants.as_dict()) == wants


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (clock_time, "25:00", "'25:00' is no time of day."),
        (clock_time, "8", "'8' is no time of day."),
        (known_zone, "Mars/Base", "'Mars/Base' is no time zone."),
    ],
)
def test_what_cannot_be_read_is_refused(read: Any, text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.message == message
