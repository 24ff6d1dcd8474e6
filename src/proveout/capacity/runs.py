"""What users met, request by request: the common ground of load tests, models and predictions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Outcome(IntEnum):
    """How a request ended for the user who was waiting for it."""

    ANSWERED = 0
    FAILED = 1
    """An error, whatever kind, or a malformed answer."""
    GAVE_UP = 2
    """The user's patience ended first."""
    UNFINISHED = 3
    """The run ended first; neither answered nor failed (censored)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """Requests of one level, as columns of equal length; moments are seconds since its begin."""

    due_s: NDArray[np.float64]
    """When the user wanted it. Latency counts from here, not from when it could be sent."""
    sent_s: NDArray[np.float64]
    """When it left."""
    done_s: NDArray[np.float64]
    """When the answer was there, the error came, or the user gave up; the end if unfinished."""
    first_token_s: NDArray[np.float64]
    """When the first token was there; NaN where it is not read as a stream."""
    outcome: NDArray[np.int8]
    """Outcome per request."""
    input_tokens: NDArray[np.float64]
    output_tokens: NDArray[np.float64]
    """NaN where not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One stretch of a run with a constant number of users, warm-up left out."""

    users: int
    arrivals: Literal["closed", "open"]
    """Users who think and wait, or requests that come whatever happens (Poisson)."""
    rate_per_s: float
    """Requests that fell due per second, as planned."""
    seconds: float
    give_up_after_s: float
    requests: Requests
    faults: dict[str, int]
    """Kinds of error and how many of each: 'HTTP 503', 'connection reset'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What the whole company will ask for at its peak."""

    users: int
    requests_per_user_per_day: float
    peak_share_of_day: float
    """Share of the day's requests that falls into the busiest hour."""
    give_up_after_s: float

    @property
    def peak_rate_per_s(self) -> float:
        """Requests per second in the busiest hour."""
        return self.users * self.requests_per_user_per_day * self.peak_share_of_day / 3600
