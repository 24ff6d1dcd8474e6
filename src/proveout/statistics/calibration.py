"""How far stated confidence is from how often it is right."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from proveout.evidence.model import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_ROWS = 200
"""Below this the interval does not hold its level; see tests/coverage."""

_MOST_BINS, _ROWS_PER_BIN = 15, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The error, its interval, and the bins behind it."""

    error: float
    """Root of the bias-corrected mean squared gap."""
    interval: Interval
    expected_error: float
    """The plain expected calibration error (mean absolute gap): biased upwards, for comparison."""
    bins: tuple[tuple[int, float, float], ...]
    """Rows, mean confidence and share right of each bin, from the least confident on."""


def calibration(
    confidence: NDArray[np.float64], correct: NDArray[np.bool_], *, level: float = 0.95
) -> Calibration:
    """Compare confidence with the share right in up to 15 equally filled bins.

    The plain mean gap over bins is positive even for a perfect system, by its noise alone, so no
    interval around it covers. Here the noise's expected share is taken off the squared gaps, after
    which the estimate is unbiased and close to normal; the root comes last. Equal confidences
    stay in one bin. Raises ValueError below FEWEST_ROWS rows.
    Source: Kumar, Liang and Ma (2019), "Verified uncertainty calibration", NeurIPS.
    """
    n = len(confidence)
    if n < FEWEST_ROWS:
        msg = f"calibration needs at least {FEWEST_ROWS} rows; got {n}"
        raise ValueError(msg)
    n_bins = min(_MOST_BINS, n // _ROWS_PER_BIN)
    edges = np.unique(np.quantile(confidence, np.linspace(0, 1, n_bins + 1)[1:-1]))
    at = np.searchsorted(edges, confidence, side="right")
    _, at, size = np.unique(at, return_inverse=True, return_counts=True)
    right = np.bincount(at, weights=correct.astype(float)) / size
    stated = np.bincount(at, weights=confidence) / size
    gap = stated - right
    # Drawn towards the stated confidence by one row, so that an all-right bin keeps some variance.
    share = (right * size + stated) / (size + 1)
    noise = share * (1 - share) / np.maximum(size - 1, 1)
    weight = size / n
    squared = float(np.sum(weight * (gap**2 - noise)))
    low, high = _score_interval(squared, weight, noise, float(ndtri((1 + level) / 2)))
    return Calibration(
        error=_root(squared),
        interval=Interval(low=low, high=high, level=level, method="debiased-score"),
        expected_error=float(np.sum(weight * np.abs(gap))),
        bins=tuple(
            (int(k), round(float(c), 4), round(float(r), 4))
            for k, c, r in zip(size, stated, right, strict=True)
        ),
    )


def _score_interval(
    squared: float, weight: NDArray[np.float64], noise: NDArray[np.float64], z: float
) -> tuple[float, float]:
    """Return the roots of the ends of {t: |squared - t| <= z * se(t)}.

    A squared normal gap has variance 4 * gap**2 * noise + 2 * noise**2. Taking the gap as alike
    in all bins, the variance of the estimate is a + b * t, so the ends solve a quadratic, as
    Wilson's do; near zero this holds its level where a plain normal interval does not.
    """
    a, b = 2 * float(np.sum((weight * noise) ** 2)), 4 * float(np.sum(weight**2 * noise))
    reach = a + b * squared + (z * b / 2) ** 2
    if reach <= 0:  # closer to zero than chance has it: zero is all that is left
        return 0.0, 0.0
    centre, half = squared + z**2 * b / 2, z * math.sqrt(reach)
    return _root(centre - half), _root(centre + half)


def _root(squared: float) -> float:
    return math.sqrt(max(0.0, squared))
