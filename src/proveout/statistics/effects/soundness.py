"""What a drawn comparison rests on, tested as far as the cases can tell.

Source of the test of arm sizes: Fabijan and others (2019), "Diagnosing sample ratio mismatch in
online controlled experiments", KDD.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from scipy.special import chdtrc, ndtr, stdtr

from proveout.statistics.effects.cases import AssignedBy, Cases, Flags, Floats, Ints
from proveout.statistics.effects.clusters import spread, welch
from proveout.statistics.effects.estimate import Assumption

BROKEN = 0.001
"""Chance below which a difference is not put down to the draw."""

DOUBTFUL = 0.01

LEAST_TURNS = 0.9
"""Share of periods after which the side must have changed."""

ONE_DECIDES = 0.15
"""Part of the spread that one case or part may have by itself."""

State = Literal["holds", "doubtful", "broken", "untested"]


def of_draw(
    cases: Cases, unit: Ints, assigned_by: AssignedBy, *, split: float | None, alternates: bool
) -> tuple[Assumption, ...]:
    """Return what was found of each thing that a comparison by draw, or by turns, rests on."""
    found = [_turns(cases, unit)] if alternates else [_sizes(cases, unit, assigned_by, split)]
    if assigned_by != "case":
        found.append(_whole(cases, unit, assigned_by))
    if (alike := _alike(cases, unit)) is not None:
        found.append(alike)
    if cases.is_open is not None and cases.is_open.any():
        found.append(_follow_up(cases, unit))
    if cases.used is not None:
        found.append(_used(cases))
    return (*found, _apart())


def one_decides(largest: float, what: str) -> Assumption:
    """Return whether the figures hang on a single part of the cases."""
    return Assumption(
        name="no-single-decides",
        statement=f"No single {what} makes the figures what they are.",
        state="doubtful" if largest > ONE_DECIDES else "holds",
        seen=f"The one that weighs most has {largest:.0%} of the whole spread.",
        breaks_by="A few extreme cases: figures of means then say little, and their interval may "
        "be too narrow. A median, or a horizon beyond which time is not counted, is safer.",
    )


def _sizes(cases: Cases, unit: Ints, by: AssignedBy, split: float | None) -> Assumption:
    """Compare arm sizes with the split, or, where it is not known, early with late arm sizes."""
    _, first = np.unique(unit, return_index=True)
    side, day = cases.with_system[first], cases.day[first]
    n, n_with = len(side), int(side.sum())
    if split is not None:
        error = math.sqrt(n * split * (1 - split))
        p = 2 * float(ndtr(-abs(n_with - n * split) / error))
        seen = (
            f"{n_with:,} of {n:,} ({n_with / n:.1%}) had the system where {split:.0%} were meant "
            f"to; by the draw alone so far off in {_chance(p)}."
        )
    else:
        p = _steady(side, day)
        seen = (
            f"{n_with:,} of {n:,} ({n_with / n:.1%}) had the system; that share went up and down "
            f"over time as a draw makes it in {_chance(p)}."
        )
        if by in {"team", "person"}:
            seen = f"{n_with:,} of {n:,} ({n_with / n:.1%}) had the system."
            p = 1.0
    return Assumption(
        name="sizes-as-drawn",
        statement=f"As many {_plural(by)} had the system as the draw gave it to.",
        state=_state(p),
        seen=seen,
        breaks_by="Cases that were lost, moved or not recorded on one side only; a draw that was "
        "changed on the way.",
    )


def _steady(side: Flags, day: Ints) -> float:
    """Return how likely a share moves so much over eight stretches of time by chance."""
    share, n_stretches = float(np.mean(side)), min(8, len(day) // 10)
    if n_stretches < 2 or share in {0.0, 1.0}:
        return 1.0
    order = np.argsort(day, kind="stable")
    stretches = np.array_split(np.asarray(side, dtype=float)[order], n_stretches)
    n = np.array([len(each) for each in stretches])
    seen = np.array([float(each.sum()) for each in stretches])
    distance = float(np.sum((seen - n * share) ** 2 / (n * share * (1 - share))))
    return float(chdtrc(len(stretches) - 1, distance))


def _turns(cases: Cases, unit: Ints) -> Assumption:
    codes = np.unique(unit)
    n = np.bincount(unit - codes[0])
    share = np.bincount(unit - codes[0], weights=cases.with_system.astype(float))
    side = share[n > 0] > 0.5 * n[n > 0]
    changes = float(np.mean(side[1:] != side[:-1]))
    return Assumption(
        name="turns-followed",
        statement="The system was on and off in turns, whatever the day was like.",
        state="holds" if changes >= LEAST_TURNS else "doubtful" if changes >= 0.6 else "broken",
        seen=f"After {changes:.0%} of {len(side):,} days or weeks the side changed.",
        breaks_by="Turns that were put off on busy or difficult days.",
    )


def _whole(cases: Cases, unit: Ints, by: AssignedBy) -> Assumption:
    """Measure how many cases are on another side than most of their part."""
    codes, code = np.unique(unit, return_inverse=True)
    n = np.bincount(code, minlength=len(codes))
    n_with = np.bincount(code, weights=cases.with_system.astype(float), minlength=len(codes))
    odd = float(np.minimum(n_with, n - n_with).sum() / len(cases))
    return Assumption(
        name="drawn-whole",
        statement=f"All cases of a {by} were on the same side.",
        state="holds" if odd <= 0.001 else "doubtful" if odd <= 0.05 else "broken",
        seen=f"{odd:.1%} of the cases were on another side than most of their {by}'s.",
        breaks_by=f"Cases that were handed from one {by} to another, or a draw that was not "
        f"{by} by {by}.",
    )


def _alike(cases: Cases, unit: Ints) -> Assumption | None:
    """Compare the arms in all that was known before; the most unlike one decides."""
    columns: list[tuple[str, Floats]] = []
    if cases.before is not None:
        columns.append(("the figure before the rollout", cases.before))
    if cases.traits is not None:
        names = cases.trait_names or tuple(f"trait {i}" for i in range(cases.traits.shape[1]))
        columns.extend(zip(names, cases.traits.T, strict=True))
    tested = [(name, *found) for name, c in columns if (found := _unlike(cases, unit, c))]
    if not tested:
        return None
    name, gap, p = min(tested, key=lambda each: each[2])
    p = min(1.0, p * len(tested))
    return Assumption(
        name="alike-before",
        statement="Both sides were alike before the system came.",
        state=_state(p),
        seen=f"{_of_all(len(tested), name)}: by {gap:.2f} standard deviations, as the draw alone "
        f"makes it in {_chance(p)}.",
        breaks_by="Somebody chose which cases had the system, or could guess the draw.",
    )


def _of_all(n: int, name: str) -> str:
    if n == 1:
        return f"One thing was known beforehand, and {name} differs"
    return f"Of {n} things known beforehand, {name} differs most"


def _unlike(cases: Cases, unit: Ints, column: Floats) -> tuple[float, float] | None:
    """Return the gap between the arms in standard deviations, and how likely by chance."""
    known = np.isfinite(column)
    arms = [known & (cases.with_system == side) for side in (False, True)]
    scale = float(column[known].std()) if known.any() else 0.0
    if scale <= 0 or any(_is_one(unit[arm]) for arm in arms):
        return None
    means = [float(column[arm].mean()) for arm in arms]
    spreads = [spread(column[arm] - mean, unit[arm]) for arm, mean in zip(arms, means, strict=True)]
    variance = sum(each.variance for each in spreads)
    gap = means[1] - means[0]
    if variance <= 0:
        return gap / scale, 0.0 if gap else 1.0
    freedom = welch(*((each.variance, each.freedom) for each in spreads))
    return gap / scale, 2 * float(stdtr(min(freedom, 1e9), -abs(gap) / math.sqrt(variance)))


def _is_one(unit: Ints) -> bool:
    return len(unit) == 0 or bool(unit.min() == unit.max())


def _follow_up(cases: Cases, unit: Ints) -> Assumption:
    found = _unlike(cases, unit, cases.day.astype(float))
    gap, p = found or (0.0, 1.0)
    return Assumption(
        name="followed-alike",
        statement="Cases of both sides were followed equally long.",
        state=_state(p),
        seen=f"With the system they began later by {gap:.2f} standard deviations of the day of "
        f"beginning; the draw alone makes that in {_chance(p)}.",
        breaks_by="A rollout that went up over time: cases with the system are then younger, and "
        "more of them still open.",
    )


def _used(cases: Cases) -> Assumption:
    with_it, without = used_shares(cases)
    odd = max(1 - with_it, without)
    return Assumption(
        name="used-as-drawn",
        statement="Cases that were given to the system were done with it, and no others.",
        state="holds" if odd <= 0.1 else "doubtful",
        seen=f"Of those given to the system {with_it:.0%} were done with it, of the others "
        f"{without:.0%}. The figures compare what was drawn, whatever was done then.",
        breaks_by="People who do not use it, or use it where it was not drawn: the effect found is "
        "then smaller than that of the system itself.",
    )


def used_shares(cases: Cases) -> tuple[float, float]:
    """Return the share really done with the system, of cases assigned to it and of the others."""
    used = cases.used if cases.used is not None else cases.with_system
    return float(used[cases.with_system].mean()), float(used[~cases.with_system].mean())


def _apart() -> Assumption:
    return Assumption(
        name="no-spill-over",
        statement="Having the system on one side did not change the cases of the other.",
        state="untested",
        seen="The cases cannot tell.",
        breaks_by="People who have time left for other cases, pick the easy ones, or learn from "
        "the system and work otherwise without it as well.",
    )


def _state(p: float) -> State:
    return "broken" if p < BROKEN else "doubtful" if p < DOUBTFUL else "holds"


def _chance(p: float) -> str:
    return f"{100 * p:.0f} of 100 cases" if p >= 0.01 else f"{max(1, round(1e4 * p))} of 10,000"


def _plural(by: AssignedBy) -> str:
    return {"person": "people"}.get(by, f"{by}s")
