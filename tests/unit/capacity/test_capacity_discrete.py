"""The discrete-event model does what a queue does, request by request."""

from __future__ import annotations

import numpy as np
import pytest

from proveout.capacity.discrete import Played, Slots, play_closed, play_open
from proveout.capacity.runs import Outcome

ANSWERED, FAILED, GAVE_UP = Outcome.ANSWERED, Outcome.FAILED, Outcome.GAVE_UP
NEVER = np.nan


def shown(played: Played) -> list[tuple[float, float, int]]:
    return [
        (round(float(start), 9), round(float(done), 9), int(outcome))
        for start, done, outcome in zip(played.start_s, played.done_s, played.outcome, strict=True)
    ]


def test_first_come_first_served() -> None:
    """Two slots, four requests at once: the last two wait for whoever is done first."""
    played = play_open(Slots(slots=2), np.zeros(4), np.array([3.0, 1.0, 1.0, 1.0]))

    assert shown(played) == [(0, 3, ANSWERED), (0, 1, ANSWERED), (1, 2, ANSWERED), (2, 3, ANSWERED)]


def test_work_takes_longer_the_more_are_at_work() -> None:
    """By 1 + sigma (n - 1) + kappa n (n - 1) with n at work when it begins, itself counted."""
    system = Slots(slots=None, contention=0.1, crosstalk=0.01)
    played = play_open(system, np.zeros(3), np.ones(3))

    assert shown(played) == [(0, 1, ANSWERED), (0, 1.12, ANSWERED), (0, 1.26, ANSWERED)]


def test_who_gives_up_in_the_queue_is_not_worked_on() -> None:
    """The slot goes to whoever is still there."""
    played = play_open(
        Slots(slots=1), np.array([0.0, 0.1, 4.0]), np.array([5.0, 1.0, 1.0]), give_up_after_s=2.0
    )

    assert np.isnan(played.start_s).tolist() == [False, True, False]
    assert played.done_s.tolist() == pytest.approx([2.0, 2.1, 6.0])
    assert played.outcome.tolist() == [GAVE_UP, GAVE_UP, ANSWERED]


@pytest.mark.parametrize(("drops", "begins"), [(False, 5.0), (True, 2.0)])
def test_who_gives_up_at_work_leaves_it_to_its_end_unless_it_is_dropped(
    drops: bool, begins: float
) -> None:
    """The next begins when the slot is free, not when the user has gone."""
    system = Slots(slots=1, drops_abandoned=drops)
    played = play_open(
        system, np.array([0.0, 1.9]), np.array([5.0, 0.1]), give_up_after_s=np.array([2.0, 9.0])
    )

    assert played.start_s.tolist() == [0.0, begins]


def test_a_full_queue_turns_away_at_once() -> None:
    """And has room again when somebody began, or gave up."""
    played = play_open(
        Slots(slots=1, queue=1), np.array([0.0, 0.1, 0.2, 1.1]), np.array([1.0, 1.0, 1.0, 1.0])
    )

    assert played.outcome.tolist() == [ANSWERED, ANSWERED, FAILED, ANSWERED]
    assert played.done_s.tolist() == pytest.approx([1.0, 2.0, 0.2, 3.0])


def test_users_ask_again_after_they_thought() -> None:
    """One user, work of one second, two seconds of thought: one request every three."""
    played = play_closed(Slots(slots=1), [1.0], users=1, seconds=9.0, think_s=[2.0])

    assert played.due_s.tolist() == [2.0, 5.0, 8.0]


def test_little_holds() -> None:
    """Users in the system are throughput times latency; without pauses that is all of them."""
    rng = np.random.default_rng(3)
    played = play_closed(Slots(slots=4), rng.exponential(1, 5000), users=10, seconds=2000.0)
    late = played.due_s > 100
    rate = late.sum() / 1900

    assert rate * (played.done_s - played.due_s)[late].mean() == pytest.approx(10, rel=0.01)
    assert rate == pytest.approx(4, rel=0.05)
