"""Records that break: at a delimiter, at the end of a file, in their names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from proveout.checks.stress.operators.operator import Hit, Operator, is_gone, with_columns

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray


def _slide(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    """Move all cells from a random column on by one: to the right, or glued to the left."""
    names = list(hit.columns)
    cells = _cells(hit.rows, names)
    places = rng.integers(len(names), size=len(cells))
    if len(names) > 1:
        places = np.minimum(places, len(names) - 2)
    is_split = rng.random(len(cells)) < 0.5
    for row, (place, split) in enumerate(zip(places.tolist(), is_split.tolist(), strict=True)):
        cells[row] = _split(cells[row], place) if split else _glued(cells[row], place)
    return [_filled(hit.rows, names, cells)]


def _split(cells: Any, place: int) -> Any:
    """A delimiter too many: the cell before it is cut, and the last one falls off the table."""
    moved = cells.copy()
    text = "" if is_gone(cells[place]) else str(cells[place])
    middle = (len(text) + 1) // 2
    moved[place + 1 :] = cells[place:-1]
    moved[place] = text[:middle] or None
    if place + 1 < len(cells):
        moved[place + 1] = text[middle:] or None
    return moved


def _glued(cells: Any, place: int) -> Any:
    """A delimiter too few: two cells are one, and the last column is empty."""
    moved = cells.copy()
    if place + 1 >= len(cells):
        return moved
    pair = ["" if is_gone(cell) else str(cell) for cell in cells[place : place + 2]]
    moved[place] = "".join(pair) or None
    moved[place + 1 : -1] = cells[place + 2 :]
    moved[-1] = None
    return moved


def _break_off(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    """End each row within a random column: what stands there is cut, what follows is empty."""
    names = list(hit.columns)
    cells = _cells(hit.rows, names)
    places = rng.integers(len(names), size=len(cells)).tolist()
    shares = rng.random(len(cells)).tolist()
    for row, (place, share) in enumerate(zip(places, shares, strict=True)):
        cell = cells[row, place]
        if isinstance(cell, str):
            cells[row, place] = cell[: int(share * len(cell))] or None
        else:
            cells[row, place] = None
        cells[row, place + 1 :] = None
    return [_filled(hit.rows, names, cells)]


def _cells(rows: pd.DataFrame, names: list[str]) -> NDArray[np.object_]:
    """The cells as they are, in an array that may be written to; None where empty."""
    cells = np.empty((len(rows), len(names)), dtype=object)
    for place, name in enumerate(names):
        cells[:, place] = [None if is_gone(cell) else cell for cell in rows[name].tolist()]
    return cells


def _filled(rows: pd.DataFrame, names: list[str], cells: Any) -> pd.DataFrame:
    """Put cells back into their columns; a column takes its type back where all of it fits."""
    new = {}
    for place, name in enumerate(names):
        column = pd.Series(cells[:, place], index=rows.index, dtype=object)
        new[name] = _typed(column, rows[name])
    return with_columns(rows, new)


def _typed(column: pd.Series[Any], was: pd.Series[Any]) -> pd.Series[Any]:
    if isinstance(was.dtype, pd.CategoricalDtype):
        return column
    if any(isinstance(cell, str) for cell in column) and not _is_text(was):
        return column
    try:
        if pd.api.types.is_numeric_dtype(was.dtype) and not pd.api.types.is_bool_dtype(was.dtype):
            return pd.to_numeric(column)
        return column.astype(was.dtype)
    except (TypeError, ValueError):
        return column


def _is_text(column: pd.Series[Any]) -> bool:
    present = column.dropna()
    return bool(len(present)) and isinstance(present.iloc[0], str)


def _rename_one(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    """Rename another column in each part of the rows, so that all are tried."""
    groups = np.array_split(rng.permutation(len(hit.rows)), len(hit.columns))
    parts = []
    for name, group in zip(hit.columns, groups, strict=True):
        if len(group):
            new = RENAMINGS[int(rng.integers(len(RENAMINGS)))](name)
            taken = set(hit.rows.columns)
            while new in taken:
                new += "_1"
            parts.append(hit.rows.iloc[np.sort(group)].rename(columns={name: new}))
    return parts


def _camel(name: str) -> str:
    first, *others = re.split(r"[\s_\-.]+", name)
    return first.lower() + "".join(word.capitalize() for word in others)


RENAMINGS: tuple[Callable[[str], str], ...] = (
    str.upper,
    _camel,
    lambda name: name.replace("_", " ").title(),
    lambda name: f" {name}",
    lambda name: f"{name}_new",
)
"""How names change: capitals, camelCase, Words, a blank before, another word after."""

DELIMITER_DAMAGE = Operator(
    name="delimiter-damage",
    stands_for="a comma within a value, or one that was lost: columns slide by one",
    does="from a random column on all cells stand one too far right or left; two are cut or glued",
    kinds=frozenset(),
    damage=_slide,
    fewest_columns=2,
    takes_all=True,
)

BROKEN_OFF_ROWS = Operator(
    name="broken-off-rows",
    stands_for="transfers that end in the middle of a record",
    does="the row ends within a random column: text is cut there, and all that follows is empty",
    kinds=frozenset(),
    damage=_break_off,
    takes_all=True,
)

RENAMED_COLUMN = Operator(
    name="renamed-column",
    stands_for="a new release of the source system, with names of its own",
    does="one column has another name (capitals, camelCase, a blank); every column is tried",
    kinds=frozenset(),
    damage=_rename_one,
    keeps_shape=False,
)
