"""One KPI out of the records: its cases, and every row that does not count with its reason."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from proveout.charter.schema.purpose import Kpi
from proveout.charter.schema.value import Measured, Value
from proveout.charter.time_units import KNOWN, days_per_unit
from proveout.checks.value.records import EMPTY, Records, Wanted
from proveout.checks.value.sorting import Left, Sorting, Unseen, left_out_words
from proveout.checks.value.ways import day_number, day_of, team_codes, ways_of
from proveout.statistics.effects.cases import Cases, Flags, Floats, Ints, Statistic


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
    sorting = Sorting(records)
    moment = _moment(records, measured)
    figures = _figures(sorting, records, measured, moment, is_time=unit_days is not None, now=now)
    end = _end(value, now)
    sorting.leave(moment >= end + 1, f"a beginning after {day_of(end)}")
    sorting.leave(
        records.repeated, f"a case ('{records.said.case}') that another row tells as well"
    )
    with_system = ways_of(sorting, records, value, moment)
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
    if unit_days is not None and not (sorting.counts & ~figures.is_open).any():
        return Unseen(
            f"not one of {int(sorting.counts.sum()):,} cases has a moment in '{measured.ends}': "
            "cases of which none has ended tell nothing of how long they take",
            f"Look whether the records hold it under another column than '{measured.ends}', or "
            "wait until cases have ended",
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
    sorting: Sorting, records: Records, measured: Measured, moment: Floats,
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
