"""Dates and times in another format or zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from proveout.checks.stress.columns import Kind
from proveout.checks.stress.operators.operator import Hit, Operator, is_gone, with_values

if TYPE_CHECKING:
    from numpy.random import Generator

MOMENT: frozenset[Kind] = frozenset({"moment"})

ZONE_HOURS = (-8.0, -5.0, -1.0, 1.0, 2.0, 5.5, 9.0)
"""Between UTC and places where companies are; -1 and 1 are a forgotten summer time."""


def _change_format(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    formats = {name: ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y")[rng.integers(3)] for name in hit.columns}

    def written(name: str) -> Callable[[Any], Any]:
        def write(cell: Any) -> Any:
            moment = _read(cell)
            if moment is None:
                return cell
            has_time = isinstance(moment, datetime) and len(str(cell)) > len("2013-01-01")
            return moment.strftime(formats[name] + (" %H:%M" if has_time else ""))

        return write

    return [_each_cell(hit, written)]


def _swap_day_and_month(hit: Hit, rng: Generator) -> list[pd.DataFrame]:  # noqa: ARG001
    def swap(cell: Any) -> Any:
        moment = _read(cell)
        if moment is None or moment.day > 12:
            return cell
        return _like(cell, moment.replace(month=moment.day, day=moment.month))

    return [_each_cell(hit, lambda _: swap)]


def _shift_zone(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    hours = {name: ZONE_HOURS[int(rng.integers(len(ZONE_HOURS)))] for name in hit.columns}

    def shifted(name: str) -> Callable[[Any], Any]:
        by = timedelta(hours=hours[name])

        def shift(cell: Any) -> Any:
            moment = _read(cell)
            if moment is None:
                return cell
            if isinstance(moment, datetime):
                return _like(cell, moment + by)
            # A date stands for its midnight.
            return _like(cell, (datetime.combine(moment, time()) + by).date())

        return shift

    return [_each_cell(hit, shifted)]


def _each_cell(hit: Hit, changed: Callable[[str], Callable[[Any], Any]]) -> pd.DataFrame:
    new = {}
    for name in hit.columns:
        change = changed(name)
        new[name] = [None if is_gone(cell) else change(cell) for cell in hit.rows[name].tolist()]
    return with_values(hit.rows, new)


def _read(cell: Any) -> date | datetime | None:
    if isinstance(cell, date):
        return cell
    try:
        return datetime.fromisoformat(cell)
    except (TypeError, ValueError):
        return None


def _like(cell: Any, moment: date | datetime) -> Any:
    """Write a moment as the cell it takes the place of was written."""
    if not isinstance(cell, str):
        return moment
    if len(cell) == len("2013-01-01") or not isinstance(moment, datetime):
        return moment.strftime("%Y-%m-%d")
    return moment.isoformat(sep=cell[10])


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
    stands_for="local time stored as UTC, or a forgotten summer time",
    does="one shift per column, of -8 to +9 hours",
    kinds=MOMENT,
    damage=_shift_zone,
)
