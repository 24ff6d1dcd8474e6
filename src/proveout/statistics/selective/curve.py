"""Error among the answers let through, against the share of all that is let through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from proveout.evidence.model import Interval
from proveout.statistics._proportions import wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_POINTS = 40
"""More cannot be told apart in a drawing, nor read in a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What one threshold does on given rows."""

    threshold: float
    n: int
    """All rows, those without a usable answer among them."""
    let_through: int
    """Answers with at least this confidence."""
    wrong: int
    """Those of them that are wrong."""

    @property
    def coverage(self) -> float:
        """Share of all rows whose answer goes out alone."""
        return self.let_through / self.n

    @property
    def error(self) -> float | None:
        """Share of wrong answers among those let through; None where none is."""
        return self.wrong / self.let_through if self.let_through else None

    def coverage_interval(self, *, level: float = 0.95) -> Interval:
        """Return Wilson's interval of the coverage."""
        return wilson(self.let_through, self.n, level=level)

    def error_interval(self, *, level: float = 0.95) -> Interval | None:
        """Return Wilson's interval of the error, given how many were let through."""
        return wilson(self.wrong, self.let_through, level=level) if self.let_through else None


def point_at(
    threshold: float, confidence: NDArray[np.float64], correct: NDArray[np.bool_]
) -> Point:
    """Count what a threshold lets through; NaN is never let through. Raises ValueError on no rows.

    >>> point = point_at(0.8, np.array([0.7, 0.8, 0.9, np.nan]), np.array([1, 0, 1, 1], bool))
    >>> point.coverage, point.error
    (0.5, 0.5)
    """
    if len(confidence) == 0:
        raise ValueError("no threshold means anything without rows")
    through = confidence >= threshold
    return Point(
        threshold=float(threshold),
        n=len(confidence),
        let_through=int(through.sum()),
        wrong=int((through & ~correct).sum()),
    )


def risk_coverage(
    confidence: NDArray[np.float64], correct: NDArray[np.bool_], *, most: int = MOST_POINTS
) -> tuple[Point, ...]:
    """Return the risk-coverage curve, from the surest answers alone to all that state confidence.

    Its points lie at quantiles of the confidence, about equally far apart in coverage; answers of
    equal confidence are let through together. The interval of each point holds for that point, not
    for the curve as a whole. Empty where no answer states a confidence.
    Source: El-Yaniv and Wiener (2010), "On the foundations of noise-free selective
    classification", JMLR 11; Geifman and El-Yaniv (2017), "Selective classification for deep
    neural networks", NeurIPS.
    """
    return tuple(
        point_at(threshold, confidence, correct)
        for threshold in thresholds(confidence, most=most)[::-1]
    )


def thresholds(confidence: NDArray[np.float64], *, most: int) -> NDArray[np.float64]:
    """Return at most so many values of the confidence, ascending, equally far apart in rank."""
    stated = confidence[~np.isnan(confidence)]
    if len(stated) == 0:
        return np.empty(0)
    return np.unique(np.quantile(stated, np.arange(most) / most, method="lower"))
