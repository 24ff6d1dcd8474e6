"""Play the peak of full size with a fitted system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from proveout.capacity.discrete import Slots, play_open
from proveout.capacity.fitting import Drawn
from proveout.capacity.runs import Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WARM_UP = 0.15
"""Share of requests that are played to fill the queue, and then forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """What users met in one play."""

    p50_s: float
    p95_s: float
    p99_s: float
    abandonment: float
    failed: float
    answered: float
    """Shares of requests that were given up, failed, were answered."""
    worked: float
    """Share of requests on which work began."""
    utilisation: float
    most_in_system: float
    """Requests at work or waiting, exceeded at one arrival in a hundred."""


def play_peak(
    system: Drawn,
    *,
    rate_per_s: float,
    give_up_after_s: float,
    error_rate: float,
    n_requests: int,
    rng: np.random.Generator,
) -> Peak:
    """Play `n_requests` that come as Poisson arrivals."""
    n_all = int(n_requests / (1 - _WARM_UP))
    due = np.cumsum(rng.exponential(1 / rate_per_s, n_all))
    # Sorted, so that the same random numbers mean work of the same rank in systems that are alike.
    at = (rng.random(n_all) * len(system.scaled)).astype(np.int64)
    work = system.slowing.alone_s * np.sort(system.scaled)[at]
    played = play_open(
        Slots(
            slots=system.slots,
            contention=system.slowing.contention,
            crosstalk=system.slowing.crosstalk,
        ),
        due,
        work,
        give_up_after_s=give_up_after_s,
    )
    keep = slice(n_all - n_requests, None)
    latency = (played.done_s - played.due_s)[keep]
    gave_up = played.outcome[keep] == Outcome.GAVE_UP
    failed = ~gave_up & (rng.random(len(latency)) < error_rate)
    latency[gave_up | failed] = np.inf
    p50, p95, p99 = quantiles(latency)
    left = np.searchsorted(np.sort(played.done_s), due, side="right")
    in_system = (np.arange(1, n_all + 1) - left)[keep]
    return Peak(
        p50_s=p50,
        p95_s=p95,
        p99_s=p99,
        abandonment=float(gave_up.mean()),
        failed=float(failed.mean()),
        answered=float(np.isfinite(latency).mean()),
        worked=float(np.isfinite(played.start_s[keep]).mean()),
        utilisation=utilisation(system, rate_per_s),
        most_in_system=float(np.quantile(in_system, 0.99)),
    )


def quantiles(latency_s: NDArray[np.float64]) -> tuple[float, float, float]:
    """Median, 95th and 99th percentile of latencies, of which some are infinite."""
    p50, p95, p99 = np.quantile(latency_s, [0.5, 0.95, 0.99], method="higher")
    return float(p50), float(p95), float(p99)


def capacity_per_s(system: Drawn) -> float:
    """Requests per second when all slots are at work; infinite without a limit."""
    if system.slots is None:
        return float("inf")
    slowed = float(system.slowing.factor(np.array([system.slots]))[0])
    return system.slots / (system.slowing.alone_s * slowed)


def utilisation(system: Drawn, rate_per_s: float) -> float:
    """Give the work that comes over what can be worked on; 0 when nothing limits it."""
    return rate_per_s / capacity_per_s(system)
