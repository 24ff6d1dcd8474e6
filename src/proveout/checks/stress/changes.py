"""Which rows differ from what they were. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.checks.stress.operators import Damaged, is_gone

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def changes(clean: pd.DataFrame, damaged: Damaged) -> bool:
    """Tell whether any of the rows that are hit is another one than before."""
    return any(
        next(_differing(clean.iloc[damaged.hit if damaged.replaces else part.index], part), None)
        is not None
        for part in damaged.parts
    )


def n_changed(was: pd.DataFrame, now: pd.DataFrame) -> int:
    """Count the rows that differ from those whose place they take, row for row."""
    differs = np.zeros(len(now), dtype=bool)
    for found in _differing(was, now):
        differs |= found
    return now.index[differs].nunique()


def _differing(was: pd.DataFrame, now: pd.DataFrame) -> Iterator[NDArray[np.bool_]]:
    """Yield which rows differ, for each column where any does."""
    if list(now.columns) != list(was.columns) or now.index.has_duplicates:
        yield np.ones(len(now), dtype=bool)
        return
    for name in now.columns:
        one, other = was[name].array, now[name].array
        if one.dtype == other.dtype != object and one.equals(other):
            continue  # a wide table is compared a hundred times
        pairs = zip(one.tolist(), other.tolist(), strict=True)
        differs = np.array([not is_same(a, b) for a, b in pairs], dtype=bool)
        if differs.any():
            yield differs


def is_same(one: Any, other: Any) -> bool:
    """Equal as values: 3 is 3.0, but '3' is not 3; nothing is nothing, however it is written."""
    if is_gone(one) or is_gone(other):
        return is_gone(one) and is_gone(other)
    if isinstance(one, str) != isinstance(other, str):
        return False
    return bool(np.all(one == other))  # a cell may be an array
