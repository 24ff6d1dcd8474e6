"""Numbers in the wrong unit, scale or notation, and numbers that are no measurement."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from proveout.checks.stress.columns import Kind
from proveout.checks.stress.operators.operator import (
    Hit,
    Operator,
    is_gone,
    with_columns,
    with_values,
)

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

NUMBER: frozenset[Kind] = frozenset({"number"})

UNITS: tuple[tuple[float, float], ...] = (
    (1000.0, 0.0),  # kilo
    (0.001, 0.0),
    (2.54, 0.0),  # inch to centimetre
    (1.609344, 0.0),  # mile to kilometre
    (0.45359237, 0.0),  # pound to kilogram
    (1.8, 32.0),  # degrees Celsius to Fahrenheit
    (60.0, 0.0),  # hours to minutes
    (100.0, 0.0),  # euros to cents, shares to per cent
    (5 / 9, -160 / 9),  # degrees Fahrenheit to Celsius
)
"""Factor and offset of mix-ups that happen."""

SENTINELS = (-1, 0, 999, 9999, -999, 99999)
"""Numbers that systems write where they have none."""


def _change_unit(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    chosen = {name: UNITS[int(rng.integers(len(UNITS)))] for name in hit.columns}
    return [
        recomputed(hit, {name: (hit.rows[name] * by) + plus for name, (by, plus) in chosen.items()})
    ]


def _change_scale(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    factors = {name: (10.0, 0.1)[int(rng.integers(2))] for name in hit.columns}
    return [recomputed(hit, {name: hit.rows[name] * by for name, by in factors.items()})]


def _shift_decimal(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    places = np.array([-3, -2, -1, 1, 2, 3])
    return [
        recomputed(
            hit,
            {
                name: hit.rows[name] * (10.0 ** rng.choice(places, size=len(hit.rows)))
                for name in hit.columns
            },
        )
    ]


def _localise(hit: Hit, rng: Generator) -> list[pd.DataFrame]:  # noqa: ARG001  # nothing random
    new = {
        name: [None if is_gone(cell) else _german(cell) for cell in hit.rows[name].tolist()]
        for name in hit.columns
    }
    return [with_values(hit.rows, new)]


def _german(number: float) -> str:
    """Write 1234.5 as '1.234,5', and 12.0 in a column of fractions as '12,0'."""
    if not math.isfinite(number):
        return str(number)
    return f"{Decimal(str(number)):,f}".translate(str.maketrans(",.", ".,"))


def _put_sentinel(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    new: dict[str, Any] = {}
    for name in hit.columns:
        usual = set(hit.sample[name].dropna().tolist())
        unused = [number for number in SENTINELS if number not in usual] or [-99999]
        new[name] = np.full(len(hit.rows), unused[int(rng.integers(len(unused)))])
    return [recomputed(hit, new)]


def _put_extreme(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    new: dict[str, Any] = {}
    for name in hit.columns:
        known = hit.sample[name].dropna().astype(float)
        low, high = float(known.min()), float(known.max())
        reach = (high - low) or max(1.0, abs(high))
        beyond = reach * rng.uniform(1, 10, size=len(hit.rows))
        upwards = rng.random(len(hit.rows)) < 0.5
        extremes = np.where(upwards, high + beyond, low - beyond)
        is_whole = pd.api.types.is_integer_dtype(hit.sample[name].dtype)
        new[name] = np.rint(extremes) if is_whole else extremes
    return [recomputed(hit, new)]


def recomputed(hit: Hit, new: Mapping[str, pd.Series[Any] | NDArray[Any]]) -> pd.DataFrame:
    """Put in new numbers, as whole numbers where the column held these and they still are."""
    columns = {}
    for name, values in new.items():
        plain = pd.Series(values).to_numpy(dtype=np.float64, na_value=np.nan)
        figures = pd.Series(plain, index=hit.rows.index)
        # 0.1 + 0.2 and its kin: what was meant to be 0.3 shall not arrive as 0.30000000000000004
        figures = figures.map(lambda figure: float(f"{figure:.12g}"))
        was_whole = pd.api.types.is_integer_dtype(hit.rows[name].dtype)
        exact = bool(((figures % 1 == 0) & (figures.abs() < 2**53)).all())
        columns[name] = figures.astype("int64") if was_whole and exact else figures
    return with_columns(hit.rows, columns)


UNIT_CHANGE = Operator(
    name="unit-change",
    stands_for="a site that measures in another unit",
    does=(
        "one conversion per column: x1000, /1000, cents, inch, mile, pound, hours, Fahrenheit or "
        "Celsius"
    ),
    kinds=NUMBER,
    damage=_change_unit,
)

SCALE_CHANGE = Operator(
    name="scale-change",
    stands_for="an export that counts in tens, or in tenths",
    does="x10 or /10, the same in the whole column",
    kinds=NUMBER,
    damage=_change_scale,
)

SHIFTED_DECIMAL = Operator(
    name="shifted-decimal",
    stands_for="a decimal point mistyped or lost",
    does="the decimal point moves by one to three places either way, value by value",
    kinds=NUMBER,
    damage=_shift_decimal,
)

LOCALE_NUMBERS = Operator(
    name="locale-numbers",
    stands_for="files from a machine with another number format",
    does="1234.5 arrives as the text '1.234,5'",
    kinds=NUMBER,
    damage=_localise,
)

SENTINEL_VALUES = Operator(
    name="sentinel-values",
    stands_for="systems that write -1 or 9999 for a value they do not have",
    does="one of -1, 0, 999, 9999, -999, 99999 that the column does not hold otherwise",
    kinds=NUMBER,
    damage=_put_sentinel,
    overwrites=True,
)

EXTREME_VALUES = Operator(
    name="extreme-values",
    stands_for="meters that overflow and records that hold a total",
    does="a value beyond the range of the column by 1 to 10 times its width",
    kinds=NUMBER,
    damage=_put_extreme,
    overwrites=True,
)
