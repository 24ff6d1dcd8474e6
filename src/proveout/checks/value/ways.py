"""Which rows were done with the system, and since when teams had it: as said, drawn, or by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from proveout.charter.loading.nearest import nearest
from proveout.charter.schema.value import Value
from proveout.checks.value.records import Records
from proveout.checks.value.sorting import Sorting, Unseen
from proveout.errors import InputError
from proveout.statistics.effects.cases import NEVER, Flags, Floats, Ints

EPOCH = date(1970, 1, 1)
_SAID = 0
"""Flags at or above it say something."""


def day_number(day: date) -> int:
    """Return whole days since 1970."""
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """Return the day."""
    return date.fromordinal(EPOCH.toordinal() + int(number))


def ways_of(sorting: Sorting, records: Records, value: Value, moment: Floats) -> Flags | Unseen:
    """Return which rows were done with the system: as said, as drawn, or by the day."""
    said, drawn = records.flags.get("with_system"), records.flags.get("assigned")
    begins = first_days(records.team, records.teams, records.n, value)
    by_day = None if begins is None else np.floor(np.nan_to_num(moment)) >= begins
    if said is None and drawn is None and by_day is None:
        return Unseen(
            f"{records.name} does not say which cases were done with the system",
            "Name the column that does (value.records.with_system), or the day from which on all "
            "had it (value.rolled_out)",
        )
    way = np.full(records.n, -1, dtype=np.int64) if said is None else said.copy()
    column = records.said.with_system
    if said is not None:
        sorting.leave(said < -1, f"what is neither yes nor no in '{column}'", column)
    if drawn is not None:
        way = np.where((way < _SAID) & (drawn >= _SAID), drawn, way)
    if by_day is not None:
        # Before the rollout nobody had it, and the column was often not yet there.
        way = np.where((way < _SAID) & (~by_day | (said is None)), by_day, way)
    elif said is None and drawn is not None and (drawn >= _SAID).any():
        first = float(np.nanmin(np.where(drawn >= _SAID, moment, np.inf)))
        way = np.where((way < _SAID) & (moment < first), 0, way)
    sorting.leave(way < _SAID, "nothing that says whether it was done with the system")
    is_with: Flags = way == 1
    return is_with


def first_days(team: Ints | None, teams: Sequence[str], n: int, value: Value) -> Ints | None:
    """Return for each row the day from which on its team had the system, as the charter says.

    None where it does not say. Raises InputError on a team that is not in the records.
    """
    control = team_codes(value.control_teams, teams, where="value.control_teams")
    if value.rollout:
        said = [each.team for each in value.rollout]
        codes = team_codes(said, teams, where="value.rollout")
        begins = np.full(len(teams) + 1, NEVER, dtype=np.int64)
        for code, each in zip(codes, value.rollout, strict=True):
            begins[code] = day_number(each.on)
        assert team is not None  # noqa: S101  # team_codes has found them
        return begins[team]
    if value.rolled_out is None:
        return None
    day = np.full(n, day_number(value.rolled_out), dtype=np.int64)
    if team is not None and control:
        day[np.isin(team, control)] = NEVER
    return day


def team_codes(said: Sequence[str], teams: Sequence[str], *, where: str) -> list[int]:
    """Return the codes of teams. Raises InputError on one that is not in the records."""
    known = {each.casefold(): code for code, each in enumerate(teams)}
    for each in said:
        if each.casefold() not in known:
            near = nearest(each, teams)
            there = ", ".join(list(teams)[:12]) or "none; name their column: value.records.team"
            raise InputError(
                f"{where}: there is no team '{each}' in the records. Teams: {there}.",
                hint=f"Did you mean '{near}'?" if near else "Write the team as the records do.",
            )
    return [known[each.casefold()] for each in said]
