"""Quiet and harmful courses of an error rate, followed day by day for many lives at once.

Arrays begin with one entry per life, then [spread of days, spread of weeks, rate].
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from proveout.statistics.sequential._grid import BETS, Grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Day = tuple[Floats, Floats]

REDRAWN_A_WEEK = 1 / 52
"""How likely the quiet rate becomes another one of those that the pilot leaves possible. So a rate
that has improved may come back to what the pilot had without that counting as harm."""

WEEK = 7


@dataclass(slots=True, kw_only=True)
class Courses:
    """The state after some days. `next_day` is all that moves it."""

    grid: Grid
    quiet: Floats
    """Belief in spreads and rate before this week, if nothing ever changes; sums to 1."""
    pilot: Floats
    """Belief in the rate after the pilot, for each pair of spreads; sums to 1 over rates."""
    harmful: Floats
    """[bet, …] before this week, in the scale of `quiet`: courses that have turned harmful."""
    week: Floats
    """[life, spread of days, rate]: log-likelihood of the days of this week."""
    turns: list[tuple[Floats, Floats]] = field(default_factory=list)
    """Turns in this week: what was believed, times the weight of the day; days since then."""
    unspent: float = 1.0
    """Weight of the days still to come."""
    day: int = 0

    def next_day(self, wrong: Floats, n: Floats, *, weight: float) -> Floats:
        """Take in one day's counts; return the evidence of each life.

        `weight` is the day's share of the life: a turn on it is believed so much beforehand.
        """
        if self.day and self.day % WEEK == 0:
            self._close_week()
        weight = min(weight, self.unspent)
        self.unspent -= weight
        before = self.quiet * self.grid.quiet_week(np.exp(self.week))
        today = self.grid.days(wrong, n)
        today = today - today.max(axis=(-2, -1), keepdims=True)
        self.week = self.week + today
        self.turns = [(believed, days + today) for believed, days in self.turns]
        self.turns.append((weight * before, today))
        self.day += 1
        return self._evidence()

    def _evidence(self) -> Floats:
        whole = self.grid.quiet_week(np.exp(self.week))
        quiet = _total(self.quiet, whole)
        harmful = np.zeros_like(quiet)
        for bet, (steps, _) in enumerate(BETS):
            harmful += _total(self.harmful[bet], self.grid.raised(whole, steps))
        for believed, days in self.turns:
            harmful += _total(believed, self.grid.harmful_week(np.exp(days)))
        return harmful / quiet + self.unspent

    def _close_week(self) -> None:
        whole = self.grid.quiet_week(np.exp(self.week))
        quiet = self.quiet * whole
        for bet, (steps, stake) in enumerate(BETS):
            self.harmful[bet] *= self.grid.raised(whole, steps)
            for believed, days in self.turns:
                since = self.grid.quiet_week(np.exp(days))
                self.harmful[bet] += stake * believed * self.grid.raised(since, steps)
        scale = quiet.sum(axis=(1, 2, 3), keepdims=True)
        quiet, self.harmful = quiet / scale, self.harmful / scale
        redrawn = quiet.sum(axis=-1, keepdims=True) * self.pilot
        self.quiet = (1 - REDRAWN_A_WEEK) * quiet + REDRAWN_A_WEEK * redrawn
        self.week, self.turns = np.zeros_like(self.week), []


def begin(grid: Grid, believed: Floats) -> Courses:
    """Begin to follow lives, given what is believed of each after its pilot."""
    lives, days, _, rates = believed.shape
    return Courses(
        grid=grid,
        quiet=believed,
        pilot=believed / believed.sum(axis=-1, keepdims=True),
        harmful=np.zeros((len(BETS), *believed.shape)),
        week=np.zeros((lives, days, rates)),
    )


def learn(grid: Grid, believed: Floats, week: Sequence[Day]) -> Floats:
    """Return what is believed after a week of quiet days, each (wrong, n) of all lives."""
    days = np.sum([grid.days(wrong, n) for wrong, n in week], axis=0)
    likelihood = np.exp(days - days.max(axis=(-2, -1), keepdims=True))
    return _whole(believed * grid.quiet_week(likelihood))


def learn_total(grid: Grid, believed: Floats, wrong: Floats, n: Floats, *, weeks: float) -> Floats:
    """The same from a pilot of which only the sum is known, and over how many weeks it was taken.

    Each part of it comes from a week of its own, which tells `n / weeks` rows' worth of the week
    and not of the whole; so the spread of weeks counts as much as a mean over them leaves of it.
    """
    parts = max(1, round(weeks))
    even = grid.days(wrong / parts, n / parts)
    even = np.repeat(even[:, :1, :], believed.shape[1], axis=1)
    likelihood = np.exp(even - even.max(axis=-1, keepdims=True))
    for _ in range(parts):
        believed = _whole(believed * grid.quiet_week(likelihood))
    return believed


def widened(grid: Grid, believed: Floats, *, low: float, high: float) -> Floats:
    """Spread belief in each rate evenly over `low` to `high` times the rate, on the logarithm."""
    first, last = (round(float(np.log(end)) / grid.step) for end in (low, high))
    spread = [grid.raised(believed, -steps) for steps in range(first, last + 1)]
    return _whole(np.mean(spread, axis=0))


def _whole(believed: Floats) -> Floats:
    return np.asarray(believed / believed.sum(axis=(1, 2, 3), keepdims=True))


def _total(believed: Floats, likelihood: Floats) -> Floats:
    return np.asarray(np.einsum("ldwr,ldwr->l", believed, likelihood))
