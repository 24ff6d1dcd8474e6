"""Dates and times as people write them: day, month and year in every order, months by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from proveout.intake.typing.kinds import Kind, folded, sql_text
from proveout.spelling.names import MONTH_NAMES as _NAMES
from proveout.spelling.names import MONTHS as _MONTHS

_PARTS = {
    "DD": (r"(?:0?[1-9]|[12][0-9]|3[01])", "%d"),
    "MM": (r"(?:0?[1-9]|1[0-2])", "%m"),
    "YYYY": (r"[0-9]{4}", "%Y"),
    "YY": (r"[0-9]{2}", "%y"),
}
_H24, _H12 = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]", r"(?:0?[1-9]|1[0-2]):[0-5][0-9]"
_CLOCKS = {
    "hh:mm": (_H24, "%H:%M"),
    "hh:mm:ss": (f"{_H24}:[0-5][0-9]", "%H:%M:%S"),
    "hh:mm:ss.f": (rf"{_H24}:[0-5][0-9]\.[0-9]{{1,6}}", "%H:%M:%S.%f"),
    "hh:mm AM": (f"{_H12} ?[AaPp][Mm]", "%I:%M %p"),
    "hh:mm:ss AM": (f"{_H12}:[0-5][0-9] ?[AaPp][Mm]", "%I:%M:%S %p"),
}
_DIGITS = re.compile(r"(\d{1,4})([./-])\d{1,2}\2(\d{1,4})(?:,?[ T](\d.*))?")
_COMPACT = re.compile(r"\d{8}(?:[ T]?(\d{6}))?")
_SPELLED = re.compile(r"(?:\d|[a-z]{3,10}\.?[ -]\d).*[a-z]{3}.*|[a-z]{3,10}\.?[ -]\d.*")
_LONGEST = 40
"""Characters; longer texts are no dates."""


def moment_kinds(values: Sequence[str]) -> list[Kind]:
    """Return the formats in which all of the values are dates, moments or times of day."""
    first = values[0].strip()
    if len(first) > _LONGEST or not any(map(str.isdigit, first)):
        return []
    return [kind for kind in _like(first) if all(map(kind.may_be, values))]


def _like(text: str) -> list[Kind]:
    """Return the formats that may be that of a text."""
    if found := _DIGITS.fullmatch(text):
        clock = _clock(found[4])
        orders = _orders(found[2], len(found[1]), len(found[3]))
        return [] if clock is None else [_of_digits(order, clock) for order in orders]
    if found := _COMPACT.fullmatch(text):
        return [_compact("hhmmss" if found[1] else "")]
    if (clock := _clock(text)) and clock.endswith("AM"):
        return [_time(clock)]
    if _SPELLED.fullmatch(folded(text)):
        clocks = ["", *(_CLOCKS if ":" in text else ())]
        return [
            _spelled(first, year, clock)
            for first in ("D", "month")
            for year in ("YYYY", "YY")
            for clock in clocks
        ]
    return []


def _clock(text: str | None) -> str | None:
    """Return how a time of day is written: '' where there is none, None where it is no such."""
    if not text:
        return ""
    names = (name for name, (clock, _) in _CLOCKS.items() if re.fullmatch(clock, text))
    return next(names, None)


def _orders(mark: str, first: int, last: int) -> list[str]:
    """Return in which orders day, month and year may stand.

    With points it is always day, month, year: nobody writes it otherwise.
    """
    if first == 4:
        orders = [("YYYY", "MM", "DD")] if last < 3 else []
    elif last == 4:
        orders = [("DD", "MM", "YYYY")] + [("MM", "DD", "YYYY")] * (mark != ".")
    elif last < 3 and mark == ".":
        orders = [("DD", "MM", "YY")]
    elif last < 3:
        orders = [("DD", "MM", "YY"), ("MM", "DD", "YY"), ("YY", "MM", "DD")]
    else:
        orders = []
    return [mark.join(order) for order in orders]


@cache
def _of_digits(order: str, clock: str) -> Kind:
    expression, way = re.escape(order), order
    for part, (digits, how) in _PARTS.items():
        # 'YY' is in 'YYYY' too, which was replaced before.
        expression, way = expression.replace(part, digits), way.replace(part, how)
    if clock:
        expression += f",?[ T]{_CLOCKS[clock][0]}"
    return _kind(f"{order} {clock}", expression, _ways(way, clock))


@cache
def _compact(clock: str) -> Kind:
    """Digits alone. Whole numbers that are all days of these two centuries are dates."""
    expression = r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    if not clock:
        return _kind("YYYYMMDD", expression, ["%Y%m%d"])
    expression += "[ T]?(?:[01][0-9]|2[0-3])(?:[0-5][0-9]){2}"
    return _kind(f"YYYYMMDD {clock}", expression, [f"%Y%m%d{gap}%H%M%S" for gap in ("", " ", "T")])


@cache
def _time(clock: str) -> Kind:
    return _kind(clock, _CLOCKS[clock][0], _ways("", clock), name="time")


@cache
def _spelled(first: str, year: str, clock: str) -> Kind:
    """Months by name: '3-Jan-24', '3. März 2024', '3 de enero de 2024', 'Jan 3, 2024'."""
    day, years = f"({_PARTS['DD'][0]})(?:st|nd|rd|th|er)?", f"({_PARTS[year][0]})"
    month, gap = rf"(?:{_NAMES})\.?", r"(?:[./-]|\.? )(?:de )?"
    end = f"(?:,? ({_CLOCKS[clock][0]}))" if clock else "()"
    if first == "D":
        shown, expression = f"D month {year}", f"{day}{gap}{month}{gap}{years}{end}"
    else:
        shown, expression = f"month D {year}", f"{month}[ -]{day}(?:, ?|-| ){years}{end}"
    text = "lower(strip_accents({v}))"
    word = f"regexp_extract({text}, '(?:^|[^a-z])({_NAMES})(?:[^a-z]|$)', 1)"
    cases = " ".join(
        f"WHEN {word} IN ({', '.join(map(sql_text, names.split('|')))}) THEN '{number} '"
        for number, names in enumerate(_MONTHS, start=1)
    )
    digits = f"regexp_replace({text}, {sql_text(f'^{expression}$')}, '\\1 \\2 \\3')"
    way = f"%m %d {_PARTS[year][1]}"
    return _kind(
        f"{shown} {clock}",
        expression,
        _ways(way, clock),
        value=f"CASE {cases} END || trim({digits})",
        text=text,
    )


def _ways(day: str, clock: str) -> list[str]:
    """Return the formats of the engine; a comma or a T may stand before the clock."""
    if not clock:
        return [day]
    how = _CLOCKS[clock][1]
    clocks = (how, how.replace(" %p", "%p")) if "%p" in how else (how,)
    return [
        day + gap + each for gap in ((" ", "T", ", ", ",T") if day else ("",)) for each in clocks
    ]


def _kind(
    shown: str,
    expression: str,
    ways: Sequence[str],
    *,
    name: str | None = None,
    value: str = "{v}",
    text: str = "{v}",
) -> Kind:
    name = name or ("timestamp" if " hh" in shown else "date")
    how = sql_text(ways[0]) if len(ways) == 1 else f"[{', '.join(map(sql_text, ways))}]"
    moment = f"try_strptime({value}, {how})"
    return Kind(
        name=name,
        pattern=re.compile(expression),
        fits=f"regexp_full_match({text}, {sql_text(expression)}) AND {moment} IS NOT NULL",
        cast=f"{moment}::{name.upper()}",
        format=shown.strip(),
        is_folded=text != "{v}",
    )
