"""What is said of a level, from what became of its requests."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from proveout.capacity.runs import Level, Outcome, Requests
from proveout.checks.load.breaking import Break, Limits, breaking, queue_growth
from proveout.checks.load.measures import (
    Percentile,
    Share,
    TooFew,
    latencies,
    percentile,
    share,
    throughput,
)

LIMITS = Limits(p95_s=2.0, error_rate=0.01, abandonment=0.05)


def level(
    latency_s: NDArray[np.float64],
    *,
    users: int = 100,
    outcome: NDArray[np.int8] | None = None,
    faults: dict[str, int] | None = None,
    due_s: NDArray[np.float64] | None = None,
) -> Level:
    """A level of 100 seconds."""
    n = len(latency_s)
    due = np.linspace(0, 99.99, n) if due_s is None else due_s
    nothing = np.full(n, np.nan)
    return Level(
        users=users,
        arrivals="open",
        rate_per_s=n / 100,
        seconds=100.0,
        give_up_after_s=10.0,
        requests=Requests(
            due_s=due,
            sent_s=due,
            done_s=due + latency_s,
            first_token_s=nothing,
            outcome=np.zeros(n, dtype=np.int8) if outcome is None else outcome,
            input_tokens=nothing,
            output_tokens=nothing,
        ),
        faults=faults or {},
    )


def ending(n: int, **of: int) -> NDArray[np.int8]:
    """So many of each outcome, evenly spread."""
    found = np.zeros(n, dtype=np.int8)
    for name, count in of.items():
        free = np.flatnonzero(found == 0)
        found[free[np.linspace(0, len(free) - 1, count).astype(int)]] = Outcome[name]
    return found


def test_what_was_never_answered_counts_as_slower_than_any_answer() -> None:
    """Six of a hundred gave up: no time is long enough for 95 of a hundred."""
    n = 1_000
    run = level(np.full(n, 0.5), outcome=ending(n, GAVE_UP=60))

    p95 = percentile(run, latencies(run), 0.95)

    assert p95 == Percentile(value=math.inf, interval=None, n=n)


def test_few_requests_are_enough_where_hardly_any_is_answered() -> None:
    """Nine of ten gave up: that 95 of a hundred take longer than anybody waits, forty tell."""
    n = 40
    run = level(np.full(n, 0.5), outcome=ending(n, GAVE_UP=36))

    p95 = percentile(run, latencies(run), 0.95)

    assert p95 == Percentile(value=math.inf, interval=None, n=n)


def test_unfinished_requests_are_neither_answered_nor_failed() -> None:
    """A run that is ended early knows nothing of what was still under way."""
    n = 1_000
    run = level(np.full(n, 0.5), outcome=ending(n, UNFINISHED=500, FAILED=100))

    errors = share(run, Outcome.FAILED)

    assert isinstance(errors, Share)
    assert (errors.count, errors.n, errors.value) == (100, 500, 0.2)


@pytest.mark.parametrize(("n", "q", "needed"), [(20, 0.5, 30), (50, 0.95, 72), (200, 0.99, 368)])
def test_too_few_requests_give_no_percentile(n: int, q: float, needed: int) -> None:
    """A percentile whose interval has no end is not told; how many it takes is."""
    run = level(np.linspace(0.1, 1, n))

    found = percentile(run, latencies(run), q)

    assert isinstance(found, TooFew)
    assert found.needed >= needed


def test_requests_that_share_a_bad_minute_are_worth_less_than_as_many_apart() -> None:
    """The same latencies give a wider interval where the slow ones stand together."""
    rng = np.random.default_rng(3)
    values = rng.exponential(1, 2_000)
    apart, together = level(values), level(np.sort(values))

    widths = []
    for run in (apart, together):
        found = percentile(run, latencies(run), 0.5)
        assert isinstance(found, Percentile)
        assert found.interval is not None
        widths.append(found.interval.high - found.interval.low)

    assert widths[1] > 3 * widths[0]


def test_throughput_counts_answers_alone() -> None:
    """A failure is no answer, however quick."""
    n = 1_000
    run = level(np.full(n, 0.01), outcome=ending(n, FAILED=500))

    assert throughput(run)[0] == pytest.approx(5.0)


def test_the_first_level_that_misses_a_limit_is_where_it_breaks() -> None:
    """What came before held, and what was seen is told in words."""
    n = 1_000
    runs = [
        level(np.full(n, 0.5), users=50),
        level(np.full(n, 0.6), users=100, outcome=ending(n, FAILED=40), faults={"HTTP 429": 40}),
        level(np.full(n, 9.0), users=200, outcome=ending(n, GAVE_UP=600)),
    ]

    assert breaking(runs, LIMITS) == Break(
        users=100,
        held_at=50,
        limits=("error_rate",),
        causes=("rate limit (HTTP 429) for 4 % of requests",),
    )
    assert breaking(runs[:1], LIMITS) is None


def test_levels_that_hold_above_one_that_does_not_are_named() -> None:
    """It is the first that misses all the same; that more users met nothing of it is told."""
    n = 1_000
    broken = level(np.full(n, 3.0), users=100)
    runs = [level(np.full(n, 0.5), users=users) for users in (300, 50, 200)]

    found = breaking([*runs, broken], LIMITS)

    assert found is not None
    assert (found.users, found.held_at, found.held_above) == (100, 50, (200, 300))


def test_where_requests_fail_at_once_nothing_is_said_to_be_slow() -> None:
    """No time is long enough for 95 of 100, and what is seen is why: they fail."""
    n = 1_000
    run = level(np.full(n, 0.1), outcome=ending(n, FAILED=900), faults={"HTTP 307": 900})

    found = breaking([run], LIMITS)

    assert found is not None
    assert found.limits == ("p95_latency", "error_rate")
    assert found.causes == ("HTTP 307 for 90 % of requests",)


def test_a_level_with_too_few_requests_neither_breaks_nor_holds() -> None:
    """What could not be measured is not taken for good."""
    runs = [level(np.full(10, 0.1), users=10), level(np.full(1_000, 3.0), users=20)]

    found = breaking(runs, LIMITS)

    assert found is not None
    assert (found.users, found.held_at) == (20, None)


def test_a_queue_that_grows_is_told_from_a_service_that_is_slow() -> None:
    """Waiting that rises to the end is a queue; a steady one is not."""
    n = 900
    assert queue_growth(level(np.linspace(0.1, 3, n))) == pytest.approx(4.3, abs=0.2)
    assert queue_growth(level(np.full(n, 3.0))) is None
