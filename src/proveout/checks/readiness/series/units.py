"""A change of unit: the figures of a field are all so many times as large as before.

Months differ among themselves, so a change counts only where it is far beyond what the deliveries
before it differed by, alike at all quantiles, and by a factor that one unit has to another (or is
beyond any doubt).
"""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from proveout.checks.readiness.series.profile import ColumnProfile

FACTORS: tuple[tuple[float, str, str], ...] = (
    (10, "shifted by one decimal place", "shifted by one decimal place"),
    (100, "as in cents instead of whole units, or per cent instead of shares",
     "as in whole units instead of cents, or shares instead of per cent"),
    (1000, "as in grams instead of kilograms, or metres instead of kilometres",
     "as in kilograms instead of grams, or thousands instead of single units"),
    (1_000_000, "as in single units instead of millions", "as in millions instead of single units"),
    (1.609344, "as in kilometres instead of miles", "as in miles instead of kilometres"),
    (1.852, "as in kilometres instead of nautical miles",
     "as in nautical miles instead of kilometres"),
    (3.28084, "as in feet instead of metres", "as in metres instead of feet"),
    (2.54, "as in centimetres instead of inches", "as in inches instead of centimetres"),
    (25.4, "as in millimetres instead of inches", "as in inches instead of millimetres"),
    (2.204623, "as in pounds instead of kilograms", "as in kilograms instead of pounds"),
    (3.785412, "as in litres instead of US gallons", "as in US gallons instead of litres"),
    (7, "as in days instead of weeks", "as in weeks instead of days"),
    (12, "as in months instead of years, or pieces instead of dozens",
     "as in years instead of months, or dozens instead of pieces"),
    (24, "as in hours instead of days", "as in days instead of hours"),
    (60, "as in minutes instead of hours, or seconds instead of minutes",
     "as in hours instead of minutes, or minutes instead of seconds"),
    (3600, "as in seconds instead of hours", "as in hours instead of seconds"),
    (86400, "as in seconds instead of days", "as in days instead of seconds"),
)  # fmt: skip
"""How many times as large; what it looks like; what the inverse looks like."""

_AFFINE = (
    (1.8, 32.0, "as in Fahrenheit instead of Celsius"),
    (1 / 1.8, -32.0 / 1.8, "as in Celsius instead of Fahrenheit"),
    (1.0, 273.15, "as in kelvin instead of Celsius"),
    (1.0, -273.15, "as in Celsius instead of kelvin"),
)
_HOTTEST = 500.0
"""Of what people measure the temperature of."""
_TOLERANCE = {False: 0.1, True: 0.25}
"""Most that a factor below 10, or one from 10 on, may be missed by: large ones lie far apart."""
_CERTAIN = 5.0
"""Deviations from the usual that make a change of a known factor."""
_BEYOND_DOUBT = 10.0
"""Likewise where no unit is known that would explain it, and at least THRICE."""
_THRICE = math.log(3)
_ALONE = 0.06
"""Deviation that is taken for usual where there is but one delivery to compare with."""
_LEAST = 0.01
_RECENT = 12
"""Deliveries back that tell what is usual: a field may grow slowly."""
_FEW = 30
"""Figures below which nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How the figures of one delivery compare with what is usual."""

    factor: float | None
    words: str


@dataclass(slots=True)
class Sizes:
    """The sizes of a field's figures in deliveries of one unit."""

    profiles: Sequence[ColumnProfile | None]
    recent: deque[ColumnProfile] = field(default_factory=lambda: deque(maxlen=_RECENT))

    def add(self, at: int) -> None:
        """Take in one more delivery."""
        profile = self.profiles[at]
        if profile is not None:
            self.recent.append(profile)

    def differs(self, at: int) -> bool:
        """Tell whether a delivery is in another unit."""
        return self.scale(at) is not None

    def scale(self, at: int) -> Scale | None:
        """Say how a delivery's unit is another one; None where it is the same for all we know."""
        profile = self.profiles[at]
        if profile is None or not self.recent:
            return None
        return (
            _turned(self.recent, profile)
            or _factor(self.recent, profile)
            or _affine(self.recent, profile)
        )


def can_be_scaled(profile: ColumnProfile | None) -> bool:
    """Tell whether there are figures that vary: of a constant nobody can tell the unit."""
    if profile is None or profile.sizes is None or profile.quantiles is None:
        return False
    return profile.n_filled >= _FEW and profile.sizes[-1] - profile.sizes[0] > 0.05


def _turned(recent: Sequence[ColumnProfile], now: ColumnProfile) -> Scale | None:
    """Costs that were positive and are negative now, or the other way round."""
    usual = [each.negative for each in recent]
    became = max(usual) <= 0.1 and now.negative >= 0.9
    ceased = min(usual) >= 0.9 and now.negative <= 0.1
    if became or ceased:
        return Scale(factor=-1.0, words="have the opposite sign")
    return None


def _factor(recent: Sequence[ColumnProfile], now: ColumnProfile) -> Scale | None:
    if now.sizes is None:
        return None
    usual = [each.sizes for each in recent if each.sizes is not None]
    middle = [statistics.median(column) for column in zip(*usual, strict=True)]
    apart = [mine - theirs for mine, theirs in zip(now.sizes, middle, strict=True)]
    shift = statistics.mean(sorted(apart)[1:-1])  # single quantiles may jump from value to value
    noise, unevenness = _noise(usual, middle)
    error = math.hypot(_error(now), statistics.median(map(_error, recent)) / len(recent) ** 0.5)
    noise = math.hypot(noise, error)
    uneven = max(apart) - min(apart)
    if abs(shift) < _CERTAIN * noise or uneven > max(0.12, 3 * unevenness, 4 * error):
        return None
    factor, words, inverse = min(FACTORS, key=lambda each: abs(abs(shift) - math.log(each[0])))
    if abs(abs(shift) - math.log(factor)) <= max(0.05, min(_TOLERANCE[factor >= 10], 3 * noise)):
        if shift > 0:
            return Scale(factor=factor, words=f"are {factor:,.4g} times as large, {words}")
        return Scale(
            factor=1 / factor, words=f"are one part in {factor:,.4g} of what they were, {inverse}"
        )
    if abs(shift) >= max(_THRICE, _BEYOND_DOUBT * noise) and len(usual) > 1:
        times = math.exp(abs(shift))
        words = f"{times:,.2g} times as large" if shift > 0 else f"{times:,.2g} times smaller"
        return Scale(factor=math.exp(shift), words=f"are about {words} throughout")
    return None


def _error(profile: ColumnProfile) -> float:
    """Return the standard error of a median: the density about it is half over the quartiles."""
    if profile.sizes is None:
        return 0.0
    return (profile.sizes[3] - profile.sizes[1]) / math.sqrt(profile.n_filled)


def _far(quantiles: Sequence[float]) -> float:
    return max(abs(quantiles[0]), abs(quantiles[-1]))


def _noise(usual: Sequence[Sequence[float]], middle: Sequence[float]) -> tuple[float, float]:
    """Return by how much deliveries of one unit differ: in size, and from quantile to quantile."""
    if len(usual) == 1:
        return _ALONE, _ALONE
    moved = [[a - b for a, b in zip(each, middle, strict=True)] for each in usual]
    spread = 1.4826 * statistics.median(abs(statistics.mean(sorted(m)[1:-1])) for m in moved)
    widest = statistics.median(max(each) - min(each) for each in moved)
    # Few deliveries say little about how much they differ.
    least = max(_LEAST, _ALONE / len(usual))
    return max(spread, least), max(widest, least)


def _affine(recent: Sequence[ColumnProfile], now: ColumnProfile) -> Scale | None:
    usual = [each.quantiles for each in recent if each.quantiles is not None]
    if len(usual) < 3 or now.quantiles is None or _far(now.quantiles) > _HOTTEST:
        return None
    columns: list[tuple[float, ...]] = list(zip(*usual, strict=True))
    middle = [statistics.median(column) for column in columns]
    error = max((middle[3] - middle[1]) / math.sqrt(now.n_filled), 1e-9)
    noise: list[float] = [
        max(1.4826 * statistics.median([abs(v - m) for v in column]), 0.01 * abs(m), error)
        for column, m in zip(columns, middle, strict=True)
    ]

    def off(values: Sequence[float]) -> float:
        return statistics.median(
            [abs(v - m) / s for v, m, s in zip(values, middle, noise, strict=True)]
        )

    if off(now.quantiles) < _CERTAIN:
        return None
    for slope, intercept, words in _AFFINE:
        if off([(v - intercept) / slope for v in now.quantiles]) < 1.5:
            return Scale(factor=None, words=f"look as if in another unit, {words}")
    return None
