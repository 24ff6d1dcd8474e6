"""Columns of records that people keep: found by name, and their values in one form.

In every form, nothing stands for an empty field, and a value of its own for what cannot be read, so
that the two are never taken for each other: an empty end is an open case, a garbled one is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proveout.charter.loading.nearest import nearest
from proveout.errors import InputError

if TYPE_CHECKING:
    import ibis.expr.types as ir

YES = (
    "yes", "y", "true", "t", "1", "1.0", "x", "on", "with", "ja", "j", "oui", "si", "sí", "sim",
    "tak", "wahr", "vrai", "volunteer",
)  # fmt: skip
NO = (
    "no", "n", "false", "f", "0", "0.0", "off", "without", "none", "nein", "non", "não", "nao",
    "nie", "falsch", "faux", "manual", "by hand",
)  # fmt: skip
UNREADABLE_TRUTH = -2
_POINTS = r"^(\d{1,2})\.(\d{1,2})\.(\d{4})"
_MILLISECONDS_FROM = 1e11
"""Numbers above it count milliseconds: in seconds they would be of the year 5138."""
_SECONDS_FROM = 1e8
"""Numbers below it are no moments: in seconds they would be of 1973 or before, and 20260301 or a
workbook's 46082 mean something else."""


def find_column(table: ir.Table, wanted: str) -> str | None:
    """Return what a column is called in the table, whatever its case; None where it is not there.

    >>> import ibis
    >>> find_column(ibis.table({"Opened At ": "string"}), "opened at")
    'Opened At '
    """
    if wanted in table.columns:
        return wanted
    alike = [each for each in table.columns if each.strip().casefold() == wanted.casefold()]
    return alike[0] if len(alike) == 1 else None


def no_column(table: ir.Table, wanted: str, *, where: str, file: str) -> InputError:
    """Make the error that says which columns there are, and which may be meant."""
    near = nearest(wanted, table.columns)
    meant = f"Did you mean '{near}'? Then write {where}: {near}" if near else ""
    return InputError(
        f"{file} has no column '{wanted}' ({where}). It has: {', '.join(table.columns)}.",
        hint=meant or f"Say what it is called there: {where}: COLUMN",
    )


def text_of(column: Any) -> Any:
    """Return texts without blanks around them; nothing where there is none."""
    return column.cast("string").strip().nullif("")


def seconds_of(column: Any) -> Any:
    """Return seconds since 1970; nothing where the field is empty, nan where it is no moment."""
    import ibis

    kind = column.type()
    if kind.is_numeric():
        seconds = column.cast("float64")
        is_milli = seconds.abs() > _MILLISECONDS_FROM
        nan = ibis.literal(float("nan"), type="float64")
        known = ibis.ifelse(seconds.abs() < _SECONDS_FROM, nan, seconds)
        return ibis.ifelse(is_milli, seconds / 1000, known)
    if kind.is_timestamp() or kind.is_date():
        return _seconds(column)
    text = text_of(column)
    # With points it is day, month, year: nobody writes it otherwise.
    said = text.re_replace(_POINTS, r"\3-\2-\1")
    return _or_nan(text, _seconds(said.try_cast("timestamp('UTC')")))


def known_seconds_of(column: Any) -> Any:
    """Return seconds since 1970; nothing where the field is empty, and where it is no moment."""
    import ibis

    seconds = seconds_of(column)
    return ibis.ifelse(seconds.isnan(), ibis.null("float64"), seconds)


def number_of(column: Any) -> Any:
    """Return numbers; nothing where the field is empty, nan where it is no number."""
    kind = column.type()
    if kind.is_boolean() or kind.is_numeric():
        return column.cast("float64")
    text = text_of(column)
    return _or_nan(text, text.try_cast("float64"))


def truth_of(column: Any) -> Any:
    """Return 1 and 0; nothing where the field is empty, UNREADABLE_TRUTH where it is neither."""
    import ibis

    if column.type().is_boolean():
        return column.cast("int8")
    said = text_of(column).lower()
    return ibis.cases(
        (said.isnull(), ibis.null("int8")), (said.isin(YES), 1), (said.isin(NO), 0),
        else_=UNREADABLE_TRUTH,
    ).cast("int8")  # fmt: skip


def known_truth_of(column: Any) -> Any:
    """Return yes or no; nothing where the column is missing or empty, and where it is neither."""
    import ibis

    if column is None:
        return ibis.null("boolean")
    truth = truth_of(column)
    return ibis.cases((truth == 1, True), (truth == 0, False), else_=ibis.null("boolean"))


def _seconds(moment: Any) -> Any:
    return moment.cast("timestamp('UTC')").epoch_seconds().cast("float64")


def _or_nan(text: Any, read: Any) -> Any:
    import ibis

    nan = ibis.literal(float("nan"), type="float64")
    return ibis.ifelse(text.isnull(), ibis.null("float64"), read.fill_null(nan))
