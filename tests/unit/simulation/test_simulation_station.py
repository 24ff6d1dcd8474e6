"""Slots, queue and rate limit, in a time that the test tells."""

import heapq
import math

import pytest

from proveout.simulation.behaviour import Behaviour, ServiceTime, Shape, Tokens
from proveout.simulation.draws import Draws, Work, draw_of
from proveout.simulation.seeds import source
from proveout.simulation.station import Allowance, Place, Station

ONE_SECOND = Work(0.3, 1.0)


def came(station: Station, now_s: float, work: Work = ONE_SECOND) -> Place:
    place = station.arrive(now_s, work, lambda: None)
    assert place is not None
    return place


def test_first_come_first_served_at_the_moment_a_slot_is_due() -> None:
    """A bell that rings late delays nobody's beginning."""
    station = Station(Behaviour(slots=1))
    first, second, third = came(station, 0.0), came(station, 0.1), came(station, 0.2)

    station.advance(5.0)  # the bell rang two seconds late

    assert [each.began_s for each in (first, second, third)] == [0.0, 1.0, 2.0]
    assert [each.due_s for each in (first, second, third)] == [1.0, 2.0, 3.0]
    assert (station.busy, station.waiting) == (0, 0)


@pytest.mark.parametrize("bell_late_s", [0.0, 0.004, 0.3])
def test_queue_is_that_of_the_theory_however_late_the_bell(bell_late_s: float) -> None:
    """8 slots of 50 ms at 95 %: each end is the one of Kiefer and Wolfowitz's recursion."""
    numbers = source("arrivals", 3)
    station, free = Station(Behaviour(slots=8)), [0.0] * 8
    now_s, next_bell_s, due, expected = 0.0, 0.0, [], []
    for _ in range(5_000):
        now_s += numbers.expovariate(152)
        if now_s >= next_bell_s:
            station.advance(now_s)
            next_bell_s = now_s + bell_late_s
        due.append(came(station, now_s, Work(0.05, 0.05)))
        ends_s = max(now_s, heapq.heappop(free)) + 0.05
        heapq.heappush(free, ends_s)
        expected.append(ends_s)
    station.advance(now_s + 60)

    assert [place.due_s for place in due] == pytest.approx(expected, abs=1e-9)


def test_queue_takes_no_more_than_its_places() -> None:
    """Who finds every slot busy and the queue full is sent away."""
    station = Station(Behaviour(slots=1, queue=1))
    came(station, 0.0)
    came(station, 0.0)

    assert station.arrive(0.5, ONE_SECOND, lambda: None) is None
    assert station.arrive(1.0, ONE_SECOND, lambda: None) is not None


def test_busy_slots_slow_each_other_by_the_scalability_law() -> None:
    """The n-th slot to become busy works 1 + sigma (n - 1) + kappa n (n - 1) times as long."""
    station = Station(Behaviour(slots=3, contention=0.1, crosstalk=0.02))

    due = [came(station, 0.0).due_s for _ in range(3)]

    assert due == pytest.approx([1.0, 1.14, 1.32])


def test_who_gives_up_in_the_queue_frees_the_place() -> None:
    """A place is for somebody who waits for an answer."""
    station = Station(Behaviour(slots=1, queue=1))
    came(station, 0.0)
    waiting = came(station, 0.1)

    station.leave(waiting, 0.5)
    next_one = came(station, 0.6)
    station.advance(1.0)

    assert math.isnan(waiting.began_s)
    assert next_one.began_s == 1.0


@pytest.mark.parametrize(("stops", "begins_s"), [(False, 1.0), (True, 0.5)])
def test_who_gives_up_at_work_frees_the_slot_only_where_that_is_set(
    stops: bool, begins_s: float
) -> None:
    """Most servers finish what they began; engines that watch the connection stop."""
    station = Station(Behaviour(slots=1, stops_abandoned_work=stops))
    at_work, waiting = came(station, 0.0), came(station, 0.1)

    station.leave(at_work, 0.5)
    station.advance(1.0)

    assert waiting.began_s == begins_s


def test_rate_limit_allows_a_second_at_once_and_then_evenly() -> None:
    """120 a minute are two at once, and one each half second."""
    allowance = Allowance(120)

    waits = [allowance.wait_s(at) for at in (0.0, 0.0, 0.0, 0.25, 0.5, 0.5)]

    assert waits == [0.0, 0.0, 0.5, 0.25, 0.0, 0.5]


@pytest.mark.parametrize(
    ("shape", "cv"),
    [
        ("constant", 0.0),
        ("exponential", 1.0),
        ("uniform", 3**-0.5),
        ("lognormal", 0.7),
        ("gamma", 0.7),
    ],
)
def test_service_times_have_the_mean_and_spread_that_are_set(shape: Shape, cv: float) -> None:
    """Mean within 3 %, coefficient of variation within 6 %, of 20,000 draws."""
    draw = draw_of(ServiceTime(mean_s=0.5, shape=shape, cv=0.7), source("test", 7))

    times = [draw() for _ in range(20_000)]

    mean = sum(times) / len(times)
    deviation = math.sqrt(sum((time - mean) ** 2 for time in times) / len(times))
    assert mean == pytest.approx(0.5, rel=0.03)
    assert deviation / mean == pytest.approx(cv, rel=0.06, abs=1e-9)


def test_tokens_a_second_decide_how_long_an_answer_takes_after_its_first() -> None:
    """The service time counts until the first token, by its share."""
    service, tokens = (
        ServiceTime(mean_s=1, shape="constant"),
        Tokens(per_s=50, first_token_share=0.4),
    )

    work = Draws(Behaviour(service=service, tokens=tokens)).work(101)

    assert work == Work(0.4, pytest.approx(2.4))


def test_same_seed_draws_the_same() -> None:
    """And another seed something else."""

    def drawn(seed: int) -> list[float]:
        draws = Draws(Behaviour(seed=seed, error_rate=0.5))
        return [draws.work(10).total_s + draws.fails() for _ in range(5)]

    assert drawn(1) == drawn(1) != drawn(2)
