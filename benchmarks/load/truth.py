"""What users must meet at so many slots that each take exactly so long: no socket, no clock."""

from __future__ import annotations

import heapq

import numpy as np

LONG_RUN = 2_000_000


def latencies(due_s: np.ndarray, *, slots: int, service_s: float) -> np.ndarray:
    """Return seconds from due to answer, first come first served: exact."""
    free = [-np.inf] * slots
    out = np.empty(len(due_s))
    for n, due in enumerate(due_s.tolist()):
        done = max(due, heapq.heappop(free)) + service_s
        heapq.heappush(free, done)
        out[n] = done - due
    return out


def long_run(rate_per_s: float, *, slots: int, service_s: float, seed: int) -> np.ndarray:
    """Return the same for arrivals that go on and on: M/D/c in its long run."""
    rng = np.random.default_rng(seed)
    due = np.cumsum(rng.exponential(1 / rate_per_s, LONG_RUN))
    return latencies(due, slots=slots, service_s=service_s)[LONG_RUN // 20 :]
