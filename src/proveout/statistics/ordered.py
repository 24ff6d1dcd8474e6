"""A quantile, or a share, of what comes in stretches of time that are alike in themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from proveout.evidence.model import Interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """A quantile by order statistics."""

    value: float
    """Infinite where so many values are."""
    low: float
    high: float
    """Infinite where nothing bounds it: too few values, or infinite ones among the largest."""
    n: int
    level: float

    @property
    def interval(self) -> Interval | None:
        """Both bounds; None where one is infinite."""
        if not math.isfinite(self.high) or not math.isfinite(self.low):
            return None
        return Interval(low=self.low, high=self.high, level=self.level, method="woodruff, blocks")


def quantile_within_blocks(
    values: ArrayLike, blocks: ArrayLike, *, q: float, level: float = 0.95
) -> Quantile:
    """Return the smallest value that a share `q` of all does not exceed, with its interval.

    Values of one block of time (`blocks` numbers them from 0) may be alike: the bounds of the share
    below the quantile are those of as many independent values as its spread between blocks
    allows, and the values at these shares bound the quantile. Infinite values are larger than all.
    Raises ValueError without any value, or for a q that is not between 0 and 1.
    Source: Woodruff (1952), J. American Statistical Association 47, 635-646; effective number after
    Korn and Graubard (1998), Survey Methodology 24, 193-201.
    """
    found, where = np.asarray(values, dtype=float), np.asarray(blocks, dtype=np.int64)
    n = len(found)
    if n == 0 or not 0 < q < 1:
        msg = "a quantile is that of at least one value, at a share between 0 and 1"
        raise ValueError(msg)
    ranked = np.sort(found)
    value = float(ranked[math.ceil(q * n) - 1])
    # Within one value of many, such as a timeout, the share below says nothing of the spread.
    totals = np.bincount(where).astype(float)
    of_kind = np.bincount(where, weights=found <= value, minlength=len(totals)).astype(float)
    effective = n / _design_effect(of_kind, totals, level)
    low, high = _bounds(q, effective, level)
    first = math.ceil(low * n) - 1
    last = math.ceil(high * n) - 1 if high * (n + 1) <= n else n
    return Quantile(
        value=value,
        low=float(ranked[max(first, 0)]) if low > 0 else -math.inf,
        high=float(ranked[last]) if last < n else math.inf,
        n=n,
        level=level,
    )


def share_within_blocks(
    successes: ArrayLike, trials: ArrayLike, *, level: float = 0.95
) -> tuple[float, Interval]:
    """Return the pooled share of blocks of time, with Wilson's interval.

    It is taken at as many independent trials as the spread between blocks allows. Where all or
    none are successes the blocks say nothing of that, and each trial counts.
    Raises ValueError without any trial.
    """
    from proveout.statistics import wilson_bounds

    k, m = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    n = float(m.sum())
    if n == 0:
        msg = "a share of no trials is unknown"
        raise ValueError(msg)
    value = float(k.sum()) / n
    effective = n / _design_effect(k, m, level)
    low, high = wilson_bounds(value * effective, effective, level=level)
    return value, Interval(low=float(low), high=float(high), level=level, method="wilson, blocks")


def _design_effect(
    successes: NDArray[np.float64], trials: NDArray[np.float64], level: float
) -> float:
    """Return how many times the variance of a share is that of independent trials; 1 at least.

    Few blocks show their spread badly, for which Student's quantile makes up.
    """
    from scipy.stats import norm, t

    k, m = successes[trials > 0].astype(float), trials[trials > 0].astype(float)
    n, used = float(m.sum()), len(m)
    p = float(k.sum()) / n
    if used == 1 or not 0 < p < 1:
        return 1.0
    off = k - p * m
    variance = float(off @ off) * used / (used - 1) / n**2
    found = variance / (p * (1 - p) / n)
    if found <= 1:
        return 1.0
    upper = (1 + level) / 2
    return found * float(t.ppf(upper, used - 1) / norm.ppf(upper)) ** 2


def _bounds(q: float, effective: float, level: float) -> tuple[float, float]:
    """Return the bounds of a share of so many independent trials (Clopper and Pearson 1934)."""
    from scipy.stats import beta

    k, tail = q * effective, (1 - level) / 2
    low = float(beta.ppf(tail, k, effective - k + 1))
    high = float(beta.ppf(1 - tail, k + 1, effective - k))
    return low, high
