"""Dates and times in another format or zone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pandas as pd

from proveout.checks.stress.columns import Kind
from proveout.checks.stress.operators.clocks import CLOCK, shifted_clock
from proveout.checks.stress.operators.numbers import recomputed
from proveout.checks.stress.operators.operator import (
    Hit,
    Operator,
    is_gone,
    with_columns,
    with_values,
)
from proveout.checks.stress.operators.writing import like, read

if TYPE_CHECKING:
    from numpy.random import Generator

MOMENT: frozenset[Kind] = frozenset({"moment"})

ZONE_HOURS = (-8.0, -5.0, -3.5, 2.0, 5.5, 9.0)
"""Between UTC and places where companies are."""

CENTURY = 100
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # as spreadsheets and exports count, without a zone
FIRST_SERIAL_DAY = datetime(1899, 12, 30)  # noqa: DTZ001
"""Day 0 of spreadsheets."""


def _change_format(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    formats = {name: ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y")[rng.integers(3)] for name in hit.columns}

    def written(name: str) -> Callable[[Any], Any]:
        def write(cell: Any) -> Any:
            moment = read(cell)
            if moment is None:
                return cell
            has_time = isinstance(moment, datetime) and len(str(cell)) > len("2013-01-01")
            return moment.strftime(formats[name] + (" %H:%M" if has_time else ""))

        return write

    return [_each_cell(hit, written)]


def _swap_day_and_month(hit: Hit, rng: Generator) -> list[pd.DataFrame]:  # noqa: ARG001
    def swap(cell: Any) -> Any:
        moment = read(cell)
        if moment is None or moment.day > 12:
            return cell
        return like(cell, moment.replace(month=moment.day, day=moment.month))

    return [_each_cell(hit, lambda _: swap)]


def _shift_zone(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    hours = {name: ZONE_HOURS[int(rng.integers(len(ZONE_HOURS)))] for name in hit.columns}
    return [_shifted(hit, hours)]


def _forget_summer_time(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    hour = (-1.0, 1.0)[int(rng.integers(2))]
    return [_shifted(hit, dict.fromkeys(hit.columns, hour))]


def _shifted(hit: Hit, hours: dict[str, float]) -> pd.DataFrame:
    clocks = [name for name in hit.columns if pd.api.types.is_numeric_dtype(hit.sample[name])]

    def shifted(name: str) -> Callable[[Any], Any]:
        by = timedelta(hours=hours[name])

        def shift(cell: Any) -> Any:
            moment = read(cell)
            if moment is None:
                return cell
            if isinstance(moment, datetime):
                return like(cell, moment + by)
            # A date stands for its midnight.
            return like(cell, (datetime.combine(moment, time()) + by).date())

        return shift

    moments = replace(hit, columns=tuple(name for name in hit.columns if name not in clocks))
    rows = _each_cell(moments, shifted)
    turned = {name: shifted_clock(hit, name, hours[name]) for name in clocks}
    return recomputed(replace(hit, rows=rows), turned)


def _turn_round(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    """Let two moments of the row change places, so that what came first comes last."""
    pairs = _pairs(hit.sample, hit.columns)
    new = {}
    for one, other in (pairs[place] for place in rng.permutation(len(pairs))):
        if one not in new and other not in new:
            new[one], new[other] = hit.rows[other], hit.rows[one]
    return [with_columns(hit.rows, new)]


def _in_pairs(sample: pd.DataFrame, columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for pair in _pairs(sample, columns) for name in pair))


def _pairs(sample: pd.DataFrame, columns: tuple[str, ...]) -> list[tuple[str, str]]:
    """Columns of the same kind and type, of which one comes before the other in most rows."""
    found = []
    for one, other in combinations(columns, 2):
        first, second = sample[one], sample[other]
        if _family(first) != _family(second):
            continue
        try:
            known = first.notna() & second.notna()
            before, after = (first[known] < second[known]), (first[known] > second[known])
        except TypeError:  # moments with and without a zone do not compare
            continue
        if known.any() and max(before.mean(), after.mean()) >= 0.9:
            found.append((one, other))
    return found


def _family(column: pd.Series[Any]) -> str:
    """What compares with each other, and can stand in each other's place."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return "moment"
    if pd.api.types.is_numeric_dtype(column.dtype):
        return "clock"
    present = column.dropna()
    return type(present.iloc[0]).__name__ if len(present) else "nothing"


def _wrong_century(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    years = {name: (-CENTURY, CENTURY, -1, 1)[rng.integers(4)] for name in hit.columns}

    def moved(name: str) -> Callable[[Any], Any]:
        def move(cell: Any) -> Any:
            moment = read(cell)
            if moment is None or not 1 <= moment.year + years[name] <= 2261:
                return cell
            day = min(moment.day, 28) if moment.month == 2 else moment.day
            return like(cell, moment.replace(year=moment.year + years[name], day=day))

        return move

    return [_each_cell(hit, moved)]


def _count(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    ways = {name: int(rng.integers(3)) for name in hit.columns}

    def counted(name: str) -> Callable[[Any], Any]:
        def count(cell: Any) -> Any:
            moment = read(cell)
            if moment is None:
                return cell
            whole = moment if isinstance(moment, datetime) else datetime.combine(moment, time())
            whole = whole.replace(tzinfo=None)
            seconds = (whole - EPOCH).total_seconds()
            if ways[name] == 2:
                return round((whole - FIRST_SERIAL_DAY).total_seconds() / 86_400, 5)
            return seconds if ways[name] == 0 else seconds * 1000

        return count

    return [_each_cell(hit, counted)]


def _lose_time(hit: Hit, rng: Generator) -> list[pd.DataFrame]:  # noqa: ARG001
    def cut(cell: Any) -> Any:
        moment = read(cell)
        if not isinstance(moment, datetime):
            return cell
        return like(cell, moment.replace(hour=0, minute=0, second=0, microsecond=0))

    return [_each_cell(hit, lambda _: cut)]


def _each_cell(hit: Hit, changed: Callable[[str], Callable[[Any], Any]]) -> pd.DataFrame:
    new = {}
    for name in hit.columns:
        change = changed(name)
        new[name] = [
            None if is_gone(cell) else _within_bounds(change, cell)
            for cell in hit.rows[name].tolist()
        ]
    return with_values(hit.rows, new)


def _within_bounds(change: Callable[[Any], Any], cell: Any) -> Any:
    """Change a moment, but for one at the end of all times, beyond which there is none."""
    try:
        return change(cell)
    except (OverflowError, ValueError):
        return cell


DATE_FORMAT = Operator(
    name="date-format",
    stands_for="a site that writes dates its own way",
    does="31/12/2013, 12/31/2013 or 31.12.2013 as text, one way per column",
    kinds=MOMENT,
    damage=_change_format,
)

DAY_MONTH_SWAP = Operator(
    name="day-month-swap",
    stands_for="day and month read the wrong way round",
    does="4 March becomes 3 April; days after the 12th stay, as they do in reality",
    kinds=MOMENT,
    damage=_swap_day_and_month,
)

TIME_ZONE_SHIFT = Operator(
    name="time-zone-shift",
    stands_for="local time stored as UTC, and sites in other zones",
    does="one shift per column, of -8 to +9 hours, whole and half ones; clocks go round midnight",
    kinds=MOMENT | CLOCK,
    damage=_shift_zone,
)

SUMMER_TIME = Operator(
    name="summer-time",
    stands_for="clocks that were put forward in one system and not in the other",
    does="all times are an hour early, or all are an hour late",
    kinds=MOMENT | CLOCK,
    damage=_forget_summer_time,
)

CONFLICTING_TIMES = Operator(
    name="conflicting-times",
    stands_for="records that end before they begin",
    does="two times of a row of which one comes first change places",
    kinds=MOMENT | CLOCK,
    damage=_turn_round,
    fewest_columns=2,
    fits=_in_pairs,
    wants="two times of which one comes first",
)

WRONG_YEAR = Operator(
    name="wrong-year",
    stands_for="years written with two digits, and forms of last year that go on being used",
    does="a year or a century too early or too late, the same in the whole column",
    kinds=MOMENT,
    damage=_wrong_century,
)

MOMENT_AS_NUMBER = Operator(
    name="moment-as-number",
    stands_for="spreadsheets and interfaces that count days, seconds or milliseconds",
    does="days since 1900 as spreadsheets count, or seconds or milliseconds since 1970, per column",
    kinds=MOMENT,
    damage=_count,
)

LOST_TIME = Operator(
    name="lost-time",
    stands_for="exports that keep the day and drop the time",
    does="the time of the day becomes midnight; a date stays as it is",
    kinds=MOMENT,
    damage=_lose_time,
)
