"""The grid of rates on which quiet and harmful courses are told from each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WEEK_SPREADS = (0.0, 0.08, 0.16, 0.3, 0.5)
"""By how much quiet weeks may differ: standard deviation of the logarithm of the rate."""
DAY_SPREADS = (0.0, 0.1, 0.2, 0.35, 0.6)
"""The same of days within a week, relative to the rate."""
BELIEFS = (0.38, 0.27, 0.19, 0.11, 0.05)
"""How much each spread is believed before any data: small ones more, none excluded. More belief in
great ones makes early alarms rarer where weeks do differ, and each alarm later where they do
not; see benchmarks/lives."""

STEPS_OF_HARM = 8
"""Grid steps between a rate and the harmful one: 9 % each where harm is double."""

BETS = ((STEPS_OF_HARM * 5 // 8, 0.15), (STEPS_OF_HARM, 0.65), (STEPS_OF_HARM * 3 // 2, 0.1))
"""By how many steps harm is bet to raise the rate, and the share of the stake on each: mostly harm
as the charter has it, some on less and on more."""

GROSS = 0.1
"""The share of the stake on gross harm: any rate above the highest of BETS, evenly."""

LEAST_STEPS = 2
"""A harmful week is at least so many steps above the quiet rate: what has fallen is no harm."""

GREATEST_WEEK = 3.0
"""No quiet week has more than so many times the rate, however much weeks differ."""

_HIGHEST, _LOWEST = 0.99, 1e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rates, equally far apart on the logarithm, and what a week does to each."""

    rates: Floats
    """From low to high; one per point."""
    step: float
    """Between two points, on the logarithm."""
    weeks: Floats
    """[spread of weeks, rate of the whole, rate in the week]: how likely a week has that rate."""
    levels: Floats
    """The same of a level that stays for many weeks: not higher than half of harm."""
    harmful_weeks: Floats
    """The same once a course has turned harmful; what is bet on is drawn anew each week."""

    @classmethod
    def around(cls, rate: float, *, harm: float) -> Grid:
        """Make the grid for a system that is wrong about so often. Raises ValueError on no harm."""
        if not 1 < harm < math.inf:
            msg = f"harm is a multiple of the pilot's error rate above 1; got {harm}"
            raise ValueError(msg)
        step = math.log(harm) / STEPS_OF_HARM
        low = math.log(max(_LOWEST, min(rate, 0.5) / 12))
        points = math.ceil((math.log(_HIGHEST) - low) / step)
        rates = np.exp(math.log(_HIGHEST) - step * np.arange(points)[::-1])
        weeks = _weeks(points, step)
        return cls(
            rates=rates,
            step=step,
            weeks=weeks,
            levels=_levels(weeks),
            harmful_weeks=_harmful(weeks),
        )

    def start(self) -> Floats:
        """What is believed before any data, [spread of days, spread of weeks, rate]; sums to 1."""
        jeffreys = np.sqrt(self.rates / (1 - self.rates))  # on the logarithm
        spreads = np.multiply.outer(np.asarray(BELIEFS), np.asarray(BELIEFS))
        return np.asarray(np.multiply.outer(spreads, jeffreys / jeffreys.sum()))

    def days(self, wrong: Floats, n: Floats) -> Floats:
        """Log-likelihood of so many wrong of n on a day, [..., spread of days, rate].

        Beta-binomial with the mean of the grid's rate and the spread of DAY_SPREADS.
        """
        x, size = wrong[..., None, None], n[..., None, None]
        rates, spreads = self.rates[None, :], np.asarray(DAY_SPREADS[1:])[:, None]
        total = np.maximum((1 - rates) / (rates * spreads**2) - 1, 0.5)
        a, b = total * rates, total * (1 - rates)
        uneven = (
            gammaln(a + x) - gammaln(a)
            + gammaln(b + size - x) - gammaln(b)
            + gammaln(total) - gammaln(total + size)
        )  # fmt: skip
        even = x * np.log(rates) + (size - x) * np.log1p(-rates)
        return np.concatenate([even, uneven], axis=-2)

    def quiet_week(self, likelihood: Floats) -> Floats:
        """Average a week's likelihood [..., day spread, rate in the week] over what it may be.

        Returns [..., spread of days, spread of weeks, rate of the whole].
        """
        return _averaged(self.weeks, likelihood)

    def harmful_week(self, likelihood: Floats) -> Floats:
        """The same of a course that has turned harmful."""
        return _averaged(self.harmful_weeks, likelihood)

    def quiet_ahead(self, believed: Floats) -> Floats:
        """Return what a belief says of the rate in a quiet week, [..., spread of days, rate]."""
        return _ahead(self.weeks, believed)

    def harmful_ahead(self, believed: Floats) -> Floats:
        """The same of a harmful week."""
        return _ahead(self.harmful_weeks, believed)

    def raised(self, by_whole: Floats, steps: int) -> Floats:
        """Shift along the rates: what is at a rate is asked of one so many steps higher."""
        return by_whole[..., _up(len(self.rates), steps)]


def _up(points: int, steps: int) -> NDArray[np.intp]:
    return np.clip(np.arange(points) + steps, 0, points - 1)


def _averaged(weeks: Floats, likelihood: Floats) -> Floats:
    spreads, points, _ = weeks.shape
    flat = likelihood.reshape(-1, points) @ weeks.reshape(-1, points).T
    return np.asarray(flat.reshape(*likelihood.shape[:-1], spreads, points))


def _ahead(weeks: Floats, believed: Floats) -> Floats:
    spreads, points, _ = weeks.shape
    flat = believed.reshape(-1, spreads * points) @ weeks.reshape(-1, points)
    return np.asarray(flat.reshape(*believed.shape[:-2], points))


def _levels(weeks: Floats) -> Floats:
    points = np.arange(weeks.shape[-1])
    levels = weeks * (points[None, :] <= points[:, None] + STEPS_OF_HARM // 2)
    return np.asarray(levels / levels.sum(axis=-1, keepdims=True))


def _harmful(weeks: Floats) -> Floats:
    points = weeks.shape[-1]
    at, first = np.arange(points), _up(points, LEAST_STEPS)
    harmful = np.zeros_like(weeks)
    for steps, stake in BETS:
        raised = weeks[:, _up(points, steps), :] * (at[None, :] >= first[:, None])
        harmful += stake * raised / raised.sum(axis=-1, keepdims=True)
    gross = 1.0 * (at[None, :] >= _up(points, BETS[-1][0])[:, None])
    return np.asarray(harmful + GROSS * gross / gross.sum(axis=-1, keepdims=True))


def _weeks(points: int, step: float) -> Floats:
    """Normal weights on the logarithm, cut off at the ends of the grid."""
    apart = (np.arange(points)[None, :] - np.arange(points)[:, None]) * step
    kernels = []
    for spread in WEEK_SPREADS:
        if spread == 0:
            kernels.append(np.eye(points))
            continue
        weight = np.exp(-0.5 * (apart / spread) ** 2) * (apart <= math.log(GREATEST_WEEK))
        kernels.append(weight / weight.sum(axis=1, keepdims=True))
    return np.stack(kernels)
