"""When a service is asked again, and after how long."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from proveout.systems.web.patience import is_worth_asking_again, pause_s

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def test_pauses_double_up_to_a_limit_and_differ_between_callers() -> None:
    """From a half to the whole, so that callers that failed together do not come back together."""
    longest = [pause_s(attempt, {}, now=NOW, spread=1) for attempt in range(1, 9)]

    assert longest == [0.25, 0.5, 1, 2, 4, 8, 8, 8]
    assert pause_s(3, {}, now=NOW, spread=0) == 0.5


@pytest.mark.parametrize(
    ("told", "pause"),
    [
        ("3", 3),
        ("0", 0),
        ("-5", 0),
        ("Mon, 05 Jan 2026 12:00:07 GMT", 7),
        ("Mon, 05 Jan 2026 11:00:00 GMT", 0),
        ("3600", None),  # no user waits for an hour
        ("soon", 0.25),
        ("nan", 0.25),
        ("", 0.25),
    ],
)
def test_a_service_is_given_the_pause_that_it_asks_for(told: str, pause: float | None) -> None:
    """In seconds or as a date; what is neither does not count."""
    assert pause_s(1, {"retry-after": told}, now=NOW, spread=1) == pause


def test_only_what_may_pass_is_worth_a_retry() -> None:
    """A request that is wrong stays wrong."""
    again = [
        code for code in (None, 400, 401, 404, 422, 429, 500, 503) if is_worth_asking_again(code)
    ]

    assert again == [None, 429, 500, 503]
