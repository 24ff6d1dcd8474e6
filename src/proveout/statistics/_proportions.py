"""Proportions: one, and the difference of two independent ones."""

from __future__ import annotations

import math
from statistics import NormalDist  # scipy takes a tenth of a second to load
from typing import TYPE_CHECKING

import numpy as np

from proveout.evidence.model import Interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Bounds = tuple["NDArray[np.float64]", "NDArray[np.float64]"]


def wilson_bounds(successes: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> Bounds:
    """Return the lower and upper Wilson score bounds of many proportions at once.

    A proportion of no trials is unknown: its bounds are 0 and 1.
    Source: Wilson (1927), "Probable inference", JASA 22.
    """
    k, trials = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    z2 = NormalDist().inv_cdf((1 + level) / 2) ** 2
    share = np.divide(k, trials, out=np.full(np.broadcast(k, trials).shape, 0.5), where=trials > 0)
    centre = trials * share + z2 / 2
    half = np.sqrt(z2 * (trials * share * (1 - share) + z2 / 4))
    # The exact ends are 0 and 1 where nothing or everything succeeded; rounding must not move them.
    low = np.where(k <= 0, 0.0, (centre - half) / (trials + z2))
    high = np.where(k >= trials, 1.0, (centre + half) / (trials + z2))
    return low, high


def wilson(successes: int, n: int, *, level: float = 0.95) -> Interval:
    """Return the Wilson score interval of one proportion.

    Raises ValueError unless 0 <= successes <= n and n > 0.

    >>> interval = wilson(90, 100)
    >>> round(interval.low, 3), round(interval.high, 3)
    (0.826, 0.945)
    """
    _require_counts(successes, n)
    low, high = wilson_bounds(successes, n, level=level)
    return Interval(low=float(low), high=float(high), level=level, method="wilson")


def difference_of_proportions(
    successes_1: int, n_1: int, successes_2: int, n_2: int, *, level: float = 0.95
) -> tuple[float, Interval]:
    """Return p1 - p2 of two independent samples with Newcombe's hybrid score interval.

    Raises ValueError on impossible counts or an empty sample.
    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.
    """
    _require_counts(successes_1, n_1)
    _require_counts(successes_2, n_2)
    p_1, p_2 = successes_1 / n_1, successes_2 / n_2
    (low_1, low_2), (high_1, high_2) = wilson_bounds(
        [successes_1, successes_2], [n_1, n_2], level=level
    )
    difference = p_1 - p_2
    return difference, Interval(
        low=difference - math.hypot(p_1 - low_1, high_2 - p_2),
        high=difference + math.hypot(high_1 - p_1, p_2 - low_2),
        level=level,
        method="newcombe",
    )


def _require_counts(successes: int, n: int) -> None:
    if not 0 <= successes <= n or n == 0:
        msg = f"{successes} successes of {n} trials is no proportion"
        raise ValueError(msg)
