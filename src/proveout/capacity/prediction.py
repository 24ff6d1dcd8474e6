"""What a prediction says, and what a refusal to predict says."""

from __future__ import annotations

from dataclasses import dataclass

CONFIDENCE = 0.9
"""Of every interval of prediction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One predicted figure with its interval of prediction, which has confidence `CONFIDENCE`.

    A latency is infinite where so many requests fail or are given up that the share in question
    is never answered: more than 5 % for the 95th percentile.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the charter asks of the peak; what is None is not asked."""

    p95_latency_s: float | None = None
    max_abandonment: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """How a month is made up, for the number of requests that are paid for."""

    working_days: float = 21.0
    hours_per_day: float = 8.0
    """The busiest hour and the others, over which the rest of the day is spread evenly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How far off a prediction may be; one that may well be further off is refused."""

    p95_share: float = 0.15
    abandonment: float = 0.03
    monthly_share: float = 0.05
    """Of the requests that are asked in a month, off in the number that is worked on."""
    risk: float = 0.1
    """Refuse when the chance of being further off is greater than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What users will meet at the peak of full size: simulated by a model, never measured."""

    rate_per_s: float
    """Requests that fall due per second at the peak."""
    p50_s: Estimate
    p95_s: Estimate
    """From when the request was due; given up and failed ones count as slower than any answered."""
    p99_s: Estimate
    abandonment: Estimate
    """Share of requests for which the user's patience ends first."""
    error_rate: Estimate
    """Share of requests that fail before the user gives up."""
    throughput_per_s: Estimate
    """Answered requests per second."""
    utilisation: Estimate
    """Work that arrives over what all slots can do; above 1 the queue grows until users give up."""
    slots: Estimate
    """Slots found; `high` is infinite when no limit was reached."""
    needed_slots: Estimate | None
    """The fewest slots that keep to the limits; None without limits; infinite if none suffice."""
    asked_per_month: float
    """Requests that users make in a month."""
    worked_per_month: Estimate
    """Of these, requests that the system works on, and that are paid for."""
    input_tokens: Estimate | None
    """Mean per request that is worked on; None when not known."""
    output_tokens: Estimate | None
    requests_measured: int
    """Requests that the fit rests on."""
    notes: tuple[str, ...]
    """What it assumes, in sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No prediction, and why."""

    reasons: tuple[str, ...]
    """Sentences."""
    next_step: str
    forced: Prediction | None
    """What the model says all the same, where it says anything; not to be shown as a prediction."""
    longer_helps: bool = False
    """Whether nothing is wrong but that too little was measured."""
