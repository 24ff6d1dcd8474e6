"""How many slots it takes to keep to the limits at the peak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from proveout.capacity.fitting import Drawn
from proveout.capacity.peak import capacity_per_s, play_peak
from proveout.capacity.prediction import CONFIDENCE, Estimate, Limits

if TYPE_CHECKING:
    from proveout.capacity.runs import Demand

_PLAYED = 20_000
_DRAWS = 8
"""Systems for which the search is done anew, for the interval."""
_MOST = 4096


def needed_slots(
    best: Drawn,
    drawn: Sequence[Drawn],
    demand: Demand,
    limits: Limits | None,
    rng: np.random.Generator,
) -> Estimate | None:
    """Find the fewest slots that keep to the limits; infinite where more slots do not help."""
    if limits is None or (limits.p95_latency_s is None and limits.max_abandonment is None):
        return None
    value = _fewest(best, demand, limits, rng)
    others = [_fewest(one, demand, limits, rng) for one in drawn[:_DRAWS]]
    low, high = np.quantile(others, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], method="nearest")
    return Estimate(value=value, low=min(float(low), value), high=max(float(high), value))


def _fewest(system: Drawn, demand: Demand, limits: Limits, rng: np.random.Generator) -> float:
    """Search upwards from the fewest slots that could carry the work at all, then between."""
    low = 0
    high = max(1, int(0.8 * demand.peak_rate_per_s * system.slowing.alone_s))
    while not _keeps(replace(system, slots=high), demand, limits, rng):
        if high >= _MOST or _gets_worse(system, high, demand):
            return float("inf")
        low, high = high, max(high + 1, int(high * 1.25))
    while high - low > 1:
        middle = (low + high) // 2
        if _keeps(replace(system, slots=middle), demand, limits, rng):
            high = middle
        else:
            low = middle
    return float(high)


def _keeps(system: Drawn, demand: Demand, limits: Limits, rng: np.random.Generator) -> bool:
    if capacity_per_s(system) < 0.9 * demand.peak_rate_per_s and limits.p95_latency_s is not None:
        return False
    peak = play_peak(
        system,
        rate_per_s=demand.peak_rate_per_s,
        give_up_after_s=demand.give_up_after_s,
        error_rate=0.0,
        n_requests=_PLAYED,
        rng=rng,
    )
    return (limits.p95_latency_s is None or peak.p95_s <= limits.p95_latency_s) and (
        limits.max_abandonment is None or peak.abandonment <= limits.max_abandonment
    )


def _gets_worse(system: Drawn, slots: int, demand: Demand) -> bool:
    """Whether a further slot takes more, by crosstalk, than it gives, and it is not enough yet."""
    now = capacity_per_s(replace(system, slots=slots))
    more = capacity_per_s(replace(system, slots=int(slots * 1.25) + 1))
    enough = now > 1.5 * demand.peak_rate_per_s
    return more <= now or (
        enough and slots > 8 * demand.peak_rate_per_s * system.slowing.alone_s + 64
    )
