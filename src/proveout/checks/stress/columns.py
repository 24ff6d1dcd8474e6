"""What kind of values a column holds, as far as damage is concerned."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Literal

import pandas as pd

Kind = Literal["number", "text", "category", "moment"]
"""A column may be of several kinds: 'text' and 'category', 'text' and 'moment'."""

MOST_CATEGORIES = 60
"""Text with more distinct values than this is no list of categories."""

LOOKED_AT = 500
"""So many values show whether a text column holds dates."""

ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?")


def kinds_of(column: pd.Series[Any]) -> frozenset[Kind]:
    """Tell the kinds of a column by its type and values; a column without values has none."""
    present = column.dropna()
    if present.empty or pd.api.types.is_bool_dtype(present.dtype):
        return frozenset()
    if pd.api.types.is_numeric_dtype(present.dtype):
        return frozenset({"number"})
    if pd.api.types.is_datetime64_any_dtype(present.dtype):
        return frozenset({"moment"})
    first = present.head(LOOKED_AT)
    if all(isinstance(value, date) for value in first):
        return frozenset({"moment"})
    if not all(isinstance(value, str) for value in first):
        return frozenset()
    kinds: set[Kind] = {"text"}
    if all(ISO.fullmatch(value) for value in first):
        kinds.add("moment")
    if present.nunique() <= min(MOST_CATEGORIES, max(2, len(present) // 2)):
        kinds.add("category")
    return frozenset(kinds)
