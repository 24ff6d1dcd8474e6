"""Predict what users meet at full size from a run with few of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from proveout.capacity.doubts import (
    doubts_of_peak,
    doubts_of_precision,
    doubts_of_run,
    next_step,
)
from proveout.capacity.drafts import Drafts, asked_per_month, make_drafts
from proveout.capacity.fitting import Drawn, Fitted, as_fitted, fit
from proveout.capacity.needed import needed_slots
from proveout.capacity.peak import Peak
from proveout.capacity.prediction import (
    CONFIDENCE,
    Estimate,
    Limits,
    Month,
    Prediction,
    Refused,
    Trust,
)
from proveout.capacity.runs import Demand, Level

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SMALLEST_SHARE = 1e-4
_NOTES = (
    "Requests are worked on first come, first served, and what users give up while it is worked on "
    "is worked to its end.",
    "At the peak requests fall due independently of each other (Poisson).",
    "In the rest of the day they are spread evenly over the other working hours.",
)


def predict_from(
    levels: Sequence[Level],
    demand: Demand,
    *,
    limits: Limits | None = None,
    month: Month | None = None,
    trust: Trust | None = None,
    seed: int = 0,
) -> Prediction | Refused:
    """Fit and predict in one step."""
    fitted = fit(levels, seed=seed)
    return predict(fitted, demand, limits=limits, month=month, trust=trust, seed=seed)


def predict(
    fitted: Fitted,
    demand: Demand,
    *,
    limits: Limits | None = None,
    month: Month | None = None,
    trust: Trust | None = None,
    seed: int = 0,
) -> Prediction | Refused:
    """Predict the peak of full size, or say why that is not to be trusted.

    Args:
        fitted: from `fit`.
        demand: what full size is.
        limits: with them, the slots needed to keep to them are searched for.
        month: how many days and hours requests are spread over.
        trust: how far off a prediction may be before it is refused.
        seed: of everything drawn.
    """
    reasons = doubts_of_run(fitted)
    if demand.peak_rate_per_s <= 0:
        reasons = ("At the peak nobody asks for anything; there is nothing to predict.",)
        step = "Say how much of the day falls into the busiest hour: load.peak_share_of_day"
        return Refused(reasons=reasons, next_step=step, forced=None)
    if not fitted.candidates:
        return Refused(reasons=reasons, next_step=next_step(fitted), forced=None)
    rng, month = np.random.default_rng(seed), month or Month()
    drafts = make_drafts(fitted, demand, month, rng)
    needed = needed_slots(as_fitted(fitted), drafts.drawn, demand, limits, rng)
    prediction = _prediction(fitted, drafts, demand, month, needed)
    reasons += doubts_of_peak(fitted, drafts)
    vague = doubts_of_precision(fitted, drafts, prediction, trust or Trust())
    if not reasons and not vague:
        return prediction
    return Refused(
        reasons=reasons + vague,
        next_step=next_step(fitted),
        forced=prediction,
        longer_helps=not reasons,
    )


def _prediction(
    fitted: Fitted, drafts: Drafts, demand: Demand, month: Month, needed: Estimate | None
) -> Prediction:
    def of(figure: Callable[[Peak], float]) -> Estimate:
        return estimate(figure(drafts.best), [figure(one) for one in drafts.others])

    rate = demand.peak_rate_per_s
    return Prediction(
        rate_per_s=rate,
        p50_s=of(lambda p: p.p50_s),
        p95_s=of(lambda p: p.p95_s),
        p99_s=of(lambda p: p.p99_s),
        abandonment=_share(of(lambda p: p.abandonment)),
        error_rate=_share(of(lambda p: p.failed)),
        throughput_per_s=of(lambda p: p.answered * rate),
        utilisation=of(lambda p: p.utilisation),
        slots=estimate(_count(as_fitted(fitted)), [_count(one) for one in drafts.drawn]),
        needed_slots=needed,
        asked_per_month=asked_per_month(demand, month),
        worked_per_month=estimate(drafts.worked, drafts.worked_by_others),
        input_tokens=_mean([level.requests.input_tokens for level in fitted.levels]),
        output_tokens=_mean([level.requests.output_tokens for level in fitted.levels]),
        requests_measured=fitted.requests,
        notes=_NOTES,
    )


def estimate(value: float, others: Sequence[float]) -> Estimate:
    """Give a figure the interval that holds all but the outer tenth of the drafts."""
    low, high = np.quantile(
        [*others], [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], method="nearest"
    )
    return Estimate(value=value, low=min(float(low), value), high=max(float(high), value))


def _share(estimate: Estimate) -> Estimate:
    """No play is long enough to tell shares of less than one in ten thousand from none."""
    return Estimate(
        value=estimate.value, low=estimate.low, high=max(estimate.high, _SMALLEST_SHARE)
    )


def _count(system: Drawn) -> float:
    return float("inf") if system.slots is None else float(system.slots)


def _mean(columns: Sequence[NDArray[np.float64]]) -> Estimate | None:
    values = np.concatenate(columns)
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return None
    mean = float(values.mean())
    half = 1.6449 * float(values.std(ddof=1)) / float(np.sqrt(len(values)))
    return Estimate(value=mean, low=mean - half, high=mean + half)
