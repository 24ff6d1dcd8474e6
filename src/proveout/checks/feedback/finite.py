"""The share of a small number of people, of whom most were asked. Pure."""

from __future__ import annotations

from proveout.evidence.model import Interval
from proveout.statistics import wilson_bounds

METHOD = "wilson, finite population"


def wilson_of_few(successes: int, n: int, population: int, *, level: float = 0.95) -> Interval:
    """Return the Wilson score interval of a share of `population` people, n of whom answered.

    The variance of the share has the finite population correction (N - n) / (N - 1) of Cochran
    (1977), "Sampling Techniques", section 3.2; Wilson's bounds of as many more answers have that
    variance. Where all have answered nothing is inferred. Raises ValueError on impossible counts.
    """
    if not 0 <= successes <= n <= population or n == 0:
        msg = f"{successes} of {n} of {population}"
        raise ValueError(msg)
    share = successes / n
    if n == population:
        return Interval(low=share, high=share, level=level, method=METHOD)
    as_many = n * (population - 1) / (population - n)
    low, high = wilson_bounds(share * as_many, as_many, level=level)
    # Those who have not answered cannot take back what the others said.
    least, most = successes / population, (population - n + successes) / population
    return Interval(
        low=max(float(low), least), high=min(float(high), most), level=level, method=METHOD
    )
