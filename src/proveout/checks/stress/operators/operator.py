"""What an operator is: one kind of damage that production data really suffer."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from proveout.checks.stress.columns import Kind

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

Positions = "NDArray[np.intp]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """The rows that are to be damaged, and what surrounds them."""

    rows: pd.DataFrame
    """The rows that are hit. Their index is their position in the sample."""
    sample: pd.DataFrame
    """All rows of the sample, indexed by position."""
    columns: tuple[str, ...]
    """Columns that may be damaged, all of a kind that the operator applies to."""


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
    choose: Callable[[pd.DataFrame, tuple[str, ...], int, Generator], NDArray[np.intp]] | None = (
        None
    )
    """Pick so many positions; at random when None."""
    fewest_columns: int = 1
    """It needs at least so many columns that it applies to."""
    keeps_shape: bool = True
    """Each row that is hit comes back once, with the same columns in the same order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damaged:
    """A sample of which a share was damaged."""

    parts: tuple[pd.DataFrame, ...]
    """The damaged rows, indexed by position; several parts where their columns differ."""
    hit: NDArray[np.intp]
    """Positions of the rows that were hit, ascending."""
    columns: tuple[str, ...]
    """Columns that were open to damage."""


def applicable(
    operator: Operator, kinds: dict[str, frozenset[Kind]]
) -> tuple[tuple[str, ...], str | None]:
    """Return the columns that an operator applies to, or why it does not apply."""
    columns = tuple(
        name for name, found in kinds.items() if not operator.kinds or operator.kinds & found
    )
    if len(columns) >= operator.fewest_columns:
        return columns, None
    wanted = " or ".join(sorted(operator.kinds)) or "any"
    needs = "a column" if operator.fewest_columns == 1 else f"{operator.fewest_columns} columns"
    return (), f"it needs {needs} of kind {wanted}; the inputs have {len(columns)}"


def apply(
    operator: Operator,
    sample: pd.DataFrame,
    columns: tuple[str, ...],
    *,
    severity: float,
    seed: int,
) -> Damaged:
    """Damage a share of the rows, exactly round(severity x rows), halves up.

    The same seed hits the same rows in the same way. A higher severity hits the rows of a lower
    one and more, and what is drawn once per column (such as the unit) is the same for both.
    """
    sample = sample.reset_index(drop=True)
    k = min(len(sample), math.floor(severity * len(sample) + 0.5))
    name = zlib.crc32(operator.name.encode())
    chooser = np.random.default_rng([seed, name])
    if operator.choose is None:
        hit = chooser.permutation(len(sample))[:k]
    else:
        hit = operator.choose(sample, columns, k, chooser)
    hit = np.sort(hit)
    rng = np.random.default_rng([seed, name, 1])
    parts: list[pd.DataFrame] = []
    if k:
        rows = sample.iloc[hit].copy()
        parts = operator.damage(Hit(rows=rows, sample=sample, columns=columns), rng)
    return Damaged(parts=tuple(parts), hit=hit, columns=columns)


def with_values(rows: pd.DataFrame, new: dict[str, list[Any]]) -> pd.DataFrame:
    """Return rows with whole columns replaced; pandas picks the type, as it would on reading."""
    return rows.assign(
        **{
            name: pd.Series(values, index=rows.index) if len(values) else rows[name]
            for name, values in new.items()
        }
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
    return cell is None or cell is pd.NaT or cell is pd.NA or cell != cell  # noqa: PLR0124
