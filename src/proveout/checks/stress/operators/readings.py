"""Numbers that are a little, or quite, another number than the one that was meant."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from proveout.checks.stress.operators.numbers import NUMBER, recomputed
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

NOISE = 0.5
"""Standard deviation of noise, in standard deviations of the column."""

SUFFIXES = (" kg", " EUR", " pcs", " min", "%")
"""What people write beside a number."""


def _figures(hit: Hit, name: str) -> NDArray[np.float64]:
    return hit.rows[name].to_numpy(dtype=np.float64, na_value=np.nan)


def _is_whole(hit: Hit, name: str) -> bool:
    figures = hit.sample[name].to_numpy(dtype=np.float64, na_value=np.nan)
    return bool((np.rint(figures) == figures)[~np.isnan(figures)].all())


def _spread(hit: Hit, name: str) -> float:
    """Standard deviation of a column, as far as it is finite; 1 for a constant one."""
    figures = hit.sample[name].to_numpy(dtype=np.float64, na_value=np.nan)
    finite = figures[np.isfinite(figures)]
    with np.errstate(over="ignore", invalid="ignore"):
        spread = float(finite.std()) if len(finite) else 0.0
    return spread if np.isfinite(spread) and spread > 0 else 1.0


def _add_noise(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    new: dict[str, Any] = {}
    for name in hit.columns:
        spread = _spread(hit, name)
        noisy = _figures(hit, name) + rng.normal(0, NOISE * spread, len(hit.rows))
        new[name] = np.rint(noisy) if _is_whole(hit, name) else noisy
    return [recomputed(hit, new)]


def _round(hit: Hit, rng: Generator) -> list[pd.DataFrame]:  # noqa: ARG001  # nothing random
    new: dict[str, Any] = {}
    for name in hit.columns:
        figures = _figures(hit, name)
        can_be_rounded = np.isfinite(figures) & (figures != 0)
        size = np.abs(np.where(can_be_rounded, figures, 1.0))
        step = 10.0 ** np.floor(np.log10(size))
        rounded = np.rint(np.where(can_be_rounded, figures, 0.0) / step) * step
        new[name] = np.where(can_be_rounded, rounded, figures)
    return [recomputed(hit, new)]


def _flip_sign(hit: Hit, rng: Generator) -> list[pd.DataFrame]:  # noqa: ARG001
    return [recomputed(hit, {name: -_figures(hit, name) + 0.0 for name in hit.columns})]


def _swap_digits(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    new: dict[str, pd.Series[Any]] = {}
    for name in hit.columns:
        cells = hit.rows[name].tolist()
        swapped = [cell if is_gone(cell) else _with_digits_swapped(cell, rng) for cell in cells]
        new[name] = _like(hit.rows[name], swapped)
    return [with_columns(hit.rows, new)]


def _with_digits_swapped(number: float, rng: Generator) -> float:
    """Let two neighbouring digits change places; one digit alone is typed twice."""
    text = repr(number)
    pairs = [
        place
        for place, (one, other) in enumerate(pairwise(text))
        if one.isdigit() and other.isdigit() and one != other
    ]
    if "e" in text or "n" in text:  # 1e+20, nan, inf: nobody types these
        return number
    if not pairs:
        digits = text.lstrip("-").rstrip("0").rstrip(".") or "0"
        return type(number)(f"{'-' if number < 0 else ''}{digits[0]}{digits}")
    place = pairs[int(rng.integers(len(pairs)))]
    return type(number)(text[:place] + text[place + 1] + text[place] + text[place + 2 :])


def _like(column: pd.Series[Any], values: list[Any]) -> pd.Series[Any]:
    """A column of the type that it had, where the new numbers fit into it."""
    new = pd.Series(values, index=column.index)
    try:
        return new.astype(column.dtype)
    except (TypeError, ValueError, OverflowError):
        return new.astype("float64")


def _misread(hit: Hit, rng: Generator) -> list[pd.DataFrame]:  # noqa: ARG001
    """Take the decimal separator for that of thousands, and the other way round."""
    new: dict[str, Any] = {}
    for name in hit.columns:
        figures = _figures(hit, name)
        new[name] = np.array([_misread_number(figure) for figure in figures.tolist()])
    return [recomputed(hit, new)]


def _misread_number(figure: float) -> float:
    if not np.isfinite(figure) or abs(figure) >= 1e12:
        return figure
    if figure % 1:
        return float(f"{Decimal(repr(figure)):f}".replace(".", ""))
    return figure / 1000 if abs(figure) >= 1000 else figure


def _add_unit(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    new: dict[str, list[Any]] = {}
    for name in hit.columns:
        suffix = SUFFIXES[int(rng.integers(len(SUFFIXES)))]
        cells = hit.rows[name].tolist()
        new[name] = [None if is_gone(cell) else f"{cell}{suffix}" for cell in cells]
    return [with_values(hit.rows, new)]


NOISY_NUMBERS = Operator(
    name="noisy-numbers",
    stands_for="a worse instrument, or estimates where there were measurements",
    does="noise with half the spread of the column (normal), whole where the column is",
    kinds=NUMBER,
    damage=_add_noise,
)

ROUNDED_NUMBERS = Operator(
    name="rounded-numbers",
    stands_for="reports that round, and people who say 'about three hundred'",
    does="rounded to one digit: 347 becomes 300",
    kinds=NUMBER,
    damage=_round,
)

FLIPPED_SIGN = Operator(
    name="flipped-sign",
    stands_for="credits booked as debits, and departments that count the other way round",
    does="the sign is the other one",
    kinds=NUMBER,
    damage=_flip_sign,
)

SWAPPED_DIGITS = Operator(
    name="swapped-digits",
    stands_for="numbers that people type in by hand",
    does="two neighbouring digits change places; one digit alone is typed twice",
    kinds=NUMBER,
    damage=_swap_digits,
)

MISREAD_SEPARATORS = Operator(
    name="misread-separators",
    stands_for="a file with decimal commas read as if it had decimal points",
    does="12,5 is read as 125, and 1.234 for 1234 as 1.234; other numbers stay",
    kinds=NUMBER,
    damage=_misread,
)

UNIT_IN_CELL = Operator(
    name="unit-in-cell",
    stands_for="people who write the unit beside the number",
    does="12.5 arrives as the text '12.5 kg', with one unit per column",
    kinds=NUMBER,
    damage=_add_unit,
)
