"""Years that are quiet, and years in which harm begins on a random day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
YEAR = 365
_WEEKDAYS = np.array([1.0, 0.4, -0.4, -0.6, -0.2, -0.1, -0.1])
"""By how much of the setting's `weekday` each day's rate is higher: worst on Mondays."""
_VOLUME = np.array([1.3, 1.15, 1.05, 1.05, 1.05, 0.8, 0.6])


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a system and its labels are like."""

    name: str
    rate: float
    """Of errors, in the long run."""
    a_day: int
    """Answers a day whose truth becomes known (before any is lost)."""
    pilot: int
    """Rows of the pilot, taken day after day like those of the year."""
    weeks: float = 0.0
    """By how much quiet weeks differ: standard deviation of the logarithm of the rate."""
    days: float = 0.0
    """The same of days."""
    weekday: float = 0.0
    """By how much Mondays are worse; volumes then differ over the week as well."""
    harm: float = 2.0
    pilot_days_known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """Counts of many lives, [life, day]."""

    pilot_wrong: Floats
    pilot_n: Floats
    quiet: Floats
    harmed: Floats
    n: Floats
    harm_on: NDArray[np.int64]
    """First day of harm of each life."""


def play(setting: Setting, lives: int, seed: int) -> Lives:
    """Play lives of a year, each twice: as it would stay quiet, and with harm."""
    random = np.random.default_rng(seed)
    pilot_days = max(1, round(setting.pilot / setting.a_day))
    n = _volume(setting, pilot_days + YEAR, lives)
    rates = _rates(setting, pilot_days + YEAR, lives, random)
    pilot_n, year = n[:, :pilot_days], n[:, pilot_days:]
    pilot = random.binomial(pilot_n.astype(int), rates[:, :pilot_days])
    rates = rates[:, pilot_days:]
    harm_on = random.integers(14, YEAR - 60, lives)
    harmed = np.where(np.arange(YEAR) >= harm_on[:, None], rates * setting.harm, rates)
    return Lives(
        pilot_wrong=pilot.astype(float),
        pilot_n=pilot_n,
        quiet=random.binomial(year.astype(int), rates).astype(float),
        harmed=random.binomial(year.astype(int), np.minimum(harmed, 0.97)).astype(float),
        n=year,
        harm_on=harm_on,
    )


def _rates(setting: Setting, days: int, lives: int, random: np.random.Generator) -> Floats:
    """Weeks go on from the pilot into use, and begin on any day."""
    weeks = random.normal(-(setting.weeks**2) / 2, setting.weeks, (lives, days // 7 + 2))
    in_week = (np.arange(days) + random.integers(0, 7, (lives, 1))) // 7
    each = random.normal(-(setting.days**2) / 2, setting.days, (lives, days))
    pattern = 1 + setting.weekday * _WEEKDAYS[np.arange(days) % 7]
    rates = setting.rate * pattern * np.exp(np.take_along_axis(weeks, in_week, axis=1) + each)
    return np.clip(rates, 0, 0.97)


def _volume(setting: Setting, days: int, lives: int) -> Floats:
    shape = _VOLUME[np.arange(days) % 7] if setting.weekday else np.ones(days)
    return np.repeat(np.round(setting.a_day * shape)[None], lives, axis=0)
