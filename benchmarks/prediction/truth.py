"""What users really meet at full size: the peak played until its own error no longer matters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.prediction.systems import DEMAND, Known
from proveout.capacity.discrete import play_open
from proveout.capacity.runs import Outcome

_PLAYED = 250_000
"""Requests of one play, after a tenth of them to fill the queue."""
_FEWEST, _MOST = 6, 40
"""Plays."""
_WORKING_DAYS, _OTHER_HOURS = 21, 7
PER_INPUT_TOKEN, PER_OUTPUT_TOKEN = 2.5e-6, 10e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Figures at the peak, and of a month."""

    p95_s: float
    p95_error: float
    """Standard error."""
    abandonment: float
    abandonment_error: float
    worked_per_month: float
    cost_asked: float
    """Of all requests that are asked, in money a month."""
    cost_worked: float
    """Of those that are worked on."""


def truth(system: Known, *, seed: int) -> Truth:
    """Play until the standard error is below a sixth of what a prediction may be off, or tired."""
    rng = np.random.default_rng([seed, 10_000])
    plays: list[tuple[float, float, float]] = []
    while True:
        plays.append(_peak(system, DEMAND.peak_rate_per_s, _PLAYED, rng))
        p95, gave_up, worked = np.array(plays).T
        value, error = _mean(p95)
        is_precise = error <= value * 0.15 / 6 and _mean(gave_up)[1] < 0.03 / 6
        if len(plays) >= (_FEWEST if is_precise else _MOST):
            break
    quiet = _quiet(system, rng)
    asked = DEMAND.users * DEMAND.requests_per_user_per_day * _WORKING_DAYS
    share = DEMAND.peak_share_of_day
    worked_share = share * float(worked.mean()) + (1 - share) * quiet
    each = system.input_tokens * PER_INPUT_TOKEN + system.output_tokens * PER_OUTPUT_TOKEN
    return Truth(
        p95_s=value,
        p95_error=error,
        abandonment=_mean(gave_up)[0],
        abandonment_error=_mean(gave_up)[1],
        worked_per_month=asked * worked_share,
        cost_asked=asked * each,
        cost_worked=asked * worked_share * each,
    )


def _quiet(system: Known, rng: np.random.Generator) -> float:
    share = DEMAND.peak_share_of_day
    rate = DEMAND.peak_rate_per_s / share * (1 - share) / _OTHER_HOURS
    return _peak(system, rate, _PLAYED, rng)[2]


def _peak(
    system: Known, rate: float, n: int, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Play once; give p95, the share given up and the share worked on."""
    fills = n // 10
    due = np.cumsum(rng.exponential(1 / rate, n + fills))
    played = play_open(
        system.how_it_works,
        due,
        system.work_s(n + fills, rng),
        give_up_after_s=DEMAND.give_up_after_s,
    )
    latency = (played.done_s - played.due_s)[fills:]
    gave_up = played.outcome[fills:] == Outcome.GAVE_UP
    fails = rng.random(n) < system.error_rate
    latency[gave_up | fails] = np.inf
    return (
        float(np.quantile(latency, 0.95, method="higher")),
        float(gave_up.mean()),
        float(np.isfinite(played.start_s[fills:]).mean()),
    )


def _mean(values: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and its standard error. Values of which some are infinite have their median."""
    if np.isinf(values).any():
        return float(np.median(values)), 0.0 if np.isinf(values).all() else np.inf
    error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.inf
    return float(values.mean()), float(error)
