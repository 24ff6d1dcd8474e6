"""When a figure that is looked at every day may decide, and with which interval.

Whoever looks often enough at an interval made for one look is fooled in the end. Here decisions
hang on planned looks: after whole weeks, each about a quarter later after the start than the one
before. Each look spends some of the error that is allowed for life; between two looks the last one
counts. Any design can be used, on `cases.until(look.day)` and with the look's own confidence.

Source: Lan and DeMets (1983), Biometrika 70, 659-663; spending as a power of the share of looks
that are over, as Kim and DeMets (1987), Biometrika 74, 149-154, have it for the share of
information; boundaries by the recursion of Armitage, McPherson and Rowe (1969), JRSS A 132.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from proveout.statistics.effects.cases import Floats

STEP = 1.25
"""How much later after the start each look is than the one before."""

WEEK = 7

HORIZON = 365
"""Days in which most pilots are decided, and most of the error is spent."""

WITHIN_HORIZON = 0.9
"""The part of the error that is spent within the horizon; the rest lasts for ever."""

SHAPE = 1.5
"""Power of spending within the horizon: little in the first weeks, when little can be told."""

GROWTH = 2.0
"""What is known is taken to grow with this power of time, as when ever more cases come in each
day. Where it grows more slowly, as with a steady flow (1), looks are more alike and err less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A planned look."""

    day: int
    """The last day that it covers; days since 1970."""
    confidence: float
    """Two-sided level of its interval, so that all looks for life err as rarely as was asked."""
    number: int
    """1 for the first."""


def decisive(begins: int, today: int, *, confidence: float, first_after: int = WEEK) -> Look | None:
    """Return the look whose interval counts today; None before the first.

    `begins` is the day of the rollout, `first_after` the days that the first look covers. The
    chance that the interval of any look ever, on a day that counts or not, misses the true figure
    is at most 1 - confidence.
    """
    ends = _lengths(today - begins + 1, first_after)
    if not ends:
        return None
    return Look(
        day=begins + ends[-1] - 1,
        confidence=_levels(confidence, first_after, len(ends))[-1],
        number=len(ends),
    )


def planned(
    begins: int, until: int, *, confidence: float, first_after: int = WEEK
) -> tuple[Look, ...]:
    """Return all looks up to a day, for a plan or a chart."""
    ends = _lengths(until - begins + 1, first_after)
    levels = _levels(confidence, first_after, len(ends))
    return tuple(
        Look(day=begins + end - 1, confidence=level, number=number)
        for number, (end, level) in enumerate(zip(ends, levels, strict=True), start=1)
    )


def _lengths(days: int, first_after: int) -> list[int]:
    """Return after how many days each look is, up to `days`."""
    lengths, next_one = [], max(1, first_after)
    while next_one <= days:
        lengths.append(next_one)
        # Whole weeks between looks, so that each has as many of every day of the week.
        next_one += WEEK * max(1, math.ceil(next_one * (STEP - 1) / WEEK - 1e-9))
    return lengths


def _spent(number: int, first_after: int) -> float:
    """Return the part of the error that is spent by a look and all before it."""
    within = max(1, len(_lengths(HORIZON, first_after)))
    if number <= within:
        return WITHIN_HORIZON * float((number / within) ** SHAPE)
    later = sum(1 / each**2 for each in range(1, number - within + 1))
    return WITHIN_HORIZON + (1 - WITHIN_HORIZON) * later / (math.pi**2 / 6)


@lru_cache(maxsize=64)
def _levels(confidence: float, first_after: int, n: int) -> tuple[float, ...]:
    """Return the two-sided level of each of the first n looks."""
    error = 1 - confidence
    lengths = [max(1, first_after)]
    while len(lengths) < n:
        lengths = _lengths(2 * lengths[-1] + 2 * WEEK, first_after)
    spent = [0.0, *(error * _spent(number, first_after) for number in range(1, n + 1))]
    steps = [later - earlier for earlier, later in pairwise(spent)]
    return tuple(1 - 2 * float(ndtr(-cut)) for cut in _cuts(lengths[:n], steps))


def _cuts(lengths: list[int], steps: list[float]) -> list[float]:
    """Return where |z| of each look must lie for the error of each look to be its step.

    Carries the density of z over looks, as far as none has been outside yet, on the nodes of a
    Gauss-Legendre quadrature.
    """
    nodes, weights = np.polynomial.legendre.leggauss(64)
    cuts: list[float] = []
    at, mass = np.zeros(1), np.ones(1)
    for number, (length, step) in enumerate(zip(lengths, steps, strict=True)):
        kept = (lengths[number - 1] / length) ** (GROWTH / 2) if number else 0.0
        spread = math.sqrt(1 - kept**2)
        centre = kept * at

        cut = _cut(mass, centre, spread, step)
        cuts.append(cut)
        z = cut * nodes
        density = np.exp(-0.5 * ((z[:, None] - centre) / spread) ** 2) / (
            spread * math.sqrt(2 * math.pi)
        )
        at, mass = z, cut * weights * (density @ mass)
    return cuts


def _cut(mass: Floats, centre: Floats, spread: float, step: float) -> float:
    """Return beyond which |z| the mass, now normal about each centre, comes to `step`."""

    def too_much(cut: float) -> float:
        beyond = ndtr((-cut - centre) / spread) + ndtr((centre - cut) / spread)
        return float(mass @ beyond) - step

    # One look alone, with this error, has the widest cut that can be needed.
    return float(brentq(too_much, 0.0, 1e-6 - float(ndtri(step / 2))))
