"""Which cases of people who chose by themselves can be compared, and by what."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from proveout.statistics.effects.cases import NEVER, Cases, Flags, Floats, Ints, Statistic

WEEK = 7
FEWEST_CASES = 30
FEWEST_CLUSTERS = 8
"""Of cases and of persons or teams on either side, below which nothing is compared."""
KNOWN_BEFORE = 0.5
"""The part of the cases of which something must be known from before, for it to be used."""
MIXED_TEAMS = 0.5
"""The part of the cases that must be in teams with both ways, for teams to be compared within."""
MANY_VALUES = 8
"""Different values of a trait from which on it is bent: a line and three bends."""
MOST_PERIODS = 13
LEAST_OF_FOUR = 0.02
"""The part of the cases that each combination of two columns must have."""
SWEEPS = 4
"""Rounds in which the means of persons and weeks are taken out in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosers:
    """Cases of the same weeks, with and without the system."""

    cases: Cases
    group: Flags
    columns: Floats
    """cases × columns; the first is 1, the others have mean 0 and standard deviation 1."""
    names: tuple[str, ...]
    """What each column belongs to: 'traits: size', 'team', 'week'."""
    before: Floats | None
    """Of each case: its person's (or team's) figure from before the rollout."""
    adds: Floats
    """What the traits of each case add to its figure, taken out of the values."""
    cluster: Ints
    clustered_by: str
    size: Floats
    earlier: Cases
    """Cases from before the rollout."""
    left_out: tuple[str, ...]


def choosers_of(  # noqa: C901  what is left out, one thing after another
    cases: Cases, statistic: Statistic
) -> Choosers | tuple[str, str]:
    """Return what can be compared, or why nothing can and what to do about it."""
    if not cases.with_system.any() or cases.with_system.all():
        return (
            "all cases were done the same way",
            "Keep some cases without the system, or compare before and after.",
        )
    start = _start(cases)
    if cases.person is not None and not (cases.person >= 0).any():
        cases = replace(cases, person=None)
    bends = _bends(cases)
    unit = cases.person
    if unit is None and _mixed_teams(cases.where(cases.day >= start)) is None:
        unit = cases.team
    own = replace(cases, traits=bends[0], trait_names=bends[1])
    adds = np.zeros(len(cases))
    if unit is not None:
        adds = _taken_out(own, unit, cases.day < start, statistic)
        own = replace(own, value=cases.value - adds)
    earlier, now = own.where(cases.day < start), own.where(cases.day >= start)
    before = None
    if unit is not None:
        chosen = cases.day >= start
        before = _usable(_own_mean(unit[chosen], unit[~chosen], earlier, statistic))
    given = before is None and _usable(now.before) is not None
    if given:
        before, now = now.before, replace(now, value=cases.value[cases.day >= start])
        adds = np.zeros(len(cases))
    kept = _Kept(now, before, adds[cases.day >= start])
    if before is not None:
        kept.only(np.isfinite(before), "of people unknown before the rollout")
    kept.only(_weeks_with_both(kept.cases, start), "of weeks in which all were done one way")
    within = _mixed_teams(kept.cases)
    if within is not None:
        kept.only(within, "of teams in which all were done one way")
    now, before, adds = kept.cases, kept.before, kept.adds
    group = now.with_system
    cluster, by = _clusters(now, nested=within is not None)
    sides = [len(np.unique(cluster[side])) for side in (group, ~group)]
    if min(int(group.sum()), int((~group).sum())) < FEWEST_CASES or min(sides) < FEWEST_CLUSTERS:
        return (
            f"only {int(group.sum())} cases with the system and {int((~group).sum())} without "
            f"it, of {sides[0]} and {sides[1]} {by}, are from the same weeks and teams; "
            f"{FEWEST_CASES} cases and {FEWEST_CLUSTERS} {by} are needed on either side",
            "Wait for more, or let it be drawn who has the system.",
        )
    columns, names = _columns(now, start, cluster if given else None, teams=within is not None)
    size = np.ones(len(now)) if now.exposure is None else now.exposure
    if statistic.kind == "rate":
        now = replace(now, value=now.value / np.maximum(size, 1e-300))
        adds = adds / np.maximum(size, 1e-300)
    else:
        size = np.ones(len(now))
    return Choosers(
        cases=now, group=group, columns=columns, names=names, before=before, adds=adds,
        cluster=cluster, clustered_by=by, size=size, earlier=earlier, left_out=tuple(kept.left_out),
    )  # fmt: skip


class _Kept:
    """Cases with what is known of each beside them, while some are left out."""

    def __init__(self, cases: Cases, before: Floats | None, adds: Floats) -> None:
        self.cases = cases
        self.before = before
        self.adds = adds
        self.left_out: list[str] = []

    def only(self, chosen: Flags, others: str) -> None:
        """Keep the chosen cases; `others` goes on from '12 cases'."""
        if chosen.all():
            return
        self.left_out.append(f"{int((~chosen).sum())} cases {others}")
        self.cases = self.cases.where(chosen)
        self.adds = self.adds[chosen]
        self.before = None if self.before is None else self.before[chosen]


def _start(cases: Cases) -> int:
    """Return the first day on which anybody had it."""
    if cases.rolled_out is not None and (cases.rolled_out < NEVER).any():
        return int(cases.rolled_out.min())
    return int(cases.day[cases.with_system].min())


def _usable(before: Floats | None) -> Floats | None:
    """Return figures from before if enough cases have one, and not all the same."""
    if before is None or not len(before) or np.isfinite(before).mean() < KNOWN_BEFORE:
        return None
    return before if np.nanstd(before) > 0 else None


def _own_mean(
    now: Ints | None, then: Ints | None, earlier: Cases, statistic: Statistic
) -> Floats | None:
    if now is None or then is None or not len(then) or not len(now):
        return None
    size = max(int(now.max()), int(then.max())) + 1
    known = then >= 0
    size = max(size, 1)
    weight = earlier.exposure if statistic.kind == "rate" else None
    below = np.bincount(then[known], None if weight is None else weight[known], size)
    above = np.bincount(then[known], earlier.value[known], size)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(below > 0, above / below, np.nan)
    return np.where(now >= 0, mean[np.maximum(now, 0)], np.nan)


def _weeks_with_both(now: Cases, start: int) -> Flags:
    week = (now.day - start) // WEEK
    n = int(week.max(initial=0)) + 1
    both = (np.bincount(week[now.with_system], minlength=n) > 0) & (
        np.bincount(week[~now.with_system], minlength=n) > 0
    )
    return np.asarray(both[week])


def _mixed_teams(now: Cases) -> Flags | None:
    """Return which cases are of teams that work both ways; None where teams mostly do not."""
    if now.team is None or not len(now) or len(np.unique(now.team)) < 2:
        return None
    team = now.team + 1
    had = np.bincount(team, now.with_system)
    mixed = (had > 0) & (had < np.bincount(team))
    inside = mixed[team]
    return inside if inside.mean() >= MIXED_TEAMS else None


def _clusters(now: Cases, *, nested: bool) -> tuple[Ints, str]:
    """Return what may vary as one: teams where they chose, else persons."""
    if now.team is not None and not nested and len(np.unique(now.team)) > 1:
        code, by = now.team, "teams"
    elif now.person is not None:
        alone = now.person < 0
        code = np.where(alone, np.arange(len(now)) + now.person.max(initial=0) + 1, now.person)
        by = "persons"
    elif now.before is not None and _usable(now.before) is not None:
        # Whoever has the same figure from before is the same person, as far as can be seen.
        code, by = np.unique(now.before, return_inverse=True)[1], "persons"
    else:
        code, by = np.arange(len(now)), "cases"
    return np.unique(code, return_inverse=True)[1].astype(np.int64), by


def _columns(
    now: Cases, start: int, own: Ints | None, *, teams: bool
) -> tuple[Floats, tuple[str, ...]]:
    """Return columns; with `own`, traits as they differ from those of the same person.

    What a person's cases are usually like is in that person's figure from before already.
    """
    columns: list[Floats] = []
    names: list[str] = []

    def add(name: str, *new: Floats) -> None:
        for each in new:
            spread = float(each.std())
            if spread > 1e-12:
                columns.append((each - each.mean()) / spread)
                names.append(name)

    if now.traits is not None:
        for place, name in enumerate(now.trait_names):
            add(f"trait: {name}", _from_own(now.traits[:, place], own))
    if now.volunteer is not None and _both(now.volunteer, now.with_system):
        add("volunteer", now.volunteer.astype(float))
    if teams and now.team is not None:
        add("team", *_each(now.team))
    add("weekday", *_each((now.day + 3) % 7))
    week = (now.day - start) // WEEK
    together = max(1, int(np.ceil((week.max(initial=0) + 1) / MOST_PERIODS)))
    add("week", *_each(week // together))
    return np.column_stack([np.ones(len(now)), *columns]), ("one", *names)


def _from_own(trait: Floats, own: Ints | None) -> Floats:
    if own is None:
        return trait
    return np.asarray(trait - (np.bincount(own, trait) / np.bincount(own))[own])


def _both(first: Flags, second: Flags) -> bool:
    """Whether all four combinations are there in numbers."""
    counts = np.bincount(2 * first + second, minlength=4)
    return bool(counts.min() >= LEAST_OF_FOUR * len(first))


def _bends(cases: Cases) -> tuple[Floats | None, tuple[str, ...]]:
    """Return all traits as columns that a straight line fits, and their names."""
    if cases.traits is None:
        return None, ()
    columns: list[Floats] = []
    names: list[str] = []
    for place in range(cases.traits.shape[1]):
        given = cases.trait_names[place] if place < len(cases.trait_names) else str(place + 1)
        new = _bent(cases.traits[:, place])
        columns += new
        names += [given] * len(new)
    return (np.column_stack(columns), tuple(names)) if columns else (None, ())


def _taken_out(cases: Cases, unit: Ints, then: Flags, statistic: Statistic) -> Floats:
    """Return what a case's traits add to its figure, by cases of the same person without it.

    So a person's figure from before can be compared with the one from now, though cases were of
    another kind.
    """
    traits = cases.traits
    none = np.zeros(len(cases))
    if traits is None or statistic.kind == "quantile" or then.mean() < LEAST_OF_FOUR:
        return none
    week = (cases.day - int(cases.day.min())) // WEEK
    manual = ~cases.with_system & (unit >= 0)
    if not manual.any():
        return none
    weight = np.ones(int(manual.sum()))
    value = cases.value[manual]
    if statistic.kind == "rate" and cases.exposure is not None:
        weight = cases.exposure[manual]
        value = value / np.maximum(weight, 1e-300)
    table = np.column_stack([value, traits[manual]])
    for _ in range(SWEEPS):
        for code in (week[manual], unit[manual]):
            below = np.maximum(np.bincount(code, weight), 1e-300)
            for place in range(table.shape[1]):
                sums = np.bincount(code, weight * table[:, place])
                table[:, place] -= (sums / below)[code]
    spread = table[:, 1:].std(axis=0)
    used = spread > 1e-9 * np.maximum(traits.std(axis=0), 1e-300)
    weighted = table[:, 1:][:, used] * weight[:, None]
    slope = np.linalg.lstsq(
        weighted.T @ table[:, 1:][:, used], weighted.T @ table[:, 0], rcond=None
    )
    adds = (traits[:, used] - traits[:, used].mean(axis=0)) @ slope[0]
    if statistic.kind == "rate" and cases.exposure is not None:
        adds = adds * cases.exposure
    return np.asarray(adds)


def _each(code: Ints) -> list[Floats]:
    return [(code == each).astype(float) for each in np.unique(code)[1:]]


def _bent(trait: Floats) -> list[Floats]:
    """Return a trait as it is, where it is missing, and bent at its quartiles."""
    missing = ~np.isfinite(trait)
    if missing.all():
        return []
    filled = np.where(missing, np.nanmedian(trait), trait)
    columns = [filled, missing.astype(float)]
    if len(np.unique(filled[:10_000])) >= MANY_VALUES:
        columns += [np.maximum(filled - knot, 0) for knot in np.quantile(filled, (0.25, 0.5, 0.75))]
    return columns
