"""The two sides of a drawn comparison, each with how far its figure may be off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from proveout.statistics.effects.alternation import Waves, waves
from proveout.statistics.effects.cases import AssignedBy, Cases, Floats, Ints, Statistic
from proveout.statistics.effects.clusters import Spread, in_stretches, spread, welch, with_days
from proveout.statistics.effects.succession import stretches

Design = Literal["randomised", "alternating"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be estimated, and how it was drawn."""

    statistic: Statistic
    confidence: float
    design: Design
    assigned_by: AssignedBy

    @property
    def takes_turns(self) -> bool:
        """Whether the system was on and off in turns."""
        return self.design == "alternating"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One arm's figure with its spreads: (variance, degrees of freedom)."""

    value: float
    drawn: tuple[float, float]
    """As far as it makes the difference between the arms uncertain."""
    own: tuple[float, float]
    """Of the figure by itself."""
    third: float
    n_clusters: int
    largest: float


def freedom_of_difference(sides: tuple[Side, Side]) -> float:
    """Return the degrees of freedom of the difference between two sides."""
    return welch(*(side.drawn for side in sides))


def third_of(side: Side, sides: tuple[Side, Side]) -> float:
    """Return the third central moment of a side's figure, with one shape for both sides.

    Third moments of skewed cases are known badly, by one side worse than by both; and where the
    mean came out low its own third moment did, so that it says least where it is needed most.
    """
    shape = sum(each.third * each.n_clusters**2 for each in sides) / 2
    return shape / side.n_clusters**2


def lean_of_difference(sides: tuple[Side, Side]) -> float:
    """Return the third central moment of the difference; sides of one size lean to neither."""
    return third_of(sides[1], sides) - third_of(sides[0], sides)


def sides_of(
    residual: Floats,
    cases: Cases,
    unit: Ints,
    values: tuple[float, float],
    asked: Asked,
    *,
    common: Floats | None = None,
    spent: int = 0,
) -> tuple[Side, Side]:
    """Return both arms with their spreads, from residuals of cases about their own arm."""
    arms = [np.flatnonzero(cases.with_system == side) for side in (False, True)]
    spreads = [spread(residual[arm], unit[arm], spent=spent) for arm in arms]
    if asked.takes_turns:
        seen = waves(residual, cases.with_system, unit, columns=spent)
        return _in_turns(values, spreads, seen)
    mix = None if common is None or not spent else spread(common, unit)
    by_week = asked.assigned_by == "week"
    follow = stretches(residual, cases, unit if by_week else cases.day, by_day=not by_week)
    sides = []
    for value, arm, each in zip(values, arms, spreads, strict=True):
        own = each.variance, each.freedom
        if asked.assigned_by not in {"day", "week"}:
            own = with_days(
                each, residual[arm], unit[arm], cases.day[arm], factor=follow.factor(arm)
            )
        else:
            own = in_stretches(each, residual[arm], follow.factor(arm))
        if mix is not None:
            own = own[0] + mix.variance, welch(own, (mix.variance, mix.freedom))
        sides.append(
            Side(
                value=value,
                drawn=(each.variance, each.freedom),
                own=own,
                third=each.third,
                n_clusters=each.n_clusters,
                largest=each.largest,
            )
        )
    return sides[0], sides[1]


def _in_turns(values: tuple[float, float], spreads: list[Spread], seen: Waves) -> tuple[Side, Side]:
    """Return both arms of periods in turns."""
    effect, level = seen.effect, seen.level
    own = (level[0] + effect[0] / 4, welch(level, (effect[0] / 4, effect[1])))
    first, second = (
        Side(
            value=value,
            # Together, by Welch's formula, these come to the effect's own.
            drawn=(effect[0] / 2, effect[1] / 2),
            own=own,
            third=each.third,
            n_clusters=each.n_clusters,
            largest=each.largest,
        )
        for value, each in zip(values, spreads, strict=True)
    )
    return first, second
