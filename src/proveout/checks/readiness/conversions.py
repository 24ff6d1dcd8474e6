"""Texts read as figures and moments, on any engine and alike.

The embedded engine tries a cast. Others cast only what a regular expression lets through: they
differ in what they take for a figure, and some break off the whole query at the first that is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proveout.checks.readiness.engine import is_duckdb
from proveout.intake.databases.abilities import abilities_of
from proveout.intake.databases.numbering import regexp_replace

if TYPE_CHECKING:
    import ibis.expr.types as ir

# No backslashes: each engine escapes them in its own way. Figures and exponents so long that a
# double cannot hold them are let through by none.
_NUMBER = r"^[+-]?([0-9]{1,100}([.][0-9]{0,100})?|[.][0-9]{1,100})([eE][+-]?[01]?[0-9]{1,2})?$"
_NO_FIGURE = r"^[+-]?([nN][aA][nN]|[iI][nN][fF]([iI][nN][iI][tT][yY])?)$"
_INTEGER = r"^[+-]?[0-9]+([.]0*)?$"

_LEAP_YEAR = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_DAY_OF_YEAR = (
    "((0?[13578]|1[02])[-/](0?[1-9]|[12][0-9]|3[01])|(0?[469]|11)[-/](0?[1-9]|[12][0-9]|30)"
    "|0?2[-/](0?[1-9]|1[0-9]|2[0-8]))"
)
_CLOCK = "([T ]([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?)?"
_MOMENT = f"^([0-9]{{4}}[-/]{_DAY_OF_YEAR}|{_LEAP_YEAR}[-/]0?2[-/]29){_CLOCK}$"
"""A day that there was, year first, with or without a time, without a zone. Years 0 are let through
here and stopped below."""


def number_in(value: ir.StringValue) -> ir.FloatingValue:
    """Return the figure that a text writes; null where it writes none."""
    import ibis

    if is_duckdb(value) or not abilities_of(value).matches:
        # SQL Server takes a blank for nought.
        text = value if is_duckdb(value) else value.strip().nullif("")
        return text.try_cast("float64")
    text = value.strip()
    return ibis.ifelse(text.re_search(_NUMBER), text, ibis.null("string")).cast("float64")


def is_endless(value: ir.FloatingValue) -> ir.BooleanValue:
    """Tell infinity; where the engine is Spark, Ibis asks for it in words that are never true."""
    if value.get_backend().name != "pyspark":
        return value.isinf()
    return value.abs() == float("inf")


def matches(value: ir.StringValue, pattern: str) -> ir.BooleanValue:
    """Tell whether a text matches, capitals and small letters told apart.

    '$' is the end: to MySQL and Spark it is also before a line break there.
    """
    engine = value.get_backend().name
    if engine not in ("mysql", "pyspark"):
        return value.re_search(pattern)
    found = value.re_search(f"(?-i){pattern}" if engine == "mysql" else pattern)
    return found & ~value.endswith("\n") if pattern.endswith("$") else found


def without(value: ir.StringValue, pattern: str) -> ir.StringValue:
    """Take out of a text all that matches; for engines that know regular expressions."""
    if value.get_backend().name == "mysql":  # Ibis has no word for it there
        return regexp_replace(value, pattern)
    return value.re_replace(pattern, "")


def is_number(value: ir.StringValue) -> ir.BooleanValue:
    """Tell whether a text is a figure; 'NaN' and 'inf' count as what figures may be."""
    found = number_in(value).notnull()
    if is_duckdb(value) or not abilities_of(value).matches:
        return found
    text = value.strip()
    return (text.re_search(_NUMBER) | text.re_search(_NO_FIGURE)).fill_null(False)


def is_integer(value: ir.StringValue) -> ir.BooleanValue:
    """Tell whether a text is a whole figure."""
    if not abilities_of(value).matches:
        number = number_in(value)
        return number.notnull() & (number == number.floor())
    fits = value.strip().re_search(_INTEGER)
    if is_duckdb(value):
        import ibis

        # Nearly all are written as the engine writes them, which it tells in a third of the time.
        is_usual = value.try_cast("int64").cast("string") == value
        fits = ibis.ifelse(is_usual, True, fits)
    return fits.fill_null(False)


def moment_in(value: ir.StringValue) -> ir.TimestampValue:
    """Return the moment that a text writes, year first; null where it writes none."""
    import ibis

    if is_duckdb(value) or not abilities_of(value).matches:
        return value.try_cast("timestamp")
    is_one: Any = matches(value, _MOMENT) & ~value.startswith("0000")
    text = value.replace("T", " ").replace("/", "-")
    return ibis.ifelse(is_one, text, ibis.null("string")).cast("timestamp")
