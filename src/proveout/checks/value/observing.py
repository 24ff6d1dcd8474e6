"""One KPI out of the records: its cases, and every row that does not count with its reason."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from proveout.charter.loading.nearest import nearest
from proveout.charter.schema.purpose import Kpi
from proveout.charter.schema.value import Measured, Value
from proveout.charter.time_units import KNOWN, days_per_unit
from proveout.checks.value.records import EMPTY, Records, Wanted
from proveout.errors import InputError
from proveout.statistics.effects.cases import NEVER, Cases, Flags, Floats, Ints, Statistic

EPOCH = date(1970, 1, 1)
_SAID = 0
"""Flags at or above it say something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Rows that do not count."""

    why: str
    """Goes on from 'rows with': 'an end before the beginning'."""
    n: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One KPI's cases."""

    kpi: Kpi
    statistic: Statistic
    scale: float
    """What the figures of the statistic are multiplied by at the end: shares alone."""
    cases: Cases
    """All that count; `with_system` says what was done, not what was drawn."""
    assigned: Ints | None
    """1 and 0 as drawn, -1 where nothing was; None without such a column."""
    says_way: bool
    """Whether a column says what was done with the system."""
    teams: tuple[str, ...]
    rows: int
    left_out: tuple[Left, ...]
    in_words: str
    """'time from opened_at to closed_at'."""
    name: str
    fingerprint: str
    simulated: bool
    completed_only: bool
    """Times of which not one is open: those that are may have been left out of the records."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """Why a KPI cannot be taken from the records."""

    why: str
    next_step: str


def day_number(day: date) -> int:
    """Return whole days since 1970."""
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """Return the day."""
    return date.fromordinal(EPOCH.toordinal() + int(number))


def wanted_of(kpi: Kpi, measured: Measured) -> tuple[Wanted, ...]:
    """Return the columns that a KPI is taken from."""
    where = f"kpis[{kpi.name}].measured"
    kinds: tuple[tuple[str, Any], ...] = (
        ("value", "number"), ("per", "number"), ("begins", "moment"), ("ends", "moment"),
        ("happened", "truth"),
    )  # fmt: skip
    return tuple(
        Wanted(kind, column, f"{where}.{key}")
        for key, kind in kinds
        if (column := getattr(measured, key)) is not None
    )


def observe(
    kpi: Kpi, measured: Measured, records: Records, value: Value, *, now: datetime,
    presumes_manual: bool = False,
) -> Observed | Unseen:  # fmt: skip
    """Take a KPI from the records. Raises InputError where they lack a column that it needs.

    `presumes_manual` takes all cases for manual ones where nothing says otherwise: before the
    rollout that is so.
    """
    wanted = wanted_of(kpi, measured)
    for each in wanted:
        if each in records.missing:
            raise records.missing[each]
    unit_days = days_per_unit(kpi.unit) if measured.begins else None
    if measured.begins and unit_days is None:
        return Unseen(
            f"it is the time between two moments, and '{kpi.unit}' is no unit of time",
            f"Write one of {', '.join(KNOWN)} as the KPI's unit",
        )
    if unit_days is not None:
        unit_days /= measured.times
    sorting = _Sorting(records)
    moment = _moment(records, measured)
    figures = _figures(sorting, records, measured, moment, is_time=unit_days is not None, now=now)
    end = _end(value, now)
    sorting.leave(moment >= end + 1, f"a beginning after {day_of(end)}")
    sorting.leave(
        records.repeated, f"a case ('{records.said.case}') that another row tells as well"
    )
    with_system = _ways(sorting, records, value, moment)
    if isinstance(with_system, Unseen) and presumes_manual:
        with_system = np.zeros(records.n, dtype=bool)
    if isinstance(with_system, Unseen):
        return with_system
    if not sorting.counts.any():
        told = "; ".join(left_out_words(sorting.left))
        return Unseen(
            f"none of the {records.n:,} rows of {records.name} counts" + (f": {told}" * bool(told)),
            "Correct the records, or say in value.records which columns are meant",
        )
    as_of = _as_of(moment, figures, sorting.counts, end, value, is_time=unit_days is not None)
    sorting.leave(
        moment >= as_of + 1,
        "a beginning on the last day that the records reach, of which they may hold only a part",
    )
    counts = sorting.counts
    when = _When(moment=moment, with_system=with_system, unit_days=unit_days)
    cases = _cases(records, figures, when, value).where(counts)
    assigned = records.flags.get("assigned")
    return Observed(
        kpi=kpi,
        statistic=statistic_of(kpi, measured),
        scale=measured.times if measured.happened else 1.0,
        cases=cases.until(as_of),
        assigned=None if assigned is None else np.maximum(assigned, -1)[counts],
        says_way="with_system" in records.flags,
        teams=records.teams,
        rows=records.n,
        left_out=tuple(sorting.left),
        in_words=in_words(measured),
        name=records.name,
        fingerprint=records.fingerprint,
        simulated=records.said.simulated,
        completed_only=unit_days is not None and not bool(figures.is_open.any()),
    )


def statistic_of(kpi: Kpi, measured: Measured) -> Statistic:
    """Return which figure of many cases the KPI is."""
    is_lower = kpi.direction == "lower"
    if measured.happened is not None:
        return Statistic(kind="share", lower_is_better=is_lower)
    if measured.per is not None:
        return Statistic(kind="rate", lower_is_better=is_lower)
    if measured.statistic == "mean":
        return Statistic(kind="mean", horizon=measured.horizon, lower_is_better=is_lower)
    share = {"median": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95}[measured.statistic]
    return Statistic(
        kind="quantile", quantile=share, horizon=measured.horizon, lower_is_better=is_lower
    )


def in_words(measured: Measured) -> str:
    """Say how a KPI is taken from the records."""
    times = "" if measured.times == 1 else f", times {measured.times:g}"
    if measured.happened is not None:
        return f"share of cases in which '{measured.happened}' is yes{times}"
    if measured.begins is not None:
        what = f"time from '{measured.begins}' to '{measured.ends}'"
    elif measured.per is not None:
        return f"sum of '{measured.value}' per sum of '{measured.per}'{times}"
    else:
        what = f"'{measured.value}'{times}"
    return (
        f"{measured.statistic} of {what}"
        if measured.begins is None
        else (f"{measured.statistic} {what}")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figures:
    value: Floats
    is_open: Flags
    exposure: Floats | None


class _Sorting:
    """Which rows count, and why the others do not: the first reason that holds."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.counts = np.ones(records.n, dtype=bool)
        self.left: list[Left] = []

    def leave(self, rows: Flags, why: str, column: str | None = None) -> None:
        """Leave rows out that still count."""
        n = int(np.count_nonzero(rows & self.counts))
        if n:
            examples = self.records.unreadable.get(column or "", ())
            self.left.append(Left(why=why, n=n, examples=examples))
            self.counts &= ~rows

    def leave_field(self, values: Floats, column: str, *, what: str) -> None:
        """Leave rows out whose field is empty or cannot be read."""
        self.leave(values == EMPTY, f"nothing in '{column}'", column)
        self.leave(np.isnan(values), f"what is no {what} in '{column}'", column)


def _moment(records: Records, measured: Measured) -> Floats:
    """When each case began, in days; of times it is the moment that they are counted from."""
    if measured.begins is None:
        return records.at
    began = next(
        column for each, column in records.columns.items()
        if each.kind == "moment" and each.column == measured.begins
    )  # fmt: skip
    return np.where(np.isfinite(began), began, records.at)


def _figures(
    sorting: _Sorting, records: Records, measured: Measured, moment: Floats,
    *, is_time: bool, now: datetime,
) -> _Figures:  # fmt: skip
    """Return the figure of each row, leaving out those that have none."""
    by_name = {each.column: column for each, column in records.columns.items()}
    at = records.said.at
    sorting.leave(records.is_at_empty & ~np.isfinite(moment), f"nothing in '{at}'")
    sorting.leave(~np.isfinite(moment), f"what is no moment in '{at}'", at)
    never_open = np.zeros(records.n, dtype=bool)
    if measured.happened is not None:
        happened = by_name[measured.happened]
        sorting.leave_field(happened, measured.happened, what="yes or no")
        return _Figures(value=happened, is_open=never_open, exposure=None)
    if not is_time:
        assert measured.value is not None  # noqa: S101  # one of three ways is given
        figure = by_name[measured.value]
        sorting.leave_field(figure, measured.value, what="number")
        exposure = None
        if measured.per is not None:
            exposure = by_name[measured.per]
            sorting.leave_field(exposure, measured.per, what="number")
            sorting.leave(exposure <= 0, f"nothing to count per in '{measured.per}'")
        return _Figures(value=figure * measured.times, is_open=never_open, exposure=exposure)
    assert measured.begins is not None and measured.ends is not None  # noqa: S101, PT018
    begins, ends = by_name[measured.begins], by_name[measured.ends]
    sorting.leave_field(begins, measured.begins, what="moment")
    sorting.leave(np.isnan(ends), f"what is no moment in '{measured.ends}'", measured.ends)
    is_open = ends == EMPTY
    sorting.leave(~is_open & (ends < begins), "an end before the beginning")
    latest = now.timestamp() / 86_400
    sorting.leave(~is_open & (ends > latest), "an end in the future")
    ended = np.where(is_open, np.inf, ends)
    return _Figures(value=ended - begins, is_open=is_open, exposure=None)


def _end(value: Value, now: datetime) -> int:
    """Return the last day that may count."""
    today = day_number(now.astimezone(UTC).date())
    return today if value.until is None else min(today, day_number(value.until))


def _ways(sorting: _Sorting, records: Records, value: Value, moment: Floats) -> Flags | Unseen:
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


def _as_of(
    moment: Floats, figures: _Figures, counts: Flags, end: int, value: Value, *, is_time: bool
) -> int:
    """Return the last whole day that the records tell of.

    What they hold of their last day may be its first hour alone: what is open then is known to be
    so until the day before, unless the owner says that they reach further (value.until).
    """
    last = float(moment[counts].max())
    if is_time:
        done = counts & ~figures.is_open
        if done.any():
            last = max(last, float((moment + figures.value)[done].max()))
    day = math.floor(last)
    if day > end or (value.until is not None and day == end):
        return end
    return day - 1 if is_time else day


@dataclass(frozen=True, slots=True, kw_only=True)
class _When:
    """When each row began, and how it was done."""

    moment: Floats
    with_system: Flags
    unit_days: float | None
    """Days of a unit, where figures are times."""


def _cases(records: Records, figures: _Figures, when: _When, value: Value) -> Cases:
    control = team_codes(value.control_teams, records.teams, where="value.control_teams")
    volunteer = records.flags.get("volunteer")
    team = records.team
    is_time = when.unit_days is not None
    return Cases(
        value=figures.value / (when.unit_days or 1.0),
        day=np.floor(np.nan_to_num(when.moment)).astype(np.int64),
        with_system=when.with_system,
        is_open=figures.is_open if is_time else None,
        moment=when.moment,
        days_per_unit=when.unit_days,
        exposure=figures.exposure,
        team=team,
        person=records.person,
        traits=records.traits,
        trait_names=records.trait_names,
        volunteer=None if volunteer is None else volunteer == 1,
        is_control=None if team is None or not control else np.isin(team, control),
    )


def left_out_words(left: Sequence[Left]) -> Iterator[str]:
    """Write what does not count: '3 rows with an end before the beginning'."""
    for each in left:
        rows = "row" if each.n == 1 else "rows"
        told = f" ({', '.join(repr(text) for text in each.examples)})" if each.examples else ""
        yield f"{each.n:,} {rows} with {each.why}{told}"
