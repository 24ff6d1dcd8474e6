"""What an operator is: one kind of damage that production data really suffer."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from proveout.checks.stress.columns import Kind

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the rows besides what the system is given, by position in the sample."""

    confidence: NDArray[np.float64] | None = None
    """Of the answers to the rows as they are; NaN where there was none."""
    truth: NDArray[Any] | None = None
    """The true answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """The rows that are to be damaged, and what surrounds them."""

    rows: pd.DataFrame
    """The rows that are hit. Their index is their position in the sample."""
    sample: pd.DataFrame
    """All rows of the sample, indexed by position."""
    columns: tuple[str, ...]
    """Columns that may be damaged, all of a kind that the operator applies to."""
    known: Known = Known()


class TooFewError(Exception):
    """The sample does not hold what so much of this damage needs; the text says what."""


Needed = Literal["confidence", "truth"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One kind of damage. `damage` is pure: it returns new rows and changes nothing."""

    name: str
    """As in `stress.operators`: 'missing-values'."""
    stands_for: str
    """The trouble in real data that it stands for."""
    does: str
    """What it does to a row that is hit, with its parameters."""
    kinds: frozenset[Kind]
    """Kinds of column it applies to, any of them; empty where it applies to every column."""
    damage: Callable[[Hit, Generator], list[pd.DataFrame]]
    """Return the damaged rows, indexed by the position of the row that each comes from. Several
    frames where damaged rows differ in their columns."""
    choose: Callable[[Hit, int, Generator], NDArray[np.intp]] | None = None
    """Pick so many positions, from a Hit without rows; at random when None. It must pick those of
    a smaller number for a larger one as well."""
    fewest_columns: int = 1
    """It needs at least so many columns that it applies to."""
    keeps_shape: bool = True
    """Each row that is hit comes back once, with the same columns in the same order."""
    needs: Needed | None = None
    """What it has to know besides the columns."""
    replaces: bool = False
    """Sound rows of the sample take the place of those that are hit: what comes back is indexed by
    where it was taken from, in the order of the rows that are hit, and was answered already."""
    fits: Callable[[pd.DataFrame, tuple[str, ...]], tuple[str, ...]] | None = None
    """Pick those of the columns that it can do something to; all when None."""
    wants: str = ""
    """What `fits` looks for, in words: 'two times of which one comes first'."""
    spares: frozenset[Kind] = frozenset()
    """Kinds of column that it leaves alone. A document with the truth of another one is no
    damaged document: no system could be right about it."""
    overwrites: bool = False
    """Nothing of the values that were there is left; other damage to them would not be seen."""
    sends: int = 1
    """How many rows come back for each that is hit."""
    takes_all: bool = False
    """It is a matter of the whole row, or of the whole table: no single column does the harm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damaged:
    """A sample of which a share was damaged."""

    parts: tuple[pd.DataFrame, ...]
    """The damaged rows, indexed by position; several parts where their columns differ."""
    hit: NDArray[np.intp]
    """Positions of the rows that were hit, ascending."""
    order: NDArray[np.intp]
    """The same in the order in which they were picked: less of the damage hits the first ones."""
    columns: tuple[str, ...]
    """Columns that were open to damage."""
    replaces: bool = False
    """The parts are sound rows that took the place of those that were hit, in the same order."""


def applicable(
    operator: Operator, kinds: dict[str, frozenset[Kind]], sample: pd.DataFrame | None = None
) -> tuple[tuple[str, ...], str | None]:
    """Return the columns that an operator applies to, or why it does not apply."""
    columns = tuple(
        name
        for name, found in kinds.items()
        if (not operator.kinds or operator.kinds & found) and not operator.spares & found
    )
    if len(columns) >= operator.fewest_columns:
        if sample is None or operator.fits is None:
            return columns, None
        fitting = operator.fits(sample, columns)
        return fitting, None if fitting else f"the inputs do not have {operator.wants}"
    wanted = " or ".join(sorted(operator.kinds)) or "any"
    wanted += "".join(f" but {kind}" for kind in sorted(operator.spares))
    needs = "a column" if operator.fewest_columns == 1 else f"{operator.fewest_columns} columns"
    return (), f"it needs {needs} of kind {wanted}; the inputs have {len(columns)}"


def n_hit(severity: float, rows: int) -> int:
    """Return how many rows a share of them is: rounded, halves up."""
    return min(rows, math.floor(severity * rows + 0.5))


def apply(
    operator: Operator,
    sample: pd.DataFrame,
    columns: tuple[str, ...],
    *,
    severity: float,
    seed: int,
    known: Known = Known(),
) -> Damaged:
    """Damage a share of the rows, exactly round(severity x rows), halves up.

    The same seed hits the same rows in the same way. A higher severity hits the rows of a lower
    one and more, and what is drawn once per column (such as the unit) is the same for both.
    """
    sample = sample.reset_index(drop=True)
    k = n_hit(severity, len(sample))
    name = zlib.crc32(operator.name.encode())
    chooser = np.random.default_rng([seed, name])
    if operator.choose is None:
        order = chooser.permutation(len(sample))[:k]
    else:
        around = Hit(rows=sample.iloc[:0], sample=sample, columns=columns, known=known)
        order = operator.choose(_with_floats(operator, around), k, chooser)
    hit = np.sort(order)
    rng = np.random.default_rng([seed, name, 1])
    parts: list[pd.DataFrame] = []
    if k:
        rows = sample.iloc[hit].copy()
        about = Hit(rows=rows, sample=sample, columns=columns, known=known)
        parts = damaged_rows(operator, about, rng)
    return Damaged(
        parts=tuple(parts), hit=hit, order=order, columns=columns, replaces=operator.replaces
    )


def damaged_rows(operator: Operator, hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    """Damage the rows that are hit; exact decimals are damaged as numbers and stay decimals."""
    decimals = _decimals(operator, hit)
    return [
        with_columns(part, {name: _as_decimals(part[name], hit.rows[name]) for name in decimals})
        for part in operator.damage(_with_floats(operator, hit), rng)
    ]


def _decimals(operator: Operator, hit: Hit) -> tuple[str, ...]:
    """Name the columns of exact decimals that an operator takes for numbers."""
    if "number" not in operator.kinds:
        return ()
    return tuple(name for name in hit.columns if hit.sample[name].dtype == object)


def _with_floats(operator: Operator, hit: Hit) -> Hit:
    names = _decimals(operator, hit)

    def plain(rows: pd.DataFrame) -> pd.DataFrame:
        return with_columns(rows, {name: pd.to_numeric(rows[name]).astype(float) for name in names})

    return replace(hit, rows=plain(hit.rows), sample=plain(hit.sample)) if names else hit


def _as_decimals(damaged: pd.Series[Any], was: pd.Series[Any]) -> pd.Series[Any]:
    """Turn numbers back into decimals; those that did not change as they were, 1.50 as 1.50."""
    cells = [
        old
        if isinstance(old, Decimal) and new == float(old)
        else Decimal(repr(new))
        if isinstance(new, float) and math.isfinite(new)
        else None
        if is_gone(new)
        else new
        for old, new in zip(was.tolist(), damaged.tolist(), strict=True)
    ]
    return pd.Series(cells, index=damaged.index, dtype=object)


def with_columns(rows: pd.DataFrame, new: Mapping[str, Any]) -> pd.DataFrame:
    """Return rows with whole columns replaced, whatever these are called: `self`, for example."""
    changed = rows.copy(deep=False)
    for name, values in new.items():
        changed[name] = values
    return changed


def with_values(rows: pd.DataFrame, new: Mapping[str, list[Any]]) -> pd.DataFrame:
    """Return rows with whole columns replaced; pandas picks the type, as it would on reading."""
    return with_columns(
        rows,
        {name: pd.Series(values, index=rows.index) for name, values in new.items() if values},
    )


def each_text(
    rows: pd.DataFrame, columns: tuple[str, ...], change: Callable[[str], str]
) -> pd.DataFrame:
    """Change every text; other cells stay."""
    return with_values(
        rows,
        {
            name: [change(cell) if isinstance(cell, str) else cell for cell in rows[name].tolist()]
            for name in columns
        },
    )


def is_gone(cell: Any) -> bool:
    """Tell whether a cell is empty."""
    if isinstance(cell, float | np.floating | Decimal):
        return math.isnan(cell)
    return cell is None or cell is pd.NaT or cell is pd.NA
