"""What can be wrong with a value, as expressions that the engine answers. Never null."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from proveout.checks.readiness.columns import Column, TypeName
from proveout.checks.readiness.conversions import (
    is_integer,
    is_number,
    matches,
    moment_in,
    number_in,
)
from proveout.checks.readiness.dates import ANY_DATE, TIME, DateFormat
from proveout.checks.readiness.engine import is_duckdb, rows
from proveout.checks.readiness.fences import Fences
from proveout.checks.readiness.figures import ANY_FIGURE, PLAIN
from proveout.intake.databases.abilities import abilities_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

_EXACT = 2**53
"""Beyond it every float is a whole number."""
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
    if column.kind == "float" and value.type().is_floating() and abilities_of(table).has_nan:
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
    value = table[column.name]
    if column.kind != "text":
        return value
    return number_in(value) if column.writing is None else column.writing.value(value)


def not_of_type(table: ir.Table, column: Column, wanted: TypeName) -> ir.BooleanValue | None:
    """Present, but not what it claims to be; None where every value is."""
    import ibis

    value, kind = table[column.name], column.kind
    if wanted in ("text", "category") or _holds_by_storage(kind, wanted):
        return None
    if kind == "text":
        fits = _text_is(table, column, wanted)
        return None if fits is None else ~missing(table, column) & ~fits
    if kind == "float" and wanted == "integer":
        small = ibis.ifelse(value.abs() < _EXACT, value, 0)
        return certain(small != small.floor()) & ~missing(table, column)
    if kind in ("integer", "float") and wanted == "boolean":
        return certain(value.notin([0, 1])) & ~missing(table, column)
    return ibis.literal(True) & ~missing(table, column)


def _holds_by_storage(kind: str, wanted: TypeName) -> bool:
    return (kind, wanted) in {
        ("integer", "integer"), ("integer", "number"), ("float", "number"), ("boolean", "boolean"),
        ("date", "date"), ("date", "timestamp"), ("timestamp", "timestamp"), ("timestamp", "date"),
        ("time", "time"),
    }  # fmt: skip


def can_tell(table: ir.Table, column: Column, wanted: TypeName) -> bool:
    """Tell whether the engine can say of a text that it is of this type."""
    by_pattern = wanted in ("date", "timestamp", "time") or (
        wanted in ("number", "integer") and not (column.writing or PLAIN).is_plain
    )
    return column.kind != "text" or not by_pattern or abilities_of(table).matches


def _text_is(table: ir.Table, column: Column, wanted: TypeName) -> ir.BooleanValue | None:
    value = table[column.name]
    if not can_tell(table, column, wanted):
        return None
    if wanted in ("number", "integer") and not (column.writing or PLAIN).is_plain:
        number = as_number(table, column)
        whole = number == number.floor()
        return certain(number.notnull() & whole if wanted == "integer" else number.notnull())
    if wanted == "number":
        return is_number(value)
    if wanted == "integer":
        return is_integer(value)
    if wanted == "boolean":
        return certain(value.strip().lower().isin(BOOLEAN_TEXTS))
    return certain(matches(value, TIME if wanted == "time" else ANY_DATE))


def otherwise_written(table: ir.Table, column: Column) -> ir.BooleanValue | None:
    """A figure, but not written as most of its column; None where nobody can tell."""
    if column.kind != "text" or column.writing is None or not abilities_of(table).matches:
        return None
    import ibis

    value = table[column.name]
    # What is a figure is not asked further: few are not.
    strange = as_number(table, column).isnull() & ~missing(table, column)
    return certain(ibis.ifelse(strange, matches(value, ANY_FIGURE), False))


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
    if declared.pattern is not None and abilities_of(table).matches:
        # A plain group: not every engine knows those that capture nothing.
        broken.append(~matches(text, f"^({declared.pattern})$"))
    if not broken:
        return None
    return any_of(broken) & ~missing(table, column)


def outside(table: ir.Table, column: Column, fences: Fences) -> ir.BooleanValue:
    """Beyond the fences; infinities are not counted here."""
    number = as_number(table, column)
    sides: list[ir.BooleanValue] = []
    endless = abilities_of(table).has_nan
    if fences.low is not None:
        low = number < fences.low
        sides.append(low & (number > float("-inf")) if endless else low)
    if fences.high is not None:
        high = number > fences.high
        sides.append(high & (number < float("inf")) if endless else high)
    return any_of(sides) & ~missing(table, column)


def as_moment(table: ir.Table, column: Column) -> ir.TimestampValue | None:
    """The value as a moment; None for columns that the engine cannot read as one."""
    value = table[column.name]
    if column.kind == "timestamp":
        return value
    if column.kind == "date":
        return value.cast("timestamp")
    return moment_in(value) if column.kind == "text" else None


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
    return certain(future | (moment.year() < _FIRST_YEAR))


def in_wrong_order(table: ir.Table, earlier: Column, later: Column) -> ir.BooleanValue | None:
    """The later moment lies before the earlier one."""
    values = [_orderable(table, column) for column in (earlier, later)]
    if values[0] is None or values[1] is None:
        return None
    return certain(values[1] < values[0])


def _orderable(table: ir.Table, column: Column) -> ir.Value | None:
    if column.kind in ("integer", "float", "time"):
        return table[column.name]
    return as_moment(table, column)


def in_another_format(table: ir.Table, column: Column, form: DateFormat) -> ir.BooleanValue | None:
    """Text that is not written in the field's own date format, or names a day that never was.

    None where the engine knows no patterns.
    """
    value = table[column.name]
    if not abilities_of(table).matches:
        return None
    broken = ~matches(value, form.regex)
    if form.iso and not (form.zoned and not is_duckdb(table)):
        broken = broken | moment_in(value).isnull()
    return certain(broken) & ~missing(table, column)


def count_true(table: ir.Table, condition: ir.BooleanValue) -> ir.IntegerScalar:
    """Count the rows on which a condition holds; null where there are no rows."""
    import ibis.expr.types as ir

    if isinstance(condition, ir.Column):
        # A sum is twice as quick in DuckDB as a count with a filter.
        return condition.sum()
    return table.count(where=condition)


def any_of(conditions: list[ir.BooleanValue]) -> ir.BooleanValue:
    """Return the disjunction, with null as false. At least one condition."""
    whole = certain(conditions[0])
    for condition in conditions[1:]:
        whole = whole | certain(condition)
    return whole


def certain(condition: ir.BooleanValue) -> ir.BooleanValue:
    """Return the condition with null as false."""
    import ibis
    import ibis.expr.types as ir

    if not isinstance(condition, ir.Column):
        return condition
    if not abilities_of(condition).has_truth_values:
        # There, a condition is no value that could be put in the place of another one.
        return ibis.ifelse(condition, 1, 0) == 1
    return condition.fill_null(False)
