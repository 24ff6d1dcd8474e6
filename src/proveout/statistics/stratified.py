"""Means and shares of a population, estimated from a stratified sample."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from proveout.evidence.model import Interval


def stratified_mean(
    values: Sequence[float],
    strata: Sequence[str],
    populations: Mapping[str, int],
    *,
    level: float = 0.95,
) -> tuple[float, Interval]:
    """Estimate the mean of a population (of zeros and ones: a share), with its interval.

    `values` and `strata` are of the records drawn, `populations` the records of each stratum. The
    Horvitz-Thompson estimate is the sum of each stratum's mean times its share of the population;
    its variance has the finite population correction of each, and the interval is Student's t with
    Satterthwaite's degrees of freedom. Source: Cochran (1977), Sampling Techniques, 3rd ed.,
    chapter 5, (5.7), (5.14) and (5.16). Raises ValueError where a stratum was not drawn from.
    """
    from scipy.special import stdtrit

    y, of = np.asarray(values, dtype=float), np.asarray(strata, dtype=object)
    total = sum(populations.values())
    mean, variance, spread = 0.0, 0.0, 0.0
    for name, n_population in populations.items():
        drawn = y[of == name]
        n = len(drawn)
        if n == 0:
            msg = f"no record of stratum '{name}' was drawn"
            raise ValueError(msg)
        mean += n_population / total * float(drawn.mean())
        if n in (1, n_population):
            continue
        part = (n_population / total) ** 2 * (1 - n / n_population) * float(drawn.var(ddof=1)) / n
        variance += part
        spread += part**2 / (n - 1)
    freedom = variance**2 / spread if spread else math.inf
    reach = math.sqrt(variance) * float(stdtrit(min(freedom, 1e6), (1 + level) / 2))
    return mean, Interval(low=mean - reach, high=mean + reach, level=level, method="stratified-t")
