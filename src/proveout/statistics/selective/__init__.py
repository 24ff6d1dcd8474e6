"""Letting only sure answers through: what that costs, and what error is left (selective answers).

Every answer is taken with the confidence that the system stated; below a threshold it goes to a
person. `risk_coverage` shows all thresholds, `recommend` chooses one that keeps a promise.
An answer that may never go out alone, because there is none or it states no confidence, has the
confidence NaN here.
"""

from proveout.statistics.selective.curve import Point, point_at, risk_coverage
from proveout.statistics.selective.threshold import (
    METHOD,
    NoThreshold,
    Recommended,
    fewest_answers,
    recommend,
)

__all__ = [
    "METHOD",
    "NoThreshold",
    "Point",
    "Recommended",
    "fewest_answers",
    "point_at",
    "recommend",
    "risk_coverage",
]
