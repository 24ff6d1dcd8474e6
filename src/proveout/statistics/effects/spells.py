"""What a bad spell does to a comparison of people by how far they moved from their own past.

Who took to a system after a bad month gets better anyway: figures go back to what is usual.
Compared by how far each moved, that looks like an effect; compared with people whose past was the
same, it does not. Which of the two is right depends on why they chose, which nobody recorded: where
the choice hung on the figure itself the second is, where it hung on what people are like the first.
The truth lies between them, so the interval holds both.

Source: Ding and Li (2019), A bracketing relationship between difference-in-differences and
lagged-dependent-variable adjustment, Political Analysis 27, 605-615.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from proveout.statistics.effects.cases import Flags, Floats, Ints
from proveout.statistics.effects.estimate import Assumption, Figure
from proveout.statistics.effects.overlap import Compared
from proveout.statistics.effects.team_sums import Sum

FEWEST_UNITS = 8
ALIKE = 0.5
"""Part of the standard error up to which the two ways of comparing agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Which part of a difference from before is still there now, among people of one side."""

    part: float
    """1 where people stay as they were, 0 where the past says nothing of them."""
    error: float


def kept_from_before(value: Floats, before: Floats, group: Flags, unit: Ints) -> Kept | None:
    """Return the slope of people's figures now on those from before, within either side.

    One entry a case; `before` is the same for all cases of a unit. None with too few units, or
    where all had the same past.
    """
    code = np.unique(unit, return_inverse=True)[1]
    n = np.bincount(code).astype(float)
    if len(n) < FEWEST_UNITS:
        return None
    now, then, had = (np.bincount(code, each) / n for each in (value, before, group))
    table = np.column_stack([np.ones(len(n)), had, then])
    if np.linalg.matrix_rank(table) < table.shape[1]:
        return None
    inverse = np.linalg.inv(table.T @ (n[:, None] * table))
    slope = inverse @ (table.T @ (n * now))
    rest = now - table @ slope
    spread = inverse @ (table.T @ ((n * rest)[:, None] ** 2 * table)) @ inverse
    small = len(n) / (len(n) - table.shape[1])
    return Kept(
        part=float(np.clip(slope[2], 0, 1)), error=float(np.sqrt(max(spread[2, 2] * small, 0)))
    )


def with_chance(compared: Compared, kept: Kept, apart: float) -> Compared:
    """Widen by how far the kept part itself is not known; `apart`: of the sides, before."""
    extra = kept.error * abs(apart)

    def wider(found: Sum) -> Sum:
        return replace(found, error=float(np.hypot(found.error, extra)))

    return replace(compared, effect=wider(compared.effect), level=wider(compared.level))


def holding_both(first: Figure, second: Figure) -> Figure:
    """Return the first figure with an interval that holds those of both."""
    return replace(first, low=min(first.low, second.low), high=max(first.high, second.high))


def no_spell(moved: Sum, alike: Sum, kept: Kept) -> Assumption:
    """Say whether it matters by which of the two people are compared."""
    agree = abs(moved.value - alike.value) <= ALIKE * moved.error
    return Assumption(
        name="no-spell-before",
        statement="Those who chose it had not just had a bad spell, or a good one.",
        state="holds" if agree else "doubtful",
        seen=f"Of how people differed before, {kept.part:.0%} was still there later; compared with "
        f"people of the same past the effect is {alike.value:+.3g}, by how far each moved "
        f"{moved.value:+.3g}. The interval holds both.",
        breaks_by="People took to it after a bad month: figures then get better by themselves.",
    )
