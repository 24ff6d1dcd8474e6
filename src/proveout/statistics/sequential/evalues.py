"""Evidence against 'nothing has changed' as a number that may be multiplied and averaged.

An e-value is a number ≥ 0 whose mean is at most 1 as long as nothing has changed. So it is seldom
large by chance: P(E ≥ 1/a) ≤ a (Markov), and a product of them, each fair given the past, is ever
so large with probability a at most (Ville). Vovk and Wang, "E-values: calibration, combination and
applications", Annals of Statistics 49 (2021).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

MOST = 1e300
"""Greater ones are cut here, which only makes them smaller, so that they stay finite."""


def from_p(p: float) -> float:
    """Turn a p-value into an e-value, with no parameter to choose.

    The mean over k of the calibrators k * p**(k-1): (1 - p + p ln p) / (p (ln p)**2). A p-value of
    .001 gives 21, of 1e-6 gives 5,200. Raises ValueError outside 0 to 1 and on NaN: a test that
    could not be computed is not evidence of quiet.
    """
    if not 0 <= p <= 1:
        msg = f"a p-value lies between 0 and 1; got {p}"
        raise ValueError(msg)
    if p == 0:
        return MOST
    log = math.log(p)
    if log > -1e-4:  # the limit; the formula loses its digits here
        return 0.5 + (1 - p) / 6
    return min(MOST, (1 - p + p * log) / (p * log * log))


def from_p_at(p: float, at: float) -> float:
    """Turn a p-value into an e-value that is strongest where p-values of about `at` are expected.

    The calibrator k * p**(k-1) with the k that is best at `at`, namely -1 / ln(at).
    Raises ValueError outside 0 to 1, on NaN, and where `at` is not below 1/e.
    """
    if not 0 <= p <= 1 or not 0 < at < math.exp(-1):
        msg = f"p-values lie between 0 and 1, the expected one below .36; got {p} and {at}"
        raise ValueError(msg)
    k = -1 / math.log(at)
    return MOST if p == 0 else min(MOST, k * p ** (k - 1))


def to_p(e: float) -> float:
    """Return the p-value that an e-value stands for: 1/e, at most 1."""
    return 1.0 if e <= 1 else 1 / e


def average(values: Iterable[float], weights: Sequence[float] | None = None) -> float:
    """Combine e-values however they depend on each other: their weighted mean is one.

    Raises ValueError on none, or on weights that do not fit.
    """
    each = list(values)
    shares = [1.0] * len(each) if weights is None else list(weights)
    if not each or len(shares) != len(each) or min(shares) < 0 or sum(shares) <= 0:
        msg = f"there are {len(each)} e-values and {len(shares)} weights to combine"
        raise ValueError(msg)
    total = sum(shares)
    return min(MOST, sum(e * share / total for e, share in zip(each, shares, strict=True)))


def product(values: Iterable[float]) -> float:
    """Combine e-values of which each is fair given those before it, such as independent ones."""
    found = 1.0
    for e in values:
        if e == 0:
            return 0.0
        found = min(MOST, found * e)
    return found
