"""Scores of quantities, from true and answered numbers, with closed-form intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from proveout.evidence.model import Interval
from proveout.statistics._means import mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

Estimate = tuple[float, Interval]


def rmse(error: NDArray[np.float64], *, level: float = 0.95) -> Estimate:
    """Return the root mean squared error, with the root of the interval of the mean square.

    Raises ValueError below two rows.
    """
    mean_square, interval = mean(error**2, level=level)
    return math.sqrt(mean_square), Interval(
        low=math.sqrt(max(0.0, interval.low)),
        high=math.sqrt(interval.high),
        level=level,
        method=interval.method,
    )


def r2(truth: NDArray[np.float64], error: NDArray[np.float64], *, level: float = 0.95) -> Estimate:
    """Return 1 - mean squared error / variance of the truth; delta method on log(1 - R2).

    Raises ValueError below two rows, or where the truth is constant.
    """
    if len(error) < 2:
        msg = f"an interval needs at least two rows, not {len(error)}"
        raise ValueError(msg)
    squares, spread = error**2, (truth - truth.mean()) ** 2
    if float(spread.sum()) == 0:
        msg = "the truth is the same in every row: there is no variation to account for"
        raise ValueError(msg)
    left = float(squares.mean() / spread.mean())
    if left == 0:
        return 1.0, Interval(low=1.0, high=1.0, level=level, method="delta-log")
    half = _half(squares / squares.mean() - spread / spread.mean(), level)
    return 1 - left, Interval(
        low=1 - left * math.exp(half),
        high=1 - left * math.exp(-half),
        level=level,
        method="delta-log",
    )


def _half(influence: NDArray[np.float64], level: float) -> float:
    n = len(influence)
    return float(stdtrit(n - 1, (1 + level) / 2)) * float(influence.std(ddof=1)) / math.sqrt(n)
