"""What the columns of a data file look like, from some of its rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from proveout.charter.schema.data import FieldType

FEW_CATEGORIES = 50
"""A text column with at most so many different values, each seen often, holds categories."""

_BOOLEAN = frozenset({"true", "false", "yes", "no", "t", "f", "y", "n"})
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_TIME = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?")
_NEVER_A_VALUE = frozenset({"?", "n/a", "#n/a", "nan", "null"})
_RARELY_A_VALUE = frozenset({"na", "none", "-"})
"""Missing beside figures and moments; among texts, NA may be Namibia."""
_MISSING = frozenset({"", *_NEVER_A_VALUE, *_RARELY_A_VALUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """One column."""

    name: str
    type: FieldType
    n: int
    """Rows looked at."""
    n_missing: int
    n_distinct: int
    """Different values among those that are there."""
    stand_ins: tuple[str, ...] = ()
    """Texts found in it that stand for a missing value, as they are written."""

    @property
    def is_unique(self) -> bool:
        """Tell whether every row has a value of its own."""
        return self.n > 1 and self.n_missing == 0 and self.n_distinct == self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class DataProfile:
    """A data file."""

    path: str
    """As it is to stand in the charter."""
    columns: tuple[ColumnProfile, ...]

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """Texts that stand for a missing value in any column."""
        return tuple(dict.fromkeys(text for column in self.columns for text in column.stand_ins))


def profile_column(name: str, values: Iterable[Any]) -> ColumnProfile:
    """Look at the values of one column; None, NaN and the usual words for it are missing."""
    seen = list(values)
    there = [value for value in seen if not _is_missing(value)]
    distinct = {str(value) for value in there}
    type_ = _type(there, distinct)
    return ColumnProfile(
        name=name,
        type=type_,
        n=len(seen),
        n_missing=len(seen) - len(there),
        n_distinct=len(distinct),
        stand_ins=_stand_ins(seen, is_text=type_ in ("text", "category")),
    )


def _stand_ins(seen: Iterable[Any], *, is_text: bool) -> tuple[str, ...]:
    known = _NEVER_A_VALUE if is_text else _NEVER_A_VALUE | _RARELY_A_VALUE
    texts = (value.strip() for value in seen if isinstance(value, str))
    return tuple(dict.fromkeys(text for text in texts if text.casefold() in known))


def _is_missing(value: Any) -> bool:
    if value is None or value != value:  # noqa: PLR0124 - NaN is what differs from itself
        return True
    return isinstance(value, str) and value.strip().casefold() in _MISSING


def _type(there: list[Any], distinct: set[str]) -> FieldType:
    if not there:
        return "text"
    for type_, fits in _TYPES:
        if all(fits(value) for value in there):
            return type_
    few = len(distinct) <= FEW_CATEGORIES and len(there) >= 5 * len(distinct)
    return "category" if few else "text"


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool) or (isinstance(value, str) and value.casefold() in _BOOLEAN)


def _is_integer(value: Any) -> bool:
    if isinstance(value, str):
        return re.fullmatch(r"[-+]?\d{1,18}", value.strip()) is not None
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return False
        return True
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _is_date(value: Any) -> bool:
    if isinstance(value, str):
        return _DATE.fullmatch(value.strip()) is not None
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_timestamp(value: Any) -> bool:
    if isinstance(value, str):
        found = _DATE.match(value.strip())
        return found is not None and ":" in value[found.end() :]
    return isinstance(value, datetime)


def _is_time(value: Any) -> bool:
    if isinstance(value, str):
        return _TIME.fullmatch(value.strip()) is not None
    return isinstance(value, time)


_TYPES: tuple[tuple[FieldType, Callable[[Any], bool]], ...] = (
    ("boolean", _is_boolean),
    ("integer", _is_integer),
    ("number", _is_number),
    ("date", _is_date),
    ("timestamp", _is_timestamp),
    ("time", _is_time),
)
