"""What people do with it, and what can be said of those who have not had it yet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri, stdtrit

from proveout.evidence.model import Interval
from proveout.statistics._proportions import wilson_bounds

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

FEWEST_OF_GROUP = 5
"""With fewer people of a group, its own rate says less than that of all."""
DRAWS = 10_000
"""Of what may come: the ends of an interval are then known to about a hundredth of its width."""


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
    count alike. The interval is Jeffreys' predictive one, for the share that will be seen among so
    many, by DRAWS of a fixed seed; with nobody ahead it is Jeffreys' for the rate itself (Brown,
    Cai and DasGupta 2001, Statistical Science 16, 101-133).
    """
    n, rejecting = sum(each.n for each in groups), sum(each.rejecting for each in groups)
    ahead = sum(each.ahead for each in groups)
    if not n:
        return None
    to_come = [each for each in groups if each.ahead]
    by_group = bool(to_come) and all(each.n >= FEWEST_OF_GROUP for each in to_come)
    if not by_group:
        to_come = [Tried(group="all", n=n, rejecting=rejecting, ahead=ahead)]
    weights = [each.ahead / ahead if ahead else 1.0 for each in to_come]
    value = sum(
        weight * each.rejecting / each.n for weight, each in zip(weights, to_come, strict=True)
    )
    low, high = _predicted(to_come, ahead, level)
    # Jeffreys' interval ends where the rate does: none of them, or all, is a possible rate.
    low = 0.0 if not rejecting else min(low, value)
    high = 1.0 if rejecting == n else max(high, value)
    return Expected(
        value=value,
        interval=Interval(low=low, high=high, level=level, method="jeffreys, predictive"),
        n=n,
        by_group=by_group,
    )


def _predicted(groups: Sequence[Tried], ahead: int, level: float) -> tuple[float, float]:
    tails = [(1 - level) / 2, (1 + level) / 2]
    if not ahead:
        from scipy.special import betaincinv

        (only,) = groups
        a, b = only.rejecting + 0.5, only.n - only.rejecting + 0.5
        return float(betaincinv(a, b, tails[0])), float(betaincinv(a, b, tails[1]))
    random = np.random.default_rng(0)
    seen = np.zeros(DRAWS)
    for each in groups:
        rate = random.beta(each.rejecting + 0.5, each.n - each.rejecting + 0.5, DRAWS)
        seen += random.binomial(each.ahead, rate)
    low, high = np.quantile(seen / ahead, tails)
    return float(low), float(high)


def people_needed(*, within: float, level: float = 0.95) -> int:
    """Return how many people tell a share within so much either way, whatever it is (Wilson)."""
    z = float(ndtri((1 + level) / 2))
    # At one half the interval is widest: half of it is z / (2 sqrt(n + z^2)).
    return max(1, math.ceil(z**2 / (4 * within**2) - z**2 - 1e-9))
