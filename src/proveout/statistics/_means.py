"""Means: one, the difference of two, and how much larger one is than the other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri, stdtrit

from proveout.evidence.model import Interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def mean(values: ArrayLike, *, level: float = 0.95) -> tuple[float, Interval]:
    """Return the mean with Hall's interval: Student's t, corrected for skewness.

    Errors are skewed, and plain t misses their mean too often below some hundred rows; without
    skewness the two are the same. Raises ValueError below two values, or where one is not finite.
    Source: Hall (1992), "On the removal of skewness by transformation", JRSS B 54, 221-228.
    """
    x = _finite(values)
    centre = float(x.mean())
    return _hall(centre, [float(np.mean((x - centre) ** power)) for power in (2, 3)], x.size, level)


def mean_of_sums(
    n: int, total: float, squares: float, cubes: float, *, level: float = 0.95
) -> tuple[float, Interval]:
    """Return the same from the number of values and the sums of their first three powers."""
    if n < 2:
        msg = f"an interval needs at least two values, not {n}"
        raise ValueError(msg)
    centre = total / n
    # Rounding can make the variance of constant values slightly negative.
    second = max(0.0, squares / n - centre**2)
    third = cubes / n - 3 * centre * squares / n + 2 * centre**3
    return _hall(centre, [second, third], n, level)


def paired_difference(
    first: ArrayLike, second: ArrayLike, *, level: float = 0.95
) -> tuple[float, Interval]:
    """Return mean(first) - mean(second) over the same rows, in the same order.

    Where both hold only 0 and 1 (or booleans), the interval is Bonett and Price's adjusted Wald
    interval for paired proportions, which holds where few or no rows changed; otherwise the
    interval of `mean` on the differences.
    Raises ValueError on different lengths or fewer than two rows.
    Source: Bonett and Price (2012), J. Educational and Behavioral Statistics 37, 479-488.
    """
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if a.shape != b.shape:
        msg = f"pairs have two sides: {a.size} rows here and {b.size} there"
        raise ValueError(msg)
    if not (_is_binary(a) and _is_binary(b)):
        return mean(a - b, level=level)
    if a.size < 2:
        msg = f"an interval needs at least two rows, not {a.size}"
        raise ValueError(msg)
    n, only_first, only_second = a.size, float(np.sum(a > b)), float(np.sum(b > a))
    p_1, p_2 = (only_first + 1) / (n + 2), (only_second + 1) / (n + 2)
    centre = p_1 - p_2
    half = float(ndtri((1 + level) / 2)) * math.sqrt((p_1 + p_2 - centre**2) / (n + 2))
    return (only_first - only_second) / n, Interval(
        low=max(-1.0, centre - half),
        high=min(1.0, centre + half),
        level=level,
        method="bonett-price",
    )


def difference_of_means(
    first: ArrayLike, second: ArrayLike, *, level: float = 0.95
) -> tuple[float, Interval]:
    """Return mean(first) - mean(second) of two independent samples with Welch's t interval."""
    a, b = _finite(first), _finite(second)
    v_a, v_b = float(a.var(ddof=1)) / a.size, float(b.var(ddof=1)) / b.size
    difference, spread = float(a.mean() - b.mean()), v_a + v_b
    if spread == 0:
        return difference, Interval(low=difference, high=difference, level=level, method="welch-t")
    freedom = spread**2 / (v_a**2 / (a.size - 1) + v_b**2 / (b.size - 1))
    half = float(stdtrit(freedom, (1 + level) / 2)) * math.sqrt(spread)
    return difference, Interval(
        low=difference - half, high=difference + half, level=level, method="welch-t"
    )


def relative_increase(
    before: ArrayLike, after: ArrayLike, *, level: float = 0.95
) -> tuple[float, Interval]:
    """Return mean(after) / mean(before) - 1 of two independent samples of positive losses.

    The interval is the delta method's on the logarithm of the ratio.
    Raises ValueError where a mean is not above zero: nothing can be put in relation to it.
    """
    a, b = _finite(before), _finite(after)
    m_a, m_b = _positive_mean(a), _positive_mean(b)
    variance = a.var(ddof=1) / (a.size * m_a**2) + b.var(ddof=1) / (b.size * m_b**2)
    freedom = min(a.size, b.size) - 1
    return _log_ratio(m_b / m_a, float(variance), freedom, level)


def paired_relative_increase(
    before: ArrayLike, after: ArrayLike, *, level: float = 0.95
) -> tuple[float, Interval]:
    """Return mean(after) / mean(before) - 1 of positive losses on the same rows, in order.

    Raises ValueError on different lengths, or where a mean is not above zero.
    """
    a, b = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if a.shape != b.shape:
        msg = f"pairs have two sides: {a.size} rows here and {b.size} there"
        raise ValueError(msg)
    m_a, m_b = _positive_mean(_finite(a)), _positive_mean(_finite(b))
    influence = b / m_b - a / m_a
    return _log_ratio(m_b / m_a, float(influence.var(ddof=1)) / a.size, a.size - 1, level)


def _hall(centre: float, moments: list[float], n: int, level: float) -> tuple[float, Interval]:
    """Moments are the second and third about the mean."""
    second, third = moments
    error = math.sqrt(second / (n - 1))
    scale = second * math.sqrt(second)
    # No n values can be more skewed than this; where rounding says so, they are constant.
    most = (n - 2) / math.sqrt(n - 1)
    skewness = min(most, max(-most, third / scale)) if scale > 0 else 0.0
    t = float(stdtrit(n - 1, (1 + level) / 2))
    return centre, Interval(
        low=centre - error * _unskewed(t, skewness, n),
        high=centre - error * _unskewed(-t, skewness, n),
        level=level,
        method="hall-t",
    )


def _unskewed(t: float, skewness: float, n: int) -> float:
    """Return the T whose transformed value is t: the inverse of Hall's monotone cubic."""
    shifted = t - skewness / (6 * math.sqrt(n))
    scale = skewness / (3 * math.sqrt(n))
    if abs(scale) < 1e-9:
        return shifted
    return (float(np.cbrt(1 + 3 * scale * shifted)) - 1) / scale


def _log_ratio(ratio: float, variance: float, freedom: int, level: float) -> tuple[float, Interval]:
    half = float(stdtrit(freedom, (1 + level) / 2)) * math.sqrt(variance)
    return ratio - 1, Interval(
        low=ratio * math.exp(-half) - 1,
        high=ratio * math.exp(half) - 1,
        level=level,
        method="delta-log",
    )


def _finite(values: ArrayLike) -> NDArray[np.float64]:
    x = np.asarray(values, dtype=float)
    if x.size < 2 or not np.isfinite(x).all():
        msg = f"an interval needs at least two values, all finite; got {x.size}"
        raise ValueError(msg)
    return x


def _positive_mean(x: NDArray[np.float64]) -> float:
    centre = float(x.mean())
    if centre <= 0:
        msg = f"a relative increase needs positive means; got {centre}"
        raise ValueError(msg)
    return centre


def _is_binary(x: NDArray[np.float64]) -> bool:
    return bool(np.isin(x, (0.0, 1.0)).all())
