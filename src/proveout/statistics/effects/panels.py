"""Cases put together by team and week, as designs that compare teams over time need them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from proveout.statistics.effects.cases import Cases, Flags, Floats, Ints, Statistic

WEEK = 7
MONTH = 28
"""Days of a period: a week, or four where teams have too few cases in a week."""

FEWEST_A_WEEK = 3
"""Median number of a team's cases below which four weeks are put together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One entry for each team, period and way of working that has cases."""

    team: Ints
    """Codes 0, 1, … without gaps."""
    period: Ints
    """Counted from the first, in units of `days`."""
    treated: Flags
    n: Ints
    weight: Floats
    """Number of cases, or the exposure of a rate."""
    value: Floats
    """Mean, share or rate of the entry."""
    chance: Floats
    """Variance of that by chance within the entry, were all entries equally noisy inside."""
    rollout: Ints
    """For each team, the day from which on it had the system."""
    days: int
    """Length of a period."""
    begins: int
    """First day of the first period."""

    @property
    def n_teams(self) -> int:
        """How many teams there are."""
        return len(self.rollout)

    @property
    def lag(self) -> Floats:
        """Periods from the rollout to the middle of each entry's period; below zero before it."""
        middle = self.begins + (self.period + 0.5) * self.days
        return (middle - self.rollout[self.team]) / self.days

    def where(self, chosen: Flags) -> Panel:
        """Return the chosen entries, teams as they are."""
        return replace(
            self,
            team=self.team[chosen],
            period=self.period[chosen],
            treated=self.treated[chosen],
            n=self.n[chosen],
            weight=self.weight[chosen],
            value=self.value[chosen],
            chance=self.chance[chosen],
        )


def panel_of(
    cases: Cases, team: Ints, rollout: Ints, statistic: Statistic, *, fewest: int = FEWEST_A_WEEK
) -> Panel:
    """Put cases together; `team` are codes without gaps, `rollout` the day of each team.

    Four weeks are put together where the median team has fewer than `fewest` cases in a week.
    """
    begins = int(cases.day.min())
    treated = cases.day >= rollout[team]
    days = _days(cases, team, begins, fewest)
    period = (cases.day - begins) // days
    n_periods = int(period.max()) + 1
    key = (team * n_periods + period) * 2 + treated
    size = len(rollout) * n_periods * 2

    weight = cases.exposure if statistic.kind == "rate" else None
    count = np.bincount(key, minlength=size)
    exposure = count.astype(float) if weight is None else np.bincount(key, weight, size)
    there = np.flatnonzero((count > 0) & (exposure > 0))
    total = np.bincount(key, cases.value, size)[there]
    value = total / exposure[there]

    mean = np.zeros(size)
    mean[there] = value
    off = cases.value - mean[key] * (1.0 if weight is None else weight)
    # Of a rate, what a case adds beyond what its exposure would bring; of a mean, the same with 1.
    within = float(off @ off) / max(1, len(cases) - len(there))
    chance = within * count[there] / exposure[there] ** 2
    return Panel(
        team=(there // (2 * n_periods)).astype(np.int64),
        period=(there // 2 % n_periods).astype(np.int64),
        treated=there % 2 == 1,
        n=count[there],
        weight=exposure[there].astype(float),
        value=value,
        chance=chance,
        rollout=rollout,
        days=days,
        begins=begins,
    )


def entry_of(panel: Panel, day: Ints, team: Ints) -> Ints:
    """Return the entry that each case belongs to; -1 where the panel does not hold it."""
    period = (day - panel.begins) // panel.days
    n_periods = int(period.max()) + 1
    treated = day >= panel.rollout[team]
    place = np.full(panel.n_teams * n_periods * 2, -1)
    place[(panel.team * n_periods + panel.period) * 2 + panel.treated] = np.arange(len(panel.team))
    return np.asarray(place[(team * n_periods + period) * 2 + treated])


def _days(cases: Cases, team: Ints, begins: int, fewest: int) -> int:
    weeks = (cases.day - begins) // WEEK
    counts = np.bincount(team * (int(weeks.max()) + 1) + weeks)
    there = counts[counts > 0]
    return WEEK if np.median(there) >= fewest else MONTH
