"""When a prediction is not to be trusted, and why, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from proveout.capacity.drafts import Drafts, relevant_levels
from proveout.capacity.fitting import BLOCKS, Fitted
from proveout.capacity.prediction import Estimate, Prediction, Trust
from proveout.capacity.runs import Level, Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST = 100
"""Requests without which nothing is predicted, unless it is plain that nearly all give up."""
_FEWEST_EVER = 20
_NEARLY_ALL = 0.9
_LIMITED = 0.005
"""Share of requests that a rate limit may turn away."""
_ERRORS_APART = 0.03
"""Difference of error rates between levels from which on errors depend on use."""
_HIDDEN = 0.05
_OFF = 0.15
"""How far work times may be from what the model says, in a level or between halves of it."""
_POSSIBLE = 0.1
"""Share of drafts from which on it counts that they know no limit."""
_NEAR_SATURATION = 0.7
_NO_TIME_S = 1e-6
_SURE = 5.0
"""Standard errors by which they must be off to count."""


def doubts_of_run(fitted: Fitted) -> tuple[str, ...]:
    """Say what is wrong with the run itself, whatever is to be predicted."""
    if not fitted.candidates:
        return ("No request of the run tells how long the work on it took.",)
    found = [_rate_limit(fitted.levels), _hidden(fitted), _drift(fitted), _contradiction(fitted)]
    return tuple(reason for reason in found if reason is not None)


def doubts_of_peak(fitted: Fitted, drafts: Drafts) -> tuple[str, ...]:
    """Say where what is predicted rests on nothing that was seen."""
    found = [_beyond(fitted, drafts), _errors_grow(relevant_levels(fitted, drafts.best))]
    return tuple(reason for reason in found if reason is not None)


def doubts_of_precision(
    fitted: Fitted, drafts: Drafts, prediction: Prediction, trust: Trust
) -> tuple[str, ...]:
    """Say where what is predicted may well be further off than it may be."""
    found = [_too_few(fitted, drafts)]
    vague = _vague(trust, prediction, drafts)
    if vague:
        why = (
            f"{_utilisation(prediction.utilisation)}, and near saturation a small difference "
            "changes much."
            if prediction.utilisation.high > _NEAR_SATURATION
            else "Too few requests were measured."
        )
        found.append(f"{vague}. {why}")
    return tuple(reason for reason in found if reason is not None)


def next_step(fitted: Fitted) -> str:
    """Say what to do about it."""
    if _rate_limit(fitted.levels) is not None:
        return "Ask for a rate limit that holds the peak, and measure again."
    if _hidden(fitted) is not None:
        return (
            "Measure with users who wait longer than they will in earnest, six times as long, "
            "so that it is seen how long the work takes."
        )
    if fitted.candidates and fitted.candidates[0].slots is None:
        return (
            "Measure with more users at once, or without pauses between their requests, until "
            "more users no longer get more answered."
        )
    return "Measure longer, above all with as many requests per second as the peak will bring."


def _rate_limit(levels: Sequence[Level]) -> str | None:
    turned_away = sum(n for level in levels for kind, n in level.faults.items() if "429" in kind)
    asked = sum(len(level.requests.due_s) for level in levels)
    if turned_away <= _LIMITED * asked:
        return None
    return (
        f"A rate limit turned {turned_away:,} of {asked:,} requests away: how many are let "
        "through at the peak is a matter of that limit, not of what the system can do."
    )


def _hidden(fitted: Fitted) -> str | None:
    if fitted.hidden <= _HIDDEN:
        return None
    return (
        f"Users gave up on at least {fitted.hidden:.0%} of requests at every level: how long "
        "the work on them takes was not seen."
    )


def _drift(fitted: Fitted) -> str | None:
    best = fitted.candidates[0]
    late = best.block % BLOCKS >= BLOCKS // 2
    before, after = best.scaled[~late], best.scaled[late]
    if min(len(before), len(after)) < FEWEST // 2:
        return None
    change = float(after.mean() / before.mean())
    error = float(np.hypot(_error(before), _error(after)))
    if abs(change - 1) <= _OFF or abs(change - 1) <= _SURE * error:
        return None
    way = "slower" if change > 1 else "faster"
    return (
        f"The system became {way} during the run: the second half of the levels took "
        f"{abs(change - 1):.0%} {'longer' if change > 1 else 'less'} than the first."
    )


def _contradiction(fitted: Fitted) -> str | None:
    best = fitted.candidates[0]
    worst: tuple[float, int] | None = None
    for i, users in enumerate(fitted.users):
        here = best.scaled[best.block // BLOCKS == i]
        if len(here) < FEWEST // 2:
            continue
        off = float(here.mean()) - 1
        if abs(off) > max(_OFF, _SURE * _error(here)) and (
            worst is None or abs(off) > abs(worst[0])
        ):
            worst = (off, users)
    if worst is None:
        return None
    off, users = worst
    return (
        f"The levels contradict each other: with {users} user{'s' if users > 1 else ''} the work "
        f"took {abs(off):.0%} {'longer' if off > 0 else 'less'} than slots and contention explain."
    )


def _too_few(fitted: Fitted, drafts: Drafts) -> str | None:
    plain = min(peak.abandonment for peak in drafts.others) > _NEARLY_ALL
    if fitted.requests >= (_FEWEST_EVER if plain else FEWEST):
        return None
    return f"Only {fitted.requests} requests could be used; it takes at least {FEWEST}."


def _beyond(fitted: Fitted, drafts: Drafts) -> str | None:
    unlimited = [
        peak.most_in_system
        for peak, system in zip(drafts.others, drafts.drawn, strict=True)
        if system.slots is None
    ]
    needed = float(np.median(unlimited)) if unlimited else 0.0
    if len(unlimited) <= _POSSIBLE * len(drafts.drawn) or needed <= fitted.most_in_system:
        return None
    return (
        f"With up to {fitted.most_in_system} requests at once no limit to what is worked on at the "
        f"same time was reached, and the peak brings about {needed:,.0f} at once: where its limit "
        "lies is not known."
    )


def _errors_grow(levels: Sequence[Level]) -> str | None:
    shares = []
    for level in levels:
        outcome = level.requests.outcome
        ended = int(((outcome == Outcome.FAILED) | (outcome == Outcome.ANSWERED)).sum())
        if ended >= FEWEST:
            failed = int((outcome == Outcome.FAILED).sum())
            shares.append((failed / ended, ended, level.users))
    if not shares:
        return None
    (low, n_low, _), (high, n_high, users) = min(shares), max(shares)
    error = float(np.sqrt(low * (1 - low) / n_low + high * (1 - high) / n_high))
    if high - low <= max(_ERRORS_APART, _SURE * error):
        return None
    return (
        f"Errors depend on use: {low:.1%} of requests failed at one level and {high:.1%} with "
        f"{users} users; what share fails at the peak is not known."
    )


def _vague(trust: Trust, prediction: Prediction, drafts: Drafts) -> str:
    """Say which figures may well be further off than they may be; empty when none may."""
    p95, gave_up, worked = prediction.p95_s, prediction.abandonment, prediction.worked_per_month
    clauses = []
    times = np.log(np.maximum([p95.value, *(peak.p95_s for peak in drafts.others)], _NO_TIME_S))
    if _risk(times[0], times[1:], np.log1p(trust.p95_share)) > trust.risk:
        clauses.append(
            f"the time within which 95 % are answered may lie anywhere from {_seconds(p95.low)} "
            f"to {_seconds(p95.high)}"
        )
    gave_up_of_others = [peak.abandonment for peak in drafts.others]
    if _risk(gave_up.value, gave_up_of_others, trust.abandonment) > trust.risk:
        clauses.append(
            "the share of users who give up may lie anywhere from "
            f"{gave_up.low:.0%} to {gave_up.high:.0%}"
        )
    of_all = trust.monthly_share * prediction.asked_per_month
    if _risk(drafts.worked, drafts.worked_by_others, of_all) > trust.risk:
        clauses.append(
            "the requests of a month that are worked on may number anything from "
            f"{worked.low:,.0f} to {worked.high:,.0f}"
        )
    whole = ", and ".join(clauses)
    return whole[:1].upper() + whole[1:]


def _risk(value: float, others: Sequence[float] | NDArray[np.float64], allowed: float) -> float:
    """Give the chance that the truth is further from the predicted value than allowed.

    As if what is finite among the drafts were normal: fifty drafts do not tell a tail.
    """
    from scipy.special import ndtr

    met = np.asarray(others)
    alike = np.isinf(met) == np.isinf(value)
    if np.isinf(value) or not alike.any():
        return float(1 - alike.mean())
    mean, spread = float(met[alike].mean()) - value, max(float(met[alike].std()), 1e-12)
    within = ndtr((allowed - mean) / spread) - ndtr((-allowed - mean) / spread)
    return float(1 - alike.mean() * within)


def _utilisation(estimate: Estimate) -> str:
    return (
        f"The peak brings {estimate.value:.0%} ({estimate.low:.0%} to {estimate.high:.0%}) of "
        "what can be worked on"
    )


def _seconds(value: float) -> str:
    return "never" if np.isinf(value) else f"{value:.3g} s"


def _error(scaled: NDArray[np.float64]) -> float:
    return float(scaled.std(ddof=1) / np.sqrt(len(scaled)))
