"""Work time against concurrency: mean, contention, crosstalk and how well they explain it.

mu(n) = b0 (1 + sigma (n - 1) + kappa n (n - 1)) is linear in b0, b0 sigma and b0 kappa, none of
which is negative. They are fitted as a generalised linear model with gamma errors and identity link
(McCullagh & Nelder 1989, ch. 8), by iteratively reweighted non-negative least squares; it asks for
means alone, so that the shape of the work time does not matter for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDS = 8
_LEAST_SPREAD = 1e-7
"""Of log work time: below it the clock, not the system, is what varies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slowing:
    """Mean work time by the number at work."""

    alone_s: float
    """Mean work time of a request that is alone."""
    contention: float
    crosstalk: float

    def factor(self, at_work: NDArray[np.int64]) -> NDArray[np.float64]:
        """How many times as long it takes with so many at work."""
        others = at_work - 1.0
        return 1.0 + others * (self.contention + self.crosstalk * at_work)


def fit_slowing(count: NDArray[np.float64], total: NDArray[np.float64]) -> Slowing:
    """Fit to requests counted by how many were at work.

    Args:
        count: number of requests with n at work, at index n; index 0 is not used.
        total: their work, seconds.
    """
    from scipy.optimize import nnls

    n = np.flatnonzero(count > 0)
    counted, mean = count[n], np.maximum(total[n] / count[n], 1e-9)
    columns = np.stack([np.ones(len(n)), n - 1.0, n * (n - 1.0)], axis=1)
    scale = columns.max(axis=0)
    scale[scale == 0] = 1.0
    columns = columns / scale
    expected = mean
    found = np.zeros(3)
    for _ in range(_ROUNDS):
        weight = np.sqrt(counted) / expected
        found, _ = nnls(columns * weight[:, None], mean * weight)
        now = np.maximum(columns @ found, 1e-9)
        if np.allclose(now, expected, rtol=1e-5):
            break
        expected = now
    alone, first, second = found / scale
    if alone <= 0:
        alone = float(mean[0])
    return Slowing(
        alone_s=float(alone), contention=float(first / alone), crosstalk=float(second / alone)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What a likelihood needs to know of work times; arrays by the number at work."""

    count: NDArray[np.float64]
    total: NDArray[np.float64]
    log: NDArray[np.float64]
    """Sum of logarithms."""
    log_squared: NDArray[np.float64]


def likelihoods(sums: Sums, slowing: Slowing) -> tuple[float, float]:
    """Log likelihood of work times, gamma and lognormal, each with its best spread."""
    from scipy.special import gammaln

    n = np.flatnonzero(sums.count > 0)
    weight, log_mean = sums.count[n], np.log(slowing.alone_s * slowing.factor(n))
    requests = float(weight.sum())
    scaled_log = float((sums.log[n] - weight * log_mean).sum()) / requests
    scaled_mean = float((sums.total[n] / np.exp(log_mean)).sum()) / requests
    spread = max(math.log(scaled_mean) - scaled_log, _LEAST_SPREAD)
    shape = (3 - spread + math.sqrt((spread - 3) ** 2 + 24 * spread)) / (12 * spread)
    log_total = float(sums.log[n].sum())
    gamma = (
        requests
        * (shape * math.log(shape / scaled_mean) - float(gammaln(shape)) + shape * scaled_log)
        - requests * shape
        - log_total
    )
    square = sums.log_squared[n] - 2 * log_mean * sums.log[n] + weight * log_mean**2
    variance = max(float(square.sum()) / requests - scaled_log**2, _LEAST_SPREAD)
    lognormal = -0.5 * requests * (math.log(2 * math.pi * variance) + 1) - log_total
    return gamma, lognormal
