"""What can be wrong with a value, as expressions that the engine answers. Never null."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from proveout.checks.readiness.columns import Column, TypeName
from proveout.checks.readiness.dates import ANY_DATE, TIME, DateFormat
from proveout.checks.readiness.engine import is_duckdb, rows
from proveout.checks.readiness.fences import Fences

if TYPE_CHECKING:
    import ibis.expr.types as ir

_INTEGER = r"^\s*[+-]?[0-9]+(\.0*)?\s*$"
_NUMBER = r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"
BOOLEAN_TEXTS = ("true", "false", "t", "f", "yes", "no", "y", "n", "0", "1")
"""How true and false are written, in lower case."""
_PROBES = 60
"""Columns per query for blanks."""
_FIRST_YEAR = 1900
"""Records of a process before it are placeholders or slips of the pen."""


def missing(table: ir.Table, column: Column) -> ir.BooleanValue:
    """Null, NaN, or text that is empty or blank. What cannot be is not asked for."""
    import ibis

    value = table[column.name]
    ways: list[ir.BooleanValue] = []
    if column.may_be_null:
        ways.append(value.isnull())
    if column.kind == "text" and column.may_be_blank:
        blank = value.strip() == ""
        if is_duckdb(table):
            # Blanks sort below '!'. Only what does is stripped: to strip every text would cost as
            # much as all the rest of the scan.
            blank = ibis.ifelse(value < "!", blank, False)
        ways.append(blank)
    if column.kind == "float" and value.type().is_floating():
        ways.append(value.isnan())
    return any_of(ways) if ways else ibis.literal(False)


def can_be_missing(column: Column) -> bool:
    """Tell whether any value of the column may be missing."""
    return (
        column.may_be_null
        or column.kind == "float"
        or (column.kind == "text" and column.may_be_blank)
    )


def without_blanks(table: ir.Table, columns: Sequence[Column]) -> tuple[Column, ...]:
    """Note which text columns have no blank text at all: these are then only asked for nulls.

    The engine answers from the smallest value of each block of rows, nearly always without reading
    the texts. Other engines than the embedded one are not asked: it would be one scan per column.
    """
    import ibis

    texts = [column for column in columns if column.kind == "text"]
    if not texts or not is_duckdb(table):
        return tuple(columns)
    probes = []
    for column in texts:
        value = table[column.name]
        blank = table.filter((value < "!") & (value.strip() == "")).limit(1)
        probes.append(blank.select(position=ibis.literal(column.position, "int32")))
    found = {
        row["position"]
        for start in range(0, len(probes), _PROBES)
        for row in rows(_together(probes[start : start + _PROBES]))
    }
    return tuple(
        replace(column, may_be_blank=column.position in found) if column in texts else column
        for column in columns
    )


def _together(parts: Sequence[ir.Table]) -> ir.Table:
    import ibis

    return parts[0] if len(parts) == 1 else ibis.union(*parts)


def as_number(table: ir.Table, column: Column) -> ir.NumericValue:
    """The value as a figure; null where it is none. For text and numeric columns."""
    import ibis

    value = table[column.name]
    if column.kind != "text":
        return value
    if is_duckdb(table):
        return value.try_cast("float64")
    return ibis.ifelse(value.re_search(_NUMBER), value, ibis.null("string")).cast("float64")


def not_of_type(table: ir.Table, column: Column, wanted: TypeName) -> ir.BooleanValue | None:
    """Present, but not what it claims to be; None where every value is."""
    import ibis

    value, kind = table[column.name], column.kind
    if wanted in ("text", "category") or _holds_by_storage(kind, wanted):
        return None
    if kind == "text":
        return (~missing(table, column)) & ~_text_is(table, column, wanted)
    if kind == "float" and wanted == "integer":
        return (value != value.floor()).fill_null(False) & ~missing(table, column)
    if kind in ("integer", "float") and wanted == "boolean":
        return value.notin([0, 1]).fill_null(False) & ~missing(table, column)
    return ibis.literal(True) & ~missing(table, column)


def _holds_by_storage(kind: str, wanted: TypeName) -> bool:
    return (kind, wanted) in {
        ("integer", "integer"), ("integer", "number"), ("float", "number"), ("boolean", "boolean"),
        ("date", "date"), ("date", "timestamp"), ("timestamp", "timestamp"), ("timestamp", "date"),
        ("time", "time"),
    }  # fmt: skip


def _text_is(table: ir.Table, column: Column, wanted: TypeName) -> ir.BooleanValue:
    value = table[column.name]
    if wanted == "number" and is_duckdb(table):
        return value.try_cast("float64").notnull()
    if wanted == "boolean":
        return value.strip().lower().isin(BOOLEAN_TEXTS).fill_null(False)
    pattern = {
        "integer": _INTEGER,
        "number": _NUMBER,
        "time": TIME,
        "date": ANY_DATE,
        "timestamp": ANY_DATE,
    }[wanted]
    return value.re_search(pattern).fill_null(False)


def out_of_range(table: ir.Table, column: Column) -> ir.BooleanValue | None:
    """Present, but outside the declared minimum, maximum, list or pattern; None if none is."""
    declared, value = column.declared, table[column.name]
    broken: list[ir.BooleanValue] = []
    if column.kind in ("text", "integer", "float"):
        number = as_number(table, column)
        if declared.min is not None:
            broken.append(number < declared.min)
        if declared.max is not None:
            broken.append(number > declared.max)
    text = value if column.kind == "text" else value.cast("string")
    if declared.values:
        broken.append(text.notin(list(declared.values)))
    if declared.pattern is not None:
        broken.append(~text.re_search(f"^(?:{declared.pattern})$"))
    if not broken:
        return None
    return any_of(broken) & ~missing(table, column)


def outside(table: ir.Table, column: Column, fences: Fences) -> ir.BooleanValue:
    """Beyond the fences; infinities are not counted here."""
    number = as_number(table, column)
    sides: list[ir.BooleanValue] = []
    if fences.low is not None:
        sides.append((number < fences.low) & (number > float("-inf")))
    if fences.high is not None:
        sides.append((number > fences.high) & (number < float("inf")))
    return any_of(sides) & ~missing(table, column)


def as_moment(table: ir.Table, column: Column) -> ir.TimestampValue | None:
    """The value as a moment; None for columns that the engine cannot read as one."""
    value = table[column.name]
    if column.kind == "timestamp":
        return value
    if column.kind == "date":
        return value.cast("timestamp")
    if column.kind == "text" and is_duckdb(table):
        return value.try_cast("timestamp")
    return None


def moment_literal(like: ir.TimestampValue, now: datetime) -> Any:
    """Return `now` as the engine can compare it with a column: without a zone it means UTC."""
    import ibis

    aware = getattr(like.type(), "timezone", None) is not None
    at = now.astimezone(UTC)
    return ibis.literal(at) if aware else ibis.literal(at.replace(tzinfo=None))


def impossible_moment(table: ir.Table, column: Column, now: datetime) -> ir.BooleanValue | None:
    """In the future, or before 1900."""
    moment = as_moment(table, column)
    if moment is None:
        return None
    future = moment > moment_literal(moment, now)
    return (future | (moment.year() < _FIRST_YEAR)).fill_null(False)


def in_wrong_order(table: ir.Table, earlier: Column, later: Column) -> ir.BooleanValue | None:
    """The later moment lies before the earlier one."""
    values = [_orderable(table, column) for column in (earlier, later)]
    if values[0] is None or values[1] is None:
        return None
    return (values[1] < values[0]).fill_null(False)


def _orderable(table: ir.Table, column: Column) -> ir.Value | None:
    if column.kind in ("integer", "float", "time"):
        return table[column.name]
    return as_moment(table, column)


def in_another_format(table: ir.Table, column: Column, form: DateFormat) -> ir.BooleanValue:
    """Text that is not written in the field's own date format, or names a day that never was."""
    value = table[column.name]
    broken = ~value.re_search(form.regex)
    if form.iso and is_duckdb(table):
        broken = broken | value.try_cast("timestamp").isnull()
    return broken.fill_null(False) & ~missing(table, column)


def count_true(table: ir.Table, condition: ir.BooleanValue) -> ir.IntegerScalar:
    """Count the rows on which a condition holds; null where there are no rows."""
    import ibis.expr.types as ir

    if isinstance(condition, ir.Column):
        # A sum is twice as quick in DuckDB as a count with a filter.
        return condition.sum()
    return table.count(where=condition)


def any_of(conditions: list[ir.BooleanValue]) -> ir.BooleanValue:
    """Return the disjunction, with null as false. At least one condition."""
    whole = conditions[0].fill_null(False)
    for condition in conditions[1:]:
        whole = whole | condition.fill_null(False)
    return whole
