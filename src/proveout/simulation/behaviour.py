"""How a simulated system behaves. The same description drives the server and the model of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Shape = Literal["constant", "exponential", "lognormal", "gamma", "uniform"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTime:
    """Time to work on one request, queueing excluded."""

    mean_s: float = 0.5
    shape: Shape = "lognormal"
    cv: float = 0.5
    """Coefficient of variation (standard deviation over mean), for lognormal and gamma; uniform
    is from 0 to twice the mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Tokens per answer."""

    output_mean: float = 120
    output_cv: float = 0.4
    per_s: float | None = None
    """Tokens a second once the first is there; None lets the service time decide alone."""
    first_token_share: float = 0.3
    """Share of the service time until the first token. Where `per_s` is given, a request that
    answers n tokens takes that share, and (n - 1) / per_s after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """All that can be set."""

    slots: int = 8
    """Requests that are worked on at the same time."""
    queue: int | None = None
    """Requests that may wait; None is no limit. Beyond it: HTTP 503."""
    service: ServiceTime = field(default_factory=ServiceTime)
    contention: float = 0.0
    """Sigma of the universal scalability law: with n slots busy the service time is multiplied by
    1 + sigma (n - 1) + kappa n (n - 1)."""
    crosstalk: float = 0.0
    """Kappa of the same."""
    requests_per_minute: float | None = None
    """Rate limit; beyond it: HTTP 429 with Retry-After. A bucket that holds what one second
    allows, one request at least, and fills evenly; it is asked before slots and queue are."""
    tokens: Tokens = field(default_factory=Tokens)
    error_rate: float = 0.0
    """Share answered with HTTP 500 after the service time."""
    refusal_rate: float = 0.0
    """Share that is declined in words."""
    malformed_rate: float = 0.0
    """Share whose answer is not in the agreed form."""
    wrong_rate: float = 0.1
    """Share answered wrong, where right answers are known (an answer file)."""
    calibration: float = 1.0
    """1: wrong answers are stated with as little confidence as they deserve. 0: every answer is
    stated with the same high confidence."""
    fragility: float = 0.5
    """How much damaged or missing text harms, 0 to 1: of the answers that would be right, the
    share `fragility` times the lost share of the text is wrong."""
    stops_abandoned_work: bool = False
    """A request whose client went away leaves the queue at once. One that is worked on keeps its
    slot to the end, as behind most servers; True frees the slot, as engines do that watch."""
    seed: int = 0
