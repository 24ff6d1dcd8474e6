"""A day as people write it: '2024-03-04', '4.3.24', '04/03/2024', '4 de marzo de 2024'."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from proveout.spelling.names import MONTH_NAMES, MONTHS

LONGEST = 60
"""Characters; longer texts are no days."""

_CLOCK = r"(?:(?:,?\s+|t)(?:at\s+|um\s+)?\d{1,2}[:.h]\d{2}.*)?"
_DIGITS = re.compile(rf"(\d{{1,4}})\s?([./-])\s?(\d{{1,2}})\s?\2\s?(\d{{1,4}}){_CLOCK}")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?:t?\d{6}z?)?")
_CJK = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일].*")
_NUMBER_TH = r"(\d{1,2})(?:st|nd|rd|th|er|o|a)?"  # º and ª are o and a by now
_GAP = r"(?:\s?[./,-]\s?|\s)(?:de |of |del )?"
_WEEKDAY = r"(?:[^\W\d]+\.?,?\s)?(?:the |den |le |il |el )?"
_DAY_FIRST = re.compile(
    rf"{_WEEKDAY}{_NUMBER_TH}\.?{_GAP}({MONTH_NAMES})\.?{_GAP}(\d{{4}}|\d{{2}}){_CLOCK}"
)
_MONTH_FIRST = re.compile(
    rf"{_WEEKDAY}({MONTH_NAMES})\.?[\s-]{_NUMBER_TH}(?:,\s?|\s|-)(\d{{4}}|\d{{2}}){_CLOCK}"
)
_YEAR_FIRST = re.compile(rf"(\d{{4}}){_GAP}({MONTH_NAMES})\.?{_GAP}{_NUMBER_TH}{_CLOCK}")
_NAMED = ((_DAY_FIRST, (3, 2, 1)), (_MONTH_FIRST, (3, 1, 2)), (_YEAR_FIRST, (1, 2, 3)))
"""Forms with the month by name, and in which group year, month and day stand."""

_MONTH_OF = {
    name: number for number, names in enumerate(MONTHS, start=1) for name in names.split("|")
}
_ORDERS = {"DMY": (2, 1, 0), "MDY": (2, 0, 1), "YMD": (0, 1, 2)}
"""Where year, month and day stand."""


def read_day(value: Any) -> Mapping[str, date] | None:
    """Return what a value means as a day: order of its parts → day; None where it is none.

    A time of day behind it is left out, and no zone is converted: the day is the written one.
    """
    if isinstance(value, str):
        return _read(value) or None
    if hasattr(value, "date") and callable(value.date):  # a moment
        value = value.date()
    return dict.fromkeys(_ORDERS, value) if isinstance(value, date) else None


def _read(text: str) -> dict[str, date]:
    if len(text) > LONGEST:
        return {}
    text = _folded(text)
    if found := _DIGITS.fullmatch(text):
        return _of_digits(found[2], (found[1], found[3], found[4]))
    if found := _COMPACT.fullmatch(text) or _CJK.fullmatch(text):
        return _everywhere(_day(found[1], found[2], found[3]))
    for form, (year, month, day) in _NAMED:
        if found := form.fullmatch(text):
            return _everywhere(_day(found[year], _MONTH_OF[found[month]], found[day]))
    return {}


def _of_digits(mark: str, parts: tuple[str, str, str]) -> dict[str, date]:
    """Return the readings. With points it is day, month, year: nobody writes it otherwise."""
    first, last = len(parts[0]), len(parts[2])
    if first == 4 and last < 3:
        return _everywhere(_day(*parts))
    if first > 2 or last not in (2, 4):
        return {}
    orders = ["DMY"] if mark == "." else ["DMY", "MDY"] + ["YMD"] * (last == 2)
    found = {name: _day(*(parts[at] for at in _ORDERS[name])) for name in orders}
    readings = {name: day for name, day in found.items() if day is not None}
    # One that can be read in one order only is that day, whatever the order of others is.
    return _everywhere(next(iter(readings.values()))) if len(readings) == 1 else readings


def _everywhere(day: date | None) -> dict[str, date]:
    return {} if day is None else dict.fromkeys(_ORDERS, day)


def _day(year: str | int, month: str | int, day: str | int) -> date | None:
    number = int(year)
    if len(str(year)) == 2:
        number += 2000 if number < 69 else 1900  # as POSIX reads two digits
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


def _folded(text: str) -> str:
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().lower()
    apart = unicodedata.normalize("NFD", text)
    # Put together again, because syllables of Korean come apart as accents do.
    return unicodedata.normalize("NFC", "".join(c for c in apart if not unicodedata.combining(c)))
