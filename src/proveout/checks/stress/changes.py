"""Which rows differ from what they were. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.checks.stress.operators import Damaged, is_gone

if TYPE_CHECKING:
    import pandas as pd


def changes(clean: pd.DataFrame, damaged: Damaged) -> bool:
    """Tell whether any of the rows that are hit is another one than before."""
    return any(
        n_changed(clean.iloc[damaged.hit if damaged.replaces else part.index], part)
        for part in damaged.parts
    )


def n_changed(was: pd.DataFrame, now: pd.DataFrame) -> int:
    """Count the rows that differ from those whose place they take, row for row."""
    if list(now.columns) != list(was.columns) or now.index.has_duplicates:
        return now.index.nunique()
    differs = np.zeros(len(now), dtype=bool)
    for name in now.columns:
        pairs = zip(was[name].tolist(), now[name].tolist(), strict=True)
        differs |= np.array([not is_same(one, other) for one, other in pairs], dtype=bool)
    return int(differs.sum())


def is_same(one: Any, other: Any) -> bool:
    """Equal as values: 3 is 3.0, but '3' is not 3; nothing is nothing, however it is written."""
    if is_gone(one) or is_gone(other):
        return is_gone(one) and is_gone(other)
    if isinstance(one, str) != isinstance(other, str):
        return False
    return bool(np.all(one == other))  # a cell may be an array
