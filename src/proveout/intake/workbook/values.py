"""The cells of a column as values of one type, and what was wrong with them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from proveout.intake.workbook.cells import ERRORS, EXACT, as_text
from proveout.intake.workbook.grid import Uncomputed

if TYPE_CHECKING:
    import pyarrow as pa

_PLAIN = re.compile(r"[+-]?(?:0|[1-9]\d{0,14})(?:\.\d+)?(?:[eE][+-]?\d{1,2})?")
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
"""Twelve hundred or one and a fifth: nobody can tell."""
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:([, '\u2019\u00a0\u202f])\d{3})(?:\1\d{3})*(?:\.\d+)?")
_MINUS = str.maketrans({"\u2212": "-"})
_MOSTLY = 0.5
"""Texts become numbers only where at least so many cells of the column are numbers already."""


@dataclass(slots=True)
class ColumnValues:
    """One column, ready to be written."""

    kind: type | None
    """The type that all values fit; None where only text does."""
    values: list[Any]
    """None where nothing stands."""
    errors: list[tuple[int, str]] = field(default_factory=list)
    """Position, and the error or the formula that was never computed."""
    numbers_from_text: list[tuple[int, str]] = field(default_factory=list)
    """Position, and the text that was read as the number it is."""
    mixed: tuple[str, ...] = ()
    """The types of its cells, where they do not agree."""
    text_numbers: int = 0
    """How many of its texts are numbers, in a column that stays text."""


def column_values(cells: Sequence[Any], *, typed: bool = True) -> ColumnValues:
    """Find the type that all cells of a column fit, and bring them to it.

    Where cells are not typed, texts that are numbers all along a column are numbers.
    """
    values: list[Any] = [None if cell == "" else cell for cell in cells]
    if not typed:
        values = _as_numbers(values)
    types = set(map(type, values)) - {type(None)}
    column = ColumnValues(kind=None, values=values)
    if Uncomputed in types or (str in types and not ERRORS.isdisjoint(_texts(values))):
        _take_out_errors(column)
        types = set(map(type, values)) - {type(None)}
    if str in types and types & {int, float} and not types - {int, float, str}:
        types = _numbers_from_text(column, types)
    column.kind = _common(_narrowed(values, types))
    if column.kind is None and str in types and len(types) == 1:
        column.kind = str
        column.text_numbers = _count_text_numbers(values)
    if column.kind is None:
        column.mixed = tuple(sorted(kind.__name__ for kind in _named(values, types)))
    column.values = _converted(values, column.kind)
    return column


def arrow_type(kind: type | None) -> pa.DataType:
    """Return how the engine stores such a column."""
    import pyarrow as pa

    return {
        int: pa.int64(),
        float: pa.float64(),
        bool: pa.bool_(),
        dt.date: pa.date32(),
        dt.datetime: pa.timestamp("us"),
        dt.time: pa.time64("us"),
    }.get(kind or str, pa.string())


def number_in(text: str) -> float | None:
    """Read a number that was typed as text: '12', ' 1,234.5', '1 234'; None where it is none.

    Codes with leading zeros are no numbers, nor is what two countries read in two ways: '1,5'.
    """
    plain = text.strip().lstrip("'").translate(_MINUS).strip("\u00a0 ")
    if _AMBIGUOUS.fullmatch(plain):
        return None
    if _PLAIN.fullmatch(plain):
        return float(plain)
    grouped = _GROUPED.fullmatch(plain)
    if grouped is None or (grouped[1] == "," and "." not in plain and plain.count(",") == 1):
        return None
    return float(plain.replace(grouped[1], ""))


def _as_numbers(values: list[Any]) -> list[Any]:
    read = [number_in(value) if isinstance(value, str) else value for value in values]
    lost = any(
        number is None and value is not None for number, value in zip(read, values, strict=True)
    )
    return values if lost else read


def _texts(values: Sequence[Any]) -> set[Any]:
    return {value for value in values if isinstance(value, str)}


def _take_out_errors(column: ColumnValues) -> None:
    for at, value in enumerate(column.values):
        if isinstance(value, Uncomputed) or (isinstance(value, str) and value in ERRORS):
            column.errors.append((at, str(value)))
            column.values[at] = None


def _numbers_from_text(column: ColumnValues, types: set[type]) -> set[type]:
    """Read texts as numbers where all of them are, among numbers that are more than they."""
    texts = [(at, value) for at, value in enumerate(column.values) if isinstance(value, str)]
    filled = sum(value is not None for value in column.values)
    read = [(at, text, number_in(text)) for at, text in texts]
    if len(texts) > (1 - _MOSTLY) * filled or any(number is None for _, _, number in read):
        return types
    for at, text, number in read:
        column.values[at] = number
        column.numbers_from_text.append((at, text))
    return (types - {str}) | {float}


def _count_text_numbers(values: Sequence[Any]) -> int:
    """Count texts that are numbers, where nearly all of a column are; else say none."""
    sample = [value for value in values if value is not None][:50]
    if not sample or sum(number_in(text) is not None for text in sample) < 0.9 * len(sample):
        return 0
    return sum(value is not None and number_in(value) is not None for value in values)


def _narrowed(values: Sequence[Any], types: set[type]) -> set[type]:
    """Call floats whole numbers where all of them are."""
    if types in ({float}, {int, float}):
        figures = [value for value in values if value is not None]
        if all(map(float.is_integer, map(float, figures))) and max(map(abs, figures)) < EXACT:
            return {int}
        return {float}
    return types


def _named(values: Sequence[Any], types: set[type]) -> set[type]:
    floats = [value for value in values if type(value) is float]
    whole = [value.is_integer() and abs(value) < EXACT for value in floats]
    named = types - {float}
    return named | ({int} if any(whole) else set()) | (set() if all(whole) else {float})


def _common(types: set[type]) -> type | None:
    if len(types) == 1 and str not in types:
        return next(iter(types))
    if types == {dt.date, dt.datetime}:
        return dt.datetime
    return str if not types else None


def _converted(values: list[Any], kind: type | None) -> list[Any]:
    if kind is dt.datetime:
        return [
            dt.datetime.combine(value, dt.time())
            if isinstance(value, dt.date) and not isinstance(value, dt.datetime)
            else value
            for value in values
        ]
    if kind is int or kind is float:
        return [None if value is None else kind(value) for value in values]
    if kind in (bool, dt.date, dt.time):
        return values
    if kind is str:
        return values
    if kind is None:
        return [None if value is None else as_text(value) for value in values]
    # Spans of time have no column type of their own here.
    return [None if value is None else as_text(value) for value in values]
