"""Beyond which values a figure lies outside the body of its field."""

from __future__ import annotations

import math
from dataclasses import dataclass

QUANTILES = (0.10, 0.25, 0.50, 0.75, 0.90)
"""Which quantiles the fences are made of."""

_Z_QUARTILE, _Z_DECILE = 0.67449, 1.28155
"""Standard normal quantiles of 0.75 and 0.90."""
_Z_FENCE = 3.5
"""Robust standard deviations to a fence on a normal field, after Iglewicz & Hoaglin: one figure in
2,000 lies beyond."""
_STEEPEST = 1.0
"""Largest skewness granted, that of a lognormal distribution with sigma 1. Granting more would put
the fence of a field with two humps a hundred times beyond its largest value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fences:
    """The lowest and highest value that is not an outlier; None where a side has no spread."""

    low: float | None
    high: float | None


def fences(deciles_and_quartiles: tuple[float, ...]) -> Fences | None:
    """Place fences from the QUANTILES of a field; None where neither side has a spread.

    Each side is taken for itself as a Tukey g-distribution, which is normal for g = 0 and lognormal
    for g > 0; g follows from how far the decile lies beyond the quartile. On a normal field the
    fences are those of the modified z-score; on a skewed field they follow the tail rather than cut
    it off.

    Source: Iglewicz & Hoaglin, How to Detect and Handle Outliers (1993); Hoaglin, "Summarizing
    shape numerically: the g-and-h distributions" (1985); Bruffaerts, Verardi & Vermandele, "A
    generalized boxplot for skewed and heavy-tailed distributions", Statistics & Probability
    Letters 95 (2014).
    """
    p10, p25, p50, p75, p90 = deciles_and_quartiles
    down, up = _reach(p50 - p25, p50 - p10), _reach(p75 - p50, p90 - p50)
    if down is None and up is None:
        return None
    return Fences(
        low=None if down is None else p50 - down,
        high=None if up is None else p50 + up,
    )


def _reach(to_quartile: float, to_decile: float) -> float | None:
    if not to_quartile > 0 or not math.isfinite(to_decile):
        return None
    g = _skewness(to_decile / to_quartile)
    reach = to_quartile * _stretch(_Z_FENCE, g) / _stretch(_Z_QUARTILE, g)
    return reach if math.isfinite(reach) else None


def _skewness(ratio: float) -> float:
    """Solve stretch(decile) / stretch(quartile) = ratio for g by halving; it grows with g."""
    low, high = 0.0, _STEEPEST
    for _ in range(40):
        g = (low + high) / 2
        if _stretch(_Z_DECILE, g) / _stretch(_Z_QUARTILE, g) < ratio:
            low = g
        else:
            high = g
    return low


def _stretch(z: float, g: float) -> float:
    return z if g < 1e-9 else math.expm1(g * z) / g
