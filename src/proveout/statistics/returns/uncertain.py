"""Figures that are not known exactly, each as a quantile function.

Written so, one table of evenly spread points in the unit cube draws them all, an input is at its
5 % end by asking for it, and inputs that go together share a point.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtri

Floats = NDArray[np.float64]

TAIL = 0.05
"""How often a figure is below the low end of a range, and how often above the high one."""


class Uncertain(Protocol):
    """A figure that is not known exactly."""

    @property
    def is_exact(self) -> bool:
        """Whether it has one value alone."""
        ...

    def at(self, share: Floats) -> Floats:
        """Return the values below which it lies with these shares (0 to 1, not the ends)."""
        ...


@dataclass(frozen=True, slots=True)
class Exact:
    """A figure that is known exactly, or agreed."""

    value: float

    @property
    def is_exact(self) -> bool:
        """It is."""
        return True

    def at(self, share: Floats) -> Floats:
        """Return the value, as often as it is asked for."""
        return np.full(np.shape(share), float(self.value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A measured figure with its interval: a normal law on each side of the value.

    Its quantiles at the ends of the interval are the ends of the interval, whichever method they
    came from, and its median is the value; with equal sides it is the normal law of an estimate.
    """

    value: float
    low: float
    high: float
    level: float
    """Two-sided confidence of the interval."""
    least: float = -np.inf
    """What it cannot be below: a cost or a rate, zero."""
    most: float = np.inf

    @property
    def is_exact(self) -> bool:
        """A full count has no interval."""
        return self.low == self.high

    def at(self, share: Floats) -> Floats:
        """Return quantiles, cut at what cannot be."""
        deviates = ndtri(share)
        end = float(ndtri((1 + self.level) / 2))
        below = max(self.value - self.low, 0.0) / end
        above = max(self.high - self.value, 0.0) / end
        drawn = self.value + deviates * np.where(deviates < 0, below, above)
        return np.asarray(np.clip(drawn, self.least, self.most), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """A stated range: the triangle whose peak is `likely` and that leaves 5 % beyond each end.

    A triangle asks for no shape that nobody stated. It is fixed by its three figures, whatever
    they are, as long as they are in order.
    """

    low: float
    likely: float
    high: float
    least: float = -np.inf
    most: float = np.inf

    @property
    def is_exact(self) -> bool:
        """Three figures that are one."""
        return self.low == self.high

    def at(self, share: Floats) -> Floats:
        """Return quantiles of the triangle, cut at what cannot be."""
        if self.is_exact:
            return np.full(np.shape(share), float(self.likely))
        peak = self._peak()
        width = (self.high - self.low) / _within(peak)
        begins = self.likely - peak * width
        rising = np.sqrt(np.minimum(share, peak) * peak)
        falling = 1 - np.sqrt((1 - np.maximum(share, peak)) * (1 - peak))
        drawn = begins + width * np.where(share < peak, rising, falling)
        return np.asarray(np.clip(drawn, self.least, self.most), dtype=np.float64)

    def _peak(self) -> float:
        """Return how far along its base the peak stands, 0.05 to 0.95."""
        wanted = (self.likely - self.low) / (self.high - self.low)

        def off(peak: float) -> float:
            return (peak - math.sqrt(TAIL * peak)) / _within(peak) - wanted

        if off(TAIL) >= 0:
            return TAIL
        if off(1 - TAIL) <= 0:
            return 1 - TAIL
        return float(brentq(off, TAIL, 1 - TAIL, xtol=1e-12))


def _within(peak: float) -> float:
    """Return how much of its base lies between a triangle's 5 % and 95 % quantiles."""
    return 1 - math.sqrt(TAIL * peak) - math.sqrt(TAIL * (1 - peak))
