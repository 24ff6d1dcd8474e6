"""Which comparison the records allow: the strongest, or the one that the charter names.

Pure: takes the cases of a KPI and what the charter says, gives a design with the cases that it is
to see, or why there is none.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from proveout.charter.schema.value import Value
from proveout.checks.value.beginnings import CLEAN, at_once, clean_start, first_uses
from proveout.checks.value.foretelling import known_before
from proveout.checks.value.observing import Observed
from proveout.checks.value.sorting import Unseen
from proveout.checks.value.ways import day_number, day_of
from proveout.statistics.effects.cases import NEVER, Cases, Flags
from proveout.statistics.effects.estimate import DesignName

FEWEST_TURNS = 8
"""Fewer turns in strict alternation can come by a draw."""

WHEN_DRAWN: dict[str, str] = {
    "case": "single cases were drawn", "person": "persons were drawn", "team": "teams were drawn",
    "day": "days were drawn", "week": "weeks were drawn",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A design and what it is to see."""

    name: DesignName
    cases: Cases
    begins: int
    """First day with the system; looks are counted from here."""
    why: str
    """Why this one, as a sentence."""
    options: dict[str, Any] = field(default_factory=dict)
    """What its `estimate` is told besides."""
    volunteers: str | None = None
    """Said where all who used it came forward by themselves."""


def choose(seen: Observed, value: Value) -> Chosen | Unseen:
    """Choose the design. Raises InputError on a team of the charter that is not in the records."""
    cases = seen.cases
    if not cases.with_system.any() and not _drawn(seen).any():
        return Unseen(
            "its records hold no case with the system yet",
            "Wait for the first ones; proveout plan says how many it takes",
        )
    if cases.with_system.all() and not _has_both(seen):
        return Unseen(
            "its records hold no case that was done the manual way, and a number that somebody "
            "counted elsewhere is no comparison: who counted, which cases, and in which season "
            "is not known",
            "Add the cases from before the system came (records.with_system: no), or let some be "
            "done the manual way, drawn by lot",
        )
    asked = value.design
    ways = {
        "randomised": _drawn_design, "alternating": _drawn_design, "staggered": _staggered,
        "before-after": _before_after, "matched": _matched,
    }  # fmt: skip
    if asked != "auto":
        found = ways[asked](seen, value)
        if isinstance(found, Chosen) and found.name != asked:
            return _not_as_named(asked, found)
    else:
        found = _strongest(seen, value)
    return replace(found, volunteers=_volunteers(seen)) if isinstance(found, Chosen) else found


def _strongest(seen: Observed, value: Value) -> Chosen | Unseen:
    if _has_both(seen):
        return _drawn_design(seen, value)
    for design in (_staggered, _before_after):
        found = design(seen, value)
        if isinstance(found, Chosen):
            return found
    return _matched(seen, value)


def _not_as_named(asked: str, found: Chosen) -> Unseen:
    if asked == "alternating":
        return Unseen(
            "value.design says that they took turns, but the column 'assigned' does not change "
            "sides from each turn to the next",
            "Write design: randomised where it was drawn, or correct value.assigned_by",
        )
    return Unseen(
        "value.design says that it was drawn, but the column 'assigned' changes sides from each "
        f"turn to the next, {len(np.unique(found.cases.day))} days long: that is no draw",
        "Write design: alternating",
    )


# Drawn, or by turns


def _drawn(seen: Observed) -> Flags:
    if seen.assigned is None:
        return np.zeros(len(seen.cases), dtype=bool)
    drawn: Flags = seen.assigned >= 0
    return drawn


def _has_both(seen: Observed) -> bool:
    return seen.assigned is not None and {0, 1} <= set(np.unique(seen.assigned).tolist())


def _drawn_design(seen: Observed, value: Value) -> Chosen | Unseen:
    if seen.assigned is None:
        return Unseen(
            f"value.design says {value.design}, and no column says what was drawn for each case",
            "Name the column: value.records.assigned",
        )
    if not _has_both(seen):
        return Unseen(
            "the column 'assigned' does not hold cases of both sides",
            "Draw some cases to be done the manual way, or choose another value.design",
        )
    drawn = _drawn(seen)
    before = seen.cases.where(~drawn & ~seen.cases.with_system)
    cases = seen.cases.where(drawn)
    with_system = seen.assigned[drawn] == 1
    used = cases.with_system if seen.says_way else None
    begins = int(cases.day.min())
    early = before.where(before.day < begins)
    cases = replace(cases, with_system=with_system, used=used, before=known_before(cases, early))
    by = value.assigned_by
    turns = _takes_turns(cases, by)
    named: DesignName = "alternating" if turns else "randomised"
    how = (
        f"a column says which cases had their turn with the system, and {by}s took strict turns"
        if turns
        else f"a column says for each case whether it was drawn, and {WHEN_DRAWN[by]}"
    )
    return Chosen(
        name=named,
        cases=cases,
        begins=begins,
        why=f"{how[0].upper()}{how[1:]}: nothing else decides who has it.",
        options={"design": named, "assigned_by": by, "split": value.assigned_share},
    )


def _takes_turns(cases: Cases, by: str) -> bool:
    """Tell whether cases, days or weeks changed sides each time, and often enough to mean it."""
    if by in {"person", "team"}:
        return False
    if by == "case":
        order = np.argsort(cases.day if cases.moment is None else cases.moment, kind="stable")
        side = cases.with_system[order].astype(np.int64)
    else:
        unit = cases.day if by == "day" else (cases.day + 3) // 7
        units, place = np.unique(unit, return_inverse=True)
        n = np.bincount(place, minlength=len(units))
        with_it = np.bincount(place, weights=cases.with_system, minlength=len(units)) / n
        if np.any((with_it > 0.5 - 0.4) & (with_it < 0.5 + 0.4)):
            return False
        side = (with_it > 0.5).astype(np.int64)
    return len(side) >= FEWEST_TURNS and bool(np.all(np.diff(side) != 0))


# By the day on which teams began


def _staggered(seen: Observed, value: Value) -> Chosen | Unseen:
    if seen.cases.team is None:
        return Unseen(
            "the records do not say which team did each case",
            "Name the column: value.records.team",
        )
    if value.rollout:
        first = {each.team.casefold(): day_number(each.on) for each in value.rollout}
        begins = np.array([first.get(each.casefold(), NEVER) for each in seen.teams], np.int64)
        told = "value.rollout says from when on each team had it"
    elif value.rolled_out is not None:
        return Unseen(
            "value.rolled_out says that all teams got it on one day",
            "Give value.rollout, or write design: before-after",
        )
    else:
        by_use = first_uses(seen.cases, len(seen.teams))
        if by_use is None:
            return Unseen(
                "in some teams part of the cases is done with the system and part without, so "
                "that they did not begin on a day",
                "Say from when on each team had it: value.rollout",
            )
        begins, told = by_use, "by the records each team began on a day of its own"
    there = np.unique(seen.cases.team[seen.cases.team >= 0])
    days = np.unique(begins[there])
    if len(days) < 2 or at_once(days, value):
        return Unseen(
            "all teams began within a week",
            "Write design: before-after, and name teams that never have it: value.control_teams",
        )
    team = seen.cases.team
    # Cases of no known team go along, so that the estimate can say that they do not count.
    starts = np.where(team >= 0, begins[np.maximum(team, 0)], NEVER)
    cases = replace(seen.cases, rolled_out=starts)
    n_never = int(np.sum(begins[there] == NEVER))
    never = f", {n_never} of them never" if n_never else ""
    return Chosen(
        name="staggered",
        cases=cases,
        begins=int(days[0]),
        why=f"There was no draw, and {told}: {len(there)} teams on {len(days[days < NEVER])} "
        f"{'days' if len(days[days < NEVER]) != 1 else 'day'}{never}, so that those who had it "
        "can be held against those who had not yet.",
    )


# By one day


def _before_after(seen: Observed, value: Value) -> Chosen | Unseen:
    cases = seen.cases
    if value.rolled_out is not None:
        begins = day_number(value.rolled_out)
        told = f"all began on {value.rolled_out}"
    elif value.rollout:
        begins = min(day_number(each.on) for each in value.rollout)
        told = f"the first teams began on {day_of(begins)}"
    else:
        counted = cases if cases.is_control is None else cases.where(~cases.is_control)
        start = clean_start(counted) if counted.with_system.any() else None
        if start is None:
            return Unseen(
                "part of the cases is done with the system and part without, so that they did not "
                "begin on a day",
                "Say from when on all had it (value.rolled_out), or write design: matched",
            )
        begins, told = start, f"by the records all began on {day_of(start)}"
    if not np.any(cases.day < begins):
        return Unseen(
            f"the records hold no case from before {day_of(begins)}, when it came",
            "Add the months before it",
        )
    if not np.any(cases.day >= begins):
        return Unseen(
            f"the records end before {day_of(begins)}, when it came", "Wait for the first cases"
        )
    control = cases.is_control is not None and bool(cases.is_control.any())
    beside = (
        "teams that never have it show what moved everybody"
        if control
        else "nothing shows what else moved the figure, so that only a step counts"
    )
    return Chosen(
        name="before-after",
        cases=cases,
        begins=begins,
        why=f"There was no draw and {told}: the time before is carried on, and {beside}."
        f"{_used_since(seen, begins)}",
        options={"rolled_out": begins, "season_days": value.season_days},
    )


def _used_since(seen: Observed, begins: int) -> str:
    """Say how many cases were done with it since, and before, where that is not all and none."""
    cases = seen.cases
    if not seen.says_way:
        return ""
    counted = cases if cases.is_control is None else cases.where(~cases.is_control)
    since = counted.day >= begins
    after, early = counted.with_system[since].mean(), counted.with_system[~since].mean()
    said = ""
    if after < 1 - CLEAN:
        said += f" Since then {after:.0%} of the cases were done with it; all of them count."
    if early > CLEAN:
        said += f" Before then {early:.0%} were: that makes the effect look smaller than it is."
    return said


# By choice


def _matched(seen: Observed, value: Value) -> Chosen | Unseen:
    cases = seen.cases
    first = int(cases.day[cases.with_system].min()) if cases.with_system.any() else 0
    begins = first if value.rolled_out is None else min(first, day_number(value.rolled_out))
    during = cases.day >= begins
    both = cases.where(during)
    if not len(both) or both.with_system.all() or not both.with_system.any():
        return Unseen(
            "since it came all cases were done with it, so that none can be matched",
            "Say from when on all had it (value.rolled_out), and add the months before",
        )
    share = float(both.with_system.mean())
    return Chosen(
        name="matched",
        cases=replace(cases, rolled_out=np.full(len(cases), begins, dtype=np.int64)),
        begins=begins,
        why=f"There was no draw and no day on which all began: {share:.0%} of the cases since "
        f"{day_of(begins)} were done with the system by somebody's choice, and are held against "
        "cases of the same kind that were not.",
    )


def _volunteers(seen: Observed) -> str | None:
    """Say so where all who used it came forward by themselves."""
    cases = seen.cases
    if cases.volunteer is None or not cases.with_system.any():
        return None
    if not cases.volunteer[cases.with_system].all():
        return None
    return (
        "All cases with the system were done by people who came forward by themselves. What is "
        "found holds for people like them; what the others will do with it is not known."
    )
