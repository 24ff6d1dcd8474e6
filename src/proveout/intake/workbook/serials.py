"""Moments as spreadsheets store them: days since the end of 1899, or since 1904."""

from __future__ import annotations

import datetime as dt
from typing import Any

# Sheets know no time zones. The epoch is a day early from March 1900 on, for Excel holds 1900 for a
# leap year, as Lotus did; its day 60, the 29 February that never was, is read as the 28th.
_FIRST_1900 = dt.datetime(1899, 12, 30)  # noqa: DTZ001
_FIRST_1904 = dt.datetime(1904, 1, 1)  # noqa: DTZ001
_LAST_DAY = 2_958_466
_NEVER_WAS = 60


def moment_of(number: float, *, is_1904: bool) -> Any:
    """Return the date, time of day, or both; the number itself where it is none of them."""
    if not 0 <= number < _LAST_DAY:
        return number
    if number < 1:
        return (_FIRST_1904 + dt.timedelta(days=number)).time()
    if not is_1904 and number < _NEVER_WAS:
        number += 1
    moment = (_FIRST_1904 if is_1904 else _FIRST_1900) + dt.timedelta(days=number)
    return moment.date() if float(number).is_integer() else moment


def time_of_day(span: dt.timedelta) -> Any:
    """Return a span of less than a day as a time of day; a longer one as it is."""
    if dt.timedelta(0) <= span < dt.timedelta(days=1):
        return (_FIRST_1904 + span).time()
    return span


def span_of(days: float) -> Any:
    """Return a span of time; the number itself where it is longer than any calendar."""
    if abs(days) >= _LAST_DAY:
        return days
    return dt.timedelta(seconds=round(days * 86_400, 3))
