"""What kind of values a column holds, as far as damage is concerned."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pandas as pd

Kind = Literal["number", "text", "category", "moment", "clock", "prose"]
"""A column may be of several kinds: 'text' and 'category', 'text' and 'prose', 'number' and
'clock' (930 for half past nine)."""

MOST_CATEGORIES = 60
"""Text with more distinct values than this is no list of categories."""

LOOKED_AT = 500
"""So many values show whether a text column holds dates."""

FEWEST_CLOCK_HOURS = 6
"""Whole numbers whose last two digits are below 60 are times of the day where they name so many
hours; few numbers do so by chance."""

FEWEST_WORDS = 4
"""Text whose typical value has so many words is written for people: prose, not a code or name."""

OBJECTS: tuple[tuple[Kind, type], ...] = (("moment", date), ("number", Decimal))
"""What pandas has no type of its own for: days, and the exact decimals of databases."""

ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?")


def kinds_of(column: pd.Series[Any]) -> frozenset[Kind]:
    """Tell the kinds of a column by its type and values; a column without values has none."""
    present = column.dropna()
    if present.empty or pd.api.types.is_bool_dtype(present.dtype):
        return frozenset()
    if pd.api.types.is_numeric_dtype(present.dtype):
        return frozenset({"number", "clock"} if _is_clock(present) else {"number"})
    if pd.api.types.is_datetime64_any_dtype(present.dtype):
        return frozenset({"moment"})
    first = present.head(LOOKED_AT)
    for kind, kept_as in OBJECTS:
        if all(isinstance(value, kept_as) for value in present):
            return frozenset({kind})
    if not all(isinstance(value, str) for value in first):
        return frozenset()
    kinds: set[Kind] = {"text"}
    if all(ISO.fullmatch(value) for value in first):
        kinds.add("moment")
    if present.nunique() <= min(MOST_CATEGORIES, max(2, len(present) // 2)):
        kinds.add("category")
    if pd.Series([len(value.split()) for value in first]).median() >= FEWEST_WORDS:
        kinds.add("prose")
    return frozenset(kinds)


def _is_clock(present: pd.Series[Any]) -> bool:
    """Tell whether numbers are hours and minutes, as in 930 or 2359."""
    if present.min() < 0 or not 1000 <= present.max() <= 2400:
        return False
    values = present.drop_duplicates()
    if (values % 1 != 0).any() or (values % 100 >= 60).any():
        return False
    return bool((values // 100).nunique() >= FEWEST_CLOCK_HOURS)
