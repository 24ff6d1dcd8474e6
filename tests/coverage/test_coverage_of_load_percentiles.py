"""Intervals of latency percentiles cover the truth where requests wait in the same queue."""

from __future__ import annotations

import heapq

import numpy as np
import pytest
from numpy.typing import NDArray

from proveout.capacity.runs import Level, Requests
from proveout.checks.load.measures import Percentile, latencies, percentile

pytestmark = pytest.mark.slow

SECONDS = 60.0


def queued(rng: np.random.Generator, *, rate: float, seconds: float) -> NDArray[np.float64]:
    """Due and latency at four slots with exponential service of 0.1 s on average."""
    due = np.sort(rng.uniform(0, seconds, rng.poisson(rate * seconds)))
    free, out = [0.0] * 4, []
    for moment, work in zip(due.tolist(), rng.exponential(0.1, len(due)).tolist(), strict=True):
        done = max(moment, heapq.heappop(free)) + work
        heapq.heappush(free, done)
        out.append(done - moment)
    return np.array([due, out])


@pytest.mark.parametrize("utilisation", [0.5, 0.8])
@pytest.mark.parametrize("q", [0.5, 0.95])
def test_intervals_cover_the_long_run(utilisation: float, q: float) -> None:
    """Of 300 runs of a minute, about 95 of 100 intervals hold the percentile of the long run."""
    rng = np.random.default_rng(round(utilisation * 100 + q * 10))
    rate = 40 * utilisation
    truth = np.quantile(queued(rng, rate=rate, seconds=20_000)[1], q)
    n_covered = n_told = 0
    for _ in range(300):
        due, latency = queued(rng, rate=rate, seconds=SECONDS + 20)
        kept = due >= 20  # the queue has filled by then
        due, latency = due[kept] - 20, latency[kept]
        nothing = np.full(len(due), np.nan)
        level = Level(
            users=1, arrivals="open", rate_per_s=rate, seconds=SECONDS, give_up_after_s=100,
            requests=Requests(
                due_s=due, sent_s=due, done_s=due + latency, first_token_s=nothing,
                outcome=np.zeros(len(due), dtype=np.int8), input_tokens=nothing,
                output_tokens=nothing,
            ),
            faults={},
        )  # fmt: skip
        found = percentile(level, latencies(level), q)
        if isinstance(found, Percentile) and found.interval is not None:
            n_told += 1
            n_covered += found.interval.low <= truth <= found.interval.high

    assert n_told >= 270  # a few runs say that they are too short
    assert n_covered / n_told >= 0.91
