"""Intervals of one figure, and of the difference of two, from their spreads.

Sources: Hall (1992), JRSS B 54, 221-228, for skewed values; Wilson's interval at the effective
number of cases, Korn and Graubard (1998), Survey Methodology 24, 193-201; recovery of variances
from two intervals (MOVER), Zou and Donner (2008), Statistics in Medicine 27, 1693-1702, of which
Newcombe's interval for two shares is a case.
"""

from __future__ import annotations

import math

import numpy as np

from proveout.statistics.effects.cases import Floats
from proveout.statistics.effects.clusters import t_cut
from proveout.statistics.effects.estimate import Figure


def skewed(
    value: float, variance: float, third: float, freedom: float, confidence: float
) -> Figure:
    """Return Student's interval, corrected for skewness by Hall's cubic."""
    error = math.sqrt(variance)
    lean = third / variance**1.5 if variance > 0 else 0.0
    # What so few clusters can show at most; rounding may say more.
    lean = max(-0.9, min(0.9, lean))
    t = t_cut(freedom, confidence)
    return Figure(
        value=value,
        low=value - error * _at(t, lean),
        high=value - error * _at(-t, lean),
    )


def leaning(
    value: float, variance: float, third: float, freedom: float, confidence: float
) -> Figure:
    """Return Student's interval, corrected for a skewness that is known better than by one side.

    Hall's cubic makes up for a skewness that is read off the very cases, low where their mean is
    low; with one that does not move with the mean, it reaches many times too far on the long side.
    There the first term of Cornish and Fisher's expansion holds (Johnson 1978, JASA 73, 536-544).
    """
    hall = skewed(value, variance, third, freedom, confidence)
    if variance <= 0:
        return hall
    error, t = math.sqrt(variance), t_cut(freedom, confidence)
    lean = max(-0.9, min(0.9, third / variance**1.5))
    longer = error * (t + abs(lean) * (1 + 2 * t * t) / 6)
    return Figure(
        value=value,
        low=hall.low if lean >= 0 else max(hall.low, value - longer),
        high=min(hall.high, value + longer) if lean >= 0 else hall.high,
    )


def of_share(value: float, variance: float, n: int, freedom: float, confidence: float) -> Figure:
    """Return Wilson's interval at the effective number of cases, with Student's t.

    `n` is the number of clusters, which is the effective number where all cases are alike.
    """
    effective = float(n) if variance <= 0 else max(0.0, value * (1 - value)) / variance
    effective = max(effective, 1.0)
    t2 = t_cut(freedom, confidence) ** 2
    p = min(1.0, max(0.0, value))
    middle = (p + t2 / (2 * effective)) / (1 + t2 / effective)
    half = math.sqrt(t2 * p * (1 - p) / effective + (t2 / (2 * effective)) ** 2)
    half /= 1 + t2 / effective
    return Figure(
        value=value, low=max(0.0, min(p, middle - half)), high=min(1.0, max(p, middle + half))
    )


def difference(first: Figure, second: Figure) -> Figure:
    """Return second - first, of two independent figures, from their intervals."""
    value = second.value - first.value
    low = value - math.hypot(second.value - second.low, first.high - first.value)
    high = value + math.hypot(second.high - second.value, first.value - first.low)
    return Figure(value=value, low=low, high=high)


def ratio_less_one(first: Figure, second: Figure) -> Figure | None:
    """Return second / first - 1 of two independent positive figures; None where one may be 0."""
    if min(first.value, second.value) <= 0 or min(first.low, second.low) <= 0:
        return None
    logs = difference(*(_log(each) for each in (first, second)))
    return Figure(
        value=second.value / first.value - 1, low=math.expm1(logs.low), high=math.expm1(logs.high)
    )


def _log(figure: Figure) -> Figure:
    return Figure(
        value=math.log(figure.value), low=math.log(figure.low), high=math.log(figure.high)
    )


def unskewed(t: Floats, lean: Floats) -> Floats:
    """Return the T whose transformed value is t: the inverse of Hall's monotone cubic.

    `lean` is the skewness of the figure, not of the cases.
    """
    scale = np.where(np.abs(lean) < 1e-8, 1e-8, lean) / 3
    found: Floats = (np.cbrt(1 + 3 * scale * (t - scale / 2)) - 1) / scale
    return found


def _at(t: float, lean: float) -> float:
    return float(unskewed(np.float64(t), np.float64(lean)))  # type: ignore[arg-type]
