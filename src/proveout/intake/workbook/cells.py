"""What a cell holds, and how it is written as text."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Literal

from proveout.intake.workbook.grid import Uncomputed

Kind = Literal["blank", "text", "number", "moment", "boolean", "error"]

ERRORS = frozenset(
    """
    #N/A #DIV/0! #REF! #NAME? #VALUE! #NUM! #NULL! #GETTING_DATA #SPILL! #CALC! #FIELD! #BLOCKED!
    #UNKNOWN! #CONNECT! #BUSY!
    """.split()  # noqa: SIM905 - read as a list of words
)
"""Errors as a spreadsheet shows them."""

EXACT = 2**53
"""Whole numbers up to here are exact as floats."""

_NUMBER = re.compile(
    r"[+-]?[ \u00a0]?[$€£¥]?[ \u00a0]?"
    r"(?:\d+|\d{1,3}(?:[,.'\u2019 \u00a0\u202f]\d{3})+)(?:[.,]\d+)?(?:[eE][+-]?\d+)?"
    r"[ \u00a0]?[%€$£]?"
)


def is_blank(cell: Any) -> bool:
    """Tell whether nothing can be seen in a cell."""
    return cell == "" or (isinstance(cell, str) and cell.isspace())


def kind_of(cell: Any) -> Kind:
    """Tell what a cell holds; text that is a number counts as one."""
    if isinstance(cell, str):
        if not cell or cell.isspace():
            return "blank"
        if isinstance(cell, Uncomputed) or cell in ERRORS:
            return "error"
        return "number" if _NUMBER.fullmatch(cell.strip()) else "text"
    if isinstance(cell, bool):
        return "boolean"
    return "number" if isinstance(cell, int | float) else "moment"


def as_text(cell: Any) -> str:
    """Write a cell as a spreadsheet shows it: 12 rather than 12.0, 30:15:00 for a day and more."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, dt.timedelta):
        return _span_as_text(cell)
    return str(cell)


def _span_as_text(span: dt.timedelta) -> str:
    """Write a span in hours, as '[h]:mm:ss' does: '30:15:00', and '-02:24:00' below zero."""
    minutes, seconds = divmod(abs(span), dt.timedelta(minutes=1))
    rest = f".{seconds.microseconds:06}" if seconds.microseconds else ""
    sign = "-" if span < dt.timedelta(0) else ""
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}:{seconds.seconds:02}{rest}"
