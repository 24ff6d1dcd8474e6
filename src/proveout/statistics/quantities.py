"""Scores of quantities, from true and answered numbers, with closed-form intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from proveout.evidence.model import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

Estimate = tuple[float, Interval]


def rmse(error: NDArray[np.float64], *, level: float = 0.95) -> Estimate:
    """Return the root mean squared error; delta method on the logarithm of the mean square.

    Raises ValueError below two rows.
    """
    squares = _enough(error) ** 2
    mean_square = float(squares.mean())
    value = math.sqrt(mean_square)
    if mean_square == 0:
        return 0.0, Interval(low=0.0, high=0.0, level=level, method="delta-log")
    half = _half(squares / mean_square, level) / 2
    return value, Interval(
        low=value * math.exp(-half), high=value * math.exp(half), level=level, method="delta-log"
    )


def r2(truth: NDArray[np.float64], error: NDArray[np.float64], *, level: float = 0.95) -> Estimate:
    """Return 1 - mean squared error / variance of the truth; delta method on log(1 - R2).

    Raises ValueError below two rows, or where the truth is constant.
    """
    squares, spread = _enough(error) ** 2, (truth - truth.mean()) ** 2
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


def _enough(error: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(error) < 2:
        msg = f"an interval needs at least two rows, not {len(error)}"
        raise ValueError(msg)
    return error
