"""When requests fall due, and how many users there are on the way up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.checks.load.schedule import Thinking, levels, poisson_moments, warm_up_s

RATES = st.floats(0.01, 200)
SEEDS = st.integers(0, 2**32 - 1)
USERS = st.integers(1, 100_000)


@given(rate=RATES, begin=st.floats(-10, 10), length=st.floats(0.1, 20), seed=SEEDS)
def test_requests_fall_due_in_order_and_within_the_time(
    rate: float, begin: float, length: float, seed: int
) -> None:
    """Open arrivals are drawn beforehand, in order, from begin to end; a seed gives them again."""
    moments = poisson_moments(rate, begin, begin + length, np.random.default_rng(seed))
    again = poisson_moments(rate, begin, begin + length, np.random.default_rng(seed))

    assert (np.diff(moments) >= 0).all()
    assert ((moments >= begin) & (moments <= begin + length)).all()
    assert (moments == again).all()


@pytest.mark.parametrize(
    "thinking",
    [
        Thinking(mean_s=10),
        # Some think a moment and some for minutes.
        Thinking(mean_s=10, shape="lognormal", cv=1.5),
    ],
)
def test_users_are_spread_from_the_first_moment_on(thinking: Thinking) -> None:
    """As many requests fall due in the first seconds as in any later ones: there is no herd."""
    rng = np.random.default_rng(7)
    n = 20_000
    due = thinking.draw_rest(n, rng)
    moments = [due]
    while due.min() < 40:
        due = due + thinking.draw(n, rng)
        moments.append(due)
    counts = np.histogram(np.concatenate(moments), bins=20, range=(0, 40))[0]

    assert counts == pytest.approx(np.full(20, n / 10 * 2), rel=0.06)


@given(pilot=USERS, users=USERS, up_to=st.none() | USERS, given_=st.lists(USERS, max_size=4))
def test_levels_rise_to_full_size_or_to_what_may_be_sent(
    pilot: int, users: int, up_to: int | None, given_: list[int]
) -> None:
    """The last level is full size, or what may be sent at the most; none is above it."""
    found = levels(pilot_users=pilot, users=users, given=given_, up_to=up_to)

    assert found[-1] == (users if up_to is None else min(users, up_to))
    assert list(found) == sorted(set(found))


def test_five_levels_lead_from_the_pilot_to_everybody() -> None:
    """Each level is as many times larger than the one before."""
    assert levels(pilot_users=50, users=5_000) == (50, 158, 500, 1_581, 5_000)


@pytest.mark.parametrize(
    ("seconds", "patience", "expected"),
    [
        (30.0, 10.0, 10.0),  # until the first have lost patience
        (30.0, 60.0, 10.0),  # but not for ever
        (6.0, 10.0, 2.0),  # nor longer than it is worth
        (1.0, 10.0, 1.0),
    ],
)
def test_a_level_warms_up_until_its_queue_is_what_it_will_be(
    seconds: float, patience: float, expected: float
) -> None:
    """What is measured begins when the queue no longer fills."""
    assert warm_up_s(seconds, patience) == expected
