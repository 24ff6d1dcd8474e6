"""Values that stand for no value, and values that never change."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from proveout.checks.stress.columns import Kind
from proveout.checks.stress.operators.operator import (
    Hit,
    Operator,
    is_gone,
    with_columns,
    with_values,
)
from proveout.checks.stress.operators.writing import like

if TYPE_CHECKING:
    from numpy.random import Generator

TEXT: frozenset[Kind] = frozenset({"text"})
MOMENT: frozenset[Kind] = frozenset({"moment"})

SENTINEL_TEXTS = ("N/A", "unknown", "TBD", "-", "null", "#N/A", "see above", "0")
"""What people and systems write where they have no text."""

SENTINEL_DAYS = (date(1900, 1, 1), date(1970, 1, 1), date(2099, 12, 31))
"""What systems write where they have no date; a nanosecond clock still knows them all."""


def _put_text(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    new: dict[str, list[Any]] = {}
    for name in hit.columns:
        usual = set(hit.sample[name].dropna().tolist())
        unused = [text for text in SENTINEL_TEXTS if text not in usual] or ["n.n."]
        new[name] = [unused[int(rng.integers(len(unused)))]] * len(hit.rows)
    return [with_values(hit.rows, new)]


def _put_day(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    new: dict[str, list[Any]] = {}
    for name in hit.columns:
        day = SENTINEL_DAYS[int(rng.integers(len(SENTINEL_DAYS)))]
        new[name] = [None if is_gone(cell) else _as(cell, day) for cell in hit.rows[name].tolist()]
    return [with_values(hit.rows, new)]


def _as(cell: Any, day: date) -> Any:
    """Write a day as the cell it takes the place of was written."""
    if isinstance(cell, str):
        return like(cell, datetime(day.year, day.month, day.day))  # noqa: DTZ001  # as the cell says
    if isinstance(cell, datetime):
        return pd.Timestamp(day.isoformat(), tz=cell.tzinfo)
    return day


def _stick(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    new = {}
    for name in hit.columns:
        known = hit.sample[name].dropna()
        if len(known):
            value = known.iloc[[int(rng.integers(len(known)))] * len(hit.rows)]
            new[name] = value.set_axis(hit.rows.index)
    return [with_columns(hit.rows, new)]


SENTINEL_TEXT = Operator(
    name="sentinel-texts",
    stands_for="forms that demand an answer from people who have none",
    does="one of N/A, unknown, TBD, -, null, #N/A, see above, 0, the same in the whole column",
    kinds=TEXT,
    damage=_put_text,
    overwrites=True,
)

SENTINEL_DATE = Operator(
    name="sentinel-dates",
    stands_for="systems that write 1900-01-01 or 2099-12-31 for a date they do not have",
    does="one of 1900-01-01, 1970-01-01, 2099-12-31, the same in the whole column",
    kinds=MOMENT,
    damage=_put_day,
    overwrites=True,
)

STUCK_VALUE = Operator(
    name="stuck-value",
    stands_for="a sensor or meter that goes on sending its last reading",
    does="one value of the column, the same in all rows that are hit",
    kinds=frozenset({"number"}),
    damage=_stick,
    overwrites=True,
)
