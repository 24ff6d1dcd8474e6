"""From values to percentages of a track."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from proveout.evidence.figures import figure, with_unit

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
MOST_TICKS = 6
SMALLEST_EXTENT = 1e-9
"""Differences below this are not drawn; no metric has a unit in which they would matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A linear scale with round ends and ticks."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def percent(self, value: float) -> float:
        """Return where a value stands, 0 to 100; what lies outside is put at the edge."""
        share = (value - self.low) / (self.high - self.low)
        return 100.0 * min(1.0, max(0.0, share))


def tick_label(tick: float, scale: Scale, unit: str) -> str:
    """Write a tick of an upright axis; the unit stands at the highest alone, but for '%'."""
    said = figure(tick, unit)
    if unit == "fraction" or tick == scale.ticks[-1]:
        return said
    return said.removesuffix(with_unit("", unit))


def nice_scale(values: Iterable[float], *, from_zero: bool = False) -> Scale:
    """Return a scale that holds all finite values, with at most six round ticks."""
    finite = [value for value in values if math.isfinite(value)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 1.0)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low <= max(abs(low), abs(high)) * 1e-9 + SMALLEST_EXTENT:
        spread = max(abs(low) * 0.5, 100 * SMALLEST_EXTENT if low else 0.05)
        low, high = (low if from_zero else low - spread), high + spread
    step = _step(high - low)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(round(i * step, 12) for i in range(first, last + 1))
    return Scale(low=ticks[0], high=ticks[-1], ticks=ticks)


def _step(extent: float) -> float:
    raw = extent / (MOST_TICKS - 2)
    magnitude = 10.0 ** math.floor(math.log10(raw))
    return next(step * magnitude for step in _STEPS if step * magnitude >= raw * (1 - 1e-9))
