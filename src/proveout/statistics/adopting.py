"""What people do with it, and what can be said of those who have not had it yet."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaln, ndtri, stdtrit

from proveout.evidence.model import Interval
from proveout.statistics._proportions import wilson_bounds

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Draws = NDArray[np.float64]
    _Habits = Callable[[Sequence["Tried"], np.random.Generator], tuple[Draws, Draws]]

FEWEST_OF_GROUP = 5
"""With fewer people of a group, its own rate says less than that of all."""
DRAWS = 10_000
"""Of what may come: the ends of an interval are then known to about a hundredth of its width."""
GRID = 40
"""Points of each axis on which the habits of groups are weighed."""
WIDEST = 0.5
"""Intraclass correlation of teams that have hardly anything in common."""


def share_of_uses(
    counted: ArrayLike, uses: ArrayLike, *, level: float = 0.95
) -> tuple[float, Interval]:
    """Return the share of all uses that were so, with its interval; one entry for each person.

    Uses of one person are alike, and a few people use it most. The variance is the delete-one
    jackknife's over persons, its freedom that of Kish's effective number of them, sum(m)^2 /
    sum(m^2), and the interval Wilson's at the effective number of uses, made smaller for Student's
    t (Korn and Graubard 1998, Survey Methodology 24, 193-201; Kish 1965, "Survey sampling"). Where
    no variance can be had, the effective number is that of the persons. Raises ValueError without
    any use.
    """
    k, m = np.asarray(counted, dtype=float), np.asarray(uses, dtype=float)
    k, m = k[m > 0], m[m > 0]
    people, total = len(m), float(m.sum())
    if not people:
        msg = "a share of no uses is unknown"
        raise ValueError(msg)
    value = float(k.sum()) / total
    effective = float(people)
    if people > 1 and 0 < value < 1:
        without = (k.sum() - k) / (total - m)
        variance = (people - 1) / people * float(((without - without.mean()) ** 2).sum())
        effective = total if variance == 0 else min(value * (1 - value) / variance, total)
    freedom = max(1.0, total**2 / float((m**2).sum()) - 1)
    z, t = float(ndtri((1 + level) / 2)), float(stdtrit(freedom, (1 + level) / 2))
    effective *= (z / t) ** 2
    low, high = wilson_bounds(value * effective, effective, level=level)
    return value, Interval(
        low=float(low), high=float(high), level=level, method="wilson, jackknife over persons"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """People of one group who have had it for long enough, and those who are to have it."""

    group: str
    n: int
    """Had it."""
    rejecting: int
    """Of them: do not use it."""
    ahead: int
    """Have not had it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The share of those ahead who will not take it up."""

    value: float
    interval: Interval
    n: int
    by_group: bool
    """Whether each group ahead is expected to do as those of its own who had it."""


def expected_rejects(groups: Sequence[Tried], *, level: float = 0.95) -> Expected | None:
    """Carry what people did who had it to those who have it ahead; None where nobody had it.

    Where every group with people ahead has FEWEST_OF_GROUP who had it, their rates are weighted by
    how many are ahead (post-stratification, Cochran 1977, "Sampling techniques", 5A.9); else all
    count alike. The interval is a predictive one, for the share that will be seen among so many,
    by DRAWS of a fixed seed. Groups differ in their habits: their rates are drawn from a beta
    distribution, of which the mean and the spread are learned from how far those groups differ
    that had it (beta-binomial model on a grid, Jeffreys' prior on the mean, a flat one on the
    intraclass correlation up to WIDEST; Gelman et al. 2013, "Bayesian data analysis", 5.3), so
    that a group of which nobody had it is told less of. Where each group ahead has its own who had
    it, one may stand out that is taken to be like the others: the bounds are then the wider ones
    of this and of Jeffreys' for each by itself. With nobody ahead they are Jeffreys' for the rate
    (Brown, Cai and DasGupta 2001, Statistical Science 16, 101-133).
    """
    n, rejecting = sum(each.n for each in groups), sum(each.rejecting for each in groups)
    ahead = sum(each.ahead for each in groups)
    if not n:
        return None
    to_come = [each for each in groups if each.ahead]
    by_group = bool(to_come) and all(each.n >= FEWEST_OF_GROUP for each in to_come)
    if by_group:
        value = sum(each.ahead * each.rejecting / each.n for each in to_come) / ahead
    else:
        value = rejecting / n
    if not ahead:
        low, high = _of_rate(rejecting, n, level)
    else:
        ways = [_learned] if len(groups) > 1 else []
        ways += [_each_its_own] if by_group or not ways else []
        bounds = [_predicted(groups, level, habits=each) for each in ways]
        low, high = min(low for low, _ in bounds), max(high for _, high in bounds)
    # Jeffreys' interval ends where the rate does: none of them, or all, is a possible rate.
    low = 0.0 if not rejecting else min(low, value)
    high = 1.0 if rejecting == n else max(high, value)
    return Expected(
        value=value,
        interval=Interval(low=low, high=high, level=level, method="beta-binomial, predictive"),
        n=n,
        by_group=by_group,
    )


def _of_rate(rejecting: int, n: int, level: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    a, b = rejecting + 0.5, n - rejecting + 0.5
    return float(betaincinv(a, b, (1 - level) / 2)), float(betaincinv(a, b, (1 + level) / 2))


def _predicted(groups: Sequence[Tried], level: float, *, habits: _Habits) -> tuple[float, float]:
    random = np.random.default_rng(0)
    mean, weight = habits(groups, random)
    seen = np.zeros(DRAWS)
    for each in groups:
        if each.ahead:
            a = mean * weight + each.rejecting
            rate = random.beta(a, (1 - mean) * weight + each.n - each.rejecting)
            seen += random.binomial(each.ahead, rate)
    ahead = sum(each.ahead for each in groups)
    low, high = np.quantile(seen / ahead, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _each_its_own(groups: Sequence[Tried], random: np.random.Generator) -> tuple[Draws, Draws]:
    """Jeffreys' prior: of a group nothing is known but what it did itself."""
    del groups, random
    return np.full(DRAWS, 0.5), np.ones(DRAWS)


def _learned(groups: Sequence[Tried], random: np.random.Generator) -> tuple[Draws, Draws]:
    """Draw what groups are like, given those that had it: mean, and weight in people.

    The weight is 1 / icc - 1: rates of groups are Beta(mean * weight, (1 - mean) * weight).
    """
    means = (np.arange(GRID) + 0.5) / GRID
    alike = (np.arange(GRID) + 0.5) / GRID * WIDEST
    mean, weight = (each.ravel() for each in np.meshgrid(means, 1 / alike - 1))
    a, b = mean * weight, (1 - mean) * weight
    told = -0.5 * (np.log(mean) + np.log1p(-mean))
    for each in groups:
        if each.n:
            told += betaln(a + each.rejecting, b + each.n - each.rejecting) - betaln(a, b)
    chance = np.exp(told - told.max())
    drawn = random.choice(len(mean), DRAWS, p=chance / chance.sum())
    between = (random.random(DRAWS) - 0.5) / GRID  # the points of the grid
    return np.clip(mean[drawn] + between, 1e-6, 1 - 1e-6), weight[drawn]


def people_needed(*, within: float, level: float = 0.95) -> int:
    """Return how many people tell a share within so much either way, whatever it is (Wilson)."""
    z = float(ndtri((1 + level) / 2))
    # At one half the interval is widest: half of it is z / (2 sqrt(n + z^2)).
    return max(1, math.ceil(z**2 / (4 * within**2) - z**2 - 1e-9))
