"""Quiet and harmful courses of an error rate, followed day by day for many lives at once.

Weeks are blocks of seven days, but nobody says on which day a block begins. So all seven beginnings
are followed, each a `Phase` of its own, and believed as far as the days so far speak for it.

Arrays begin with one entry per life, then [spread of days, spread of weeks, rate].
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from proveout.statistics.sequential._grid import Grid
from proveout.statistics.sequential.evalues import MOST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Day = tuple[Floats, Floats]

REDRAWN_A_WEEK = 1 / 35
"""How likely the quiet rate moves to another level, as far from the pilot's as weeks differ, or to
a lower one. So weeks may be alike for a while, and a rate that has improved may come back to what
the pilot had, without that counting as harm."""

LOWER = 0.2
"""How many of these moves are to a lower level, however low."""

AT_LAUNCH = 0.1
"""How likely harm, if there is any, begins on the first day: launch itself is a change."""

WEEK = 7

NONE_YET = -1e30
"""Logarithm of the likelihood of courses that have turned where none could yet."""


@dataclass(slots=True, kw_only=True)
class Phase:
    """The courses whose weeks begin on one of the seven days."""

    grid: Grid
    edge: int
    """Weeks begin on days whose number leaves this rest when divided by seven."""
    quiet: Floats
    """Belief in spreads and rate before this week, if nothing ever changes; sums to 1."""
    level: Floats
    """To where a quiet rate moves, for each pair of spreads; sums to 1 over rates."""
    scale: Floats
    """[life]: logarithm of the likelihood of the quiet course before this week."""
    harmful: Floats
    """Courses that turned harmful before this week; at most 1."""
    harmful_scale: Floats
    """[life]: the logarithm by which `harmful` is to be raised."""
    week: Floats
    """[life, spread of days, rate]: log-likelihood of the days of this week."""
    ahead: Floats = field(init=False)
    """[life, spread of days, rate in the week]: what `quiet` says of this week."""
    harmful_ahead: Floats = field(init=False)
    turns: list[tuple[Floats, Floats, Floats, Floats]] = field(default_factory=list)
    """Turns in this week: what was believed, its logarithm's scale, what it says of the week, and
    the log-likelihood of the days since then."""

    def __post_init__(self) -> None:
        """Look ahead to the first week."""
        self._look_ahead()

    def next_day(self, today: Floats, weight: float) -> tuple[Floats, Floats]:
        """Take in a day's log-likelihood; return the logarithms of (quiet, harmful), by life."""
        if weight > 0:
            likelihood, scale = _scaled(self.week)
            before = weight * self.quiet * self.grid.quiet_week(likelihood)
            ahead = self.grid.harmful_ahead(before)
            self.turns.append((before, self.scale + scale, ahead, np.zeros_like(today)))
        self.week = self.week + today
        self.turns = [(*turn, days + today) for *turn, days in self.turns]  # type: ignore[misc]
        harmful = self.harmful_scale + _log_total(self.harmful_ahead, self.week)
        for _, scale, ahead, days in self.turns:
            harmful = np.logaddexp(harmful, scale + _log_total(ahead, days))
        return self.scale + _log_total(self.ahead, self.week), harmful

    def close(self, weeks: int) -> None:
        """Begin a new week, after so many of which all but the first had no cases."""
        likelihood, scale = _scaled(self.week)
        parts = [(self.harmful * self.grid.harmful_week(likelihood), self.harmful_scale + scale)]
        for believed, before, _, days in self.turns:
            since, log = _scaled(days)
            parts.append((believed * self.grid.harmful_week(since), before + log))
        self.harmful, self.harmful_scale = _sum(parts)
        quiet = self.quiet * self.grid.quiet_week(likelihood)
        total = quiet.sum(axis=(1, 2, 3), keepdims=True)
        self.scale = self.scale + scale + np.log(total[:, 0, 0, 0])
        quiet /= total
        stayed = (1 - REDRAWN_A_WEEK) ** weeks
        self.quiet = stayed * quiet + (1 - stayed) * quiet.sum(axis=-1, keepdims=True) * self.level
        self.week, self.turns = np.zeros_like(self.week), []
        self._look_ahead()

    def _look_ahead(self) -> None:
        self.ahead = self.grid.quiet_ahead(self.quiet)
        self.harmful_ahead = self.grid.harmful_ahead(self.harmful)


@dataclass(slots=True, kw_only=True)
class Courses:
    """The state after some days. `next_day` is all that moves it."""

    grid: Grid
    phases: list[Phase]
    day: int
    """Number of the next day (date.toordinal)."""
    unspent: float = 1.0
    """Weight of the days still to come."""
    pending: float = AT_LAUNCH
    """Weight of the days without cases since the last one that had any."""
    last: int | None = None
    """Day of the last cases."""

    def __post_init__(self) -> None:
        """Set aside what is staked on the launch."""
        self.unspent -= self.pending

    def next_day(self, wrong: Floats, n: Floats, *, weight: float, after: int = 0) -> Floats:
        """Take in one day's counts; return the evidence of each life.

        `weight` is the day's share of the life: a turn on it is believed so much beforehand.
        `after` so many days without cases, which cost nothing.
        """
        self.day += after
        weight = min((1 - AT_LAUNCH) * weight * (1 + after), self.unspent)
        self.unspent -= weight
        today = self.grid.days(wrong, n)
        today = today - today.max(axis=(-2, -1), keepdims=True)
        both = []
        for phase in self.phases:
            ended = _weeks(self.day, phase.edge) - _weeks(self.last or self.day, phase.edge)
            if ended:
                phase.close(ended)
            both.append(phase.next_day(today, weight + self.pending))
        self.last, self.pending = self.day, 0.0
        self.day += 1
        quiet, harmful = (np.logaddexp.reduce(each, axis=0) for each in zip(*both, strict=True))
        ratio = np.minimum(harmful - quiet, np.log(MOST))
        return np.asarray(np.exp(ratio) + self.unspent)


def begin(grid: Grid, phases: Sequence[tuple[Floats, Floats]], *, day: int) -> Courses:
    """Begin to follow lives on a day, given for each phase what is believed after the pilot.

    That is the belief, and the logarithm of how likely it made the pilot.
    """
    best = np.max([log for _, log in phases], axis=0)
    phases = [(believed, log - best) for believed, log in phases]
    return Courses(
        grid=grid, phases=[_phase(grid, edge, *each) for edge, each in enumerate(phases)], day=day
    )


def _phase(grid: Grid, edge: int, believed: Floats, scale: Floats) -> Phase:
    lives, days, _, rates = believed.shape
    return Phase(
        grid=grid,
        edge=edge,
        quiet=believed,
        level=_levels(grid, believed),
        scale=scale,
        harmful=np.zeros_like(believed),
        harmful_scale=np.full(lives, NONE_YET),
        week=np.zeros((lives, days, rates)),
    )


def _levels(grid: Grid, believed: Floats) -> Floats:
    pilot = believed / np.maximum(believed.sum(axis=-1, keepdims=True), 1e-300)
    near = np.einsum("ldwr,wrs->ldws", pilot, grid.levels)
    lower = np.cumsum(pilot[..., ::-1], axis=-1)[..., ::-1]
    lower = lower / np.maximum(lower.sum(axis=-1, keepdims=True), 1e-300)
    return np.asarray((1 - LOWER) * near + LOWER * lower)


def learn(
    grid: Grid, believed: Floats, scale: Floats, week: Sequence[Day]
) -> tuple[Floats, Floats]:
    """Return what is believed after a week of quiet days, each (wrong, n) of all lives."""
    days = np.sum([grid.days(wrong, n) for wrong, n in week], axis=0)
    likelihood, log = _scaled(days)
    joint = believed * grid.quiet_week(likelihood)
    return _whole(joint), scale + log + np.log(joint.sum(axis=(1, 2, 3)))


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


def _weeks(day: int, edge: int) -> int:
    return (day - edge) // WEEK


def _scaled(logs: Floats) -> tuple[Floats, Floats]:
    top = logs.max(axis=(1, 2), keepdims=True)
    return np.exp(logs - top), top[:, 0, 0]


def _log_total(ahead: Floats, days: Floats) -> Floats:
    likelihood, scale = _scaled(days)
    total = np.einsum("ldr,ldr->l", ahead, likelihood)
    return np.asarray(scale + np.log(np.maximum(total, 1e-300)))


def _sum(parts: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    tops = [np.maximum(each.max(axis=(1, 2, 3)), 1e-300) for each, _ in parts]
    scale = np.max([np.log(top) + log for top, (_, log) in zip(tops, parts, strict=True)], axis=0)
    total = np.zeros_like(parts[0][0])
    for each, log in parts:
        total += each * np.exp(np.minimum(log - scale, 690))[:, None, None, None]
    return total, scale


def _whole(believed: Floats) -> Floats:
    return np.asarray(believed / believed.sum(axis=(1, 2, 3), keepdims=True))
