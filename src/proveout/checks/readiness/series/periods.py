"""The period that a delivery is for, as its file is named: 2013-07, 201307, Jul-13, Q3 2013, KW27.

A name may hold several numbers. Which of them is the period shows only in the names together:
the one that moves on from file to file, while the rest of the name stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

Grain = Literal["moment", "day", "week", "month", "quarter", "year", "number"]

NOUNS: Mapping[Grain, str] = {
    "moment": "moment", "day": "day", "week": "week", "month": "month", "quarter": "quarter",
    "year": "year", "number": "number",
}  # fmt: skip

_NAMES = {
    1: "jan january januar jänner janvier enero ene gennaio gen januari",
    2: "feb february februar fevrier février febrero febbraio februari",
    3: "mar march märz maerz mrz mars marzo maart mrt",
    4: "apr april avril avr abril abr aprile",
    5: "may mai mayo maggio mag mei",
    6: "jun june juni juin junio giugno giu",
    7: "jul july juli juillet julio luglio lug",
    8: "aug august août aout agosto ago augustus",
    9: "sep sept september septembre septiembre settembre set",
    10: "oct october okt oktober octobre octubre ottobre ott",
    11: "nov november novembre noviembre",
    12: "dec december dez dezember décembre decembre diciembre dic dicembre",
}
_MONTH_OF = {name: month for month, names in _NAMES.items() for name in names.split()}
_ENGLISH = {month: names.split()[1] for month, names in _NAMES.items()} | {5: "may"}
_MOST = 0.8
"""Share of the files whose names must tell a period for it to count as theirs."""
_COPY = re.compile(r"\W*(\(\d{1,2}\)|\bcopy( of)?\b|\bkopie( von)?\b|\bv\d{1,2}\b|\bfinal\b)")
"""What people and browsers put behind the name of a file that they have already."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of time, or a running number."""

    grain: Grain
    index: int
    """Consecutive periods have consecutive numbers."""

    @property
    def label(self) -> str:  # noqa: PLR0911 - one line for each grain
        """As people write it: '2013-07', '2013-Q3', '2013-W27'."""
        match self.grain:
            case "month" if self.index < 12:  # the names tell no year
                return _ENGLISH[self.index + 1].capitalize()
            case "month":
                return f"{self.index // 12}-{self.index % 12 + 1:02d}"
            case "quarter":
                return f"{self.index // 4}-Q{self.index % 4 + 1}"
            case "week":
                year, week, _ = _monday(self.index).isocalendar()
                return f"{year}-W{week:02d}"
            case "day":
                return date.fromordinal(self.index).isoformat()
            case "moment":
                day, minute = divmod(self.index, 1440)
                return f"{date.fromordinal(day)} {minute // 60:02d}:{minute % 60:02d}"
            case _:
                return str(self.index)

    @property
    def days(self) -> tuple[date, date] | None:
        """First and last day; None where they are not known."""
        match self.grain:
            case "month" if self.index >= 12:
                return _months(self.index, 1)
            case "quarter":
                return _months(3 * self.index, 3)
            case "year":
                return date(self.index, 1, 1), date(self.index, 12, 31)
            case "week":
                return _monday(self.index), _monday(self.index) + timedelta(days=6)
            case "day":
                return date.fromordinal(self.index), date.fromordinal(self.index)
            case _:
                return None


class Dated(NamedTuple):
    """What the name of a file says."""

    period: Period | None
    """None where it tells none."""
    stem: str
    """The rest of the name: files of one series share it."""


def dated(names: Sequence[str]) -> list[Dated] | None:
    """Read the periods of files that were delivered together; None where the names tell none."""
    cleaned = [_cleaned(name) for name in names]
    readings = _readings(cleaned)
    best = max(
        (key for key, found in readings.items() if len(found) >= max(2, _MOST * len(names))),
        key=lambda key: _merit(readings[key], key),
        default=None,
    )
    if best is None or len({period for period, _ in readings[best].values()}) < 2:
        return None
    found = readings[best]
    return [
        Dated(*found[at]) if at in found else Dated(None, _stem(name, (0, 0)))
        for at, name in enumerate(cleaned)
    ]


def period_of_day(day: date, grain: Grain) -> Period:
    """Return the period of this grain that a day lies in."""
    match grain:
        case "week":
            return Period(grain, (day.toordinal() - 1) // 7)
        case "month":
            return Period(grain, day.year * 12 + day.month - 1)
        case "quarter":
            return Period(grain, day.year * 4 + (day.month - 1) // 3)
        case "year":
            return Period(grain, day.year)
        case _:
            return Period("day", day.toordinal())


class _Key(NamedTuple):
    """One way to read the names: the pattern, and which of its places in the name."""

    rank: int
    occurrence: int


_Found = dict[int, tuple[Period, str]]
"""By position of the file: its period and stem."""


def _readings(names: Sequence[str]) -> dict[_Key, _Found]:
    found: dict[_Key, _Found] = {}
    for at, name in enumerate(names):
        for rank, (pattern, read) in enumerate(_PATTERNS):
            for occurrence, match in enumerate(pattern.finditer(name)):
                period = read(match)
                if period is not None:
                    key = _Key(rank, occurrence)
                    found.setdefault(key, {})[at] = (period, _stem(name, match.span()))
    return found


def _merit(found: _Found, key: _Key) -> tuple[float, int, float, int]:
    """Rank a reading: different for each file, the rest of the name alike, in regular steps."""
    pairs, stems = set(found.values()), {stem for _, stem in found.values()}
    steps = Counter(_steps({period.index for period, _ in found.values()}))
    regular = max(steps.values(), default=0) / max(1, steps.total())
    distinct = round(len(pairs) / len(found), 1)
    # A running number is read only where nothing else is.
    return distinct - (_PATTERNS[key.rank][1] is _number), -len(stems), regular, -key.rank


def _steps(indexes: set[int]) -> Iterator[int]:
    ordered = sorted(indexes)
    return (later - earlier for earlier, later in pairwise(ordered))


def _cleaned(name: str) -> str:
    """Cut the endings off, and what folders such as 'year=2013/month=07' put before a number."""
    stem = re.sub(r"(\.[a-z][a-z0-9]{0,6})+$", "", name.lower())
    return _COPY.sub("", re.sub(r"\b[a-z_]+=(?=\d)", "", stem))


def _stem(name: str, cut: tuple[int, int]) -> str:
    rest = name[: cut[0]] + " " + name[cut[1] :]
    return " ".join(re.findall(r"[^\W_]+", rest))


def _monday(week: int) -> date:
    return date.fromordinal(week * 7 + 1)


def _months(first: int, n: int) -> tuple[date, date]:
    after = first + n
    end = date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
    return date(first // 12, first % 12 + 1, 1), end


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 70 else 1900)


def _day(match: re.Match[str]) -> Period | None:
    month = match["m"]
    try:
        day = date(_year(match["y"]), _MONTH_OF.get(month) or int(month), int(match["d"]))
    except ValueError:
        return None
    return Period("day", day.toordinal())


def _moment(match: re.Match[str]) -> Period | None:
    day = _day(match)
    minutes = int(match["h"]) * 60 + int(match["min"])
    return None if day is None else Period("moment", day.index * 1440 + minutes)


def _month(match: re.Match[str]) -> Period | None:
    text = match["m"]
    month = int(text) if text.isdigit() else _MONTH_OF[text]
    return Period("month", _year(match["y"]) * 12 + month - 1)


def _month_alone(match: re.Match[str]) -> Period | None:
    return Period("month", _MONTH_OF[match["m"]] - 1)


def _quarter(match: re.Match[str]) -> Period | None:
    return Period("quarter", _year(match["y"]) * 4 + int(match["q"]) - 1)


def _week(match: re.Match[str]) -> Period | None:
    try:
        monday = date.fromisocalendar(_year(match["y"]), int(match["w"]), 1)
    except ValueError:
        return None
    return period_of_day(monday, "week")


def _whole_year(match: re.Match[str]) -> Period | None:
    return Period("year", int(match["y"]))


def _number(match: re.Match[str]) -> Period | None:
    return Period("number", int(match["n"]))


_Y, _YY = r"(?P<y>(?:19|20)\d\d)", r"(?P<y>(?:19|20)\d\d|\d\d)"
_M, _D = r"(?P<m>0[1-9]|1[0-2])", r"(?P<d>0[1-9]|[12]\d|3[01])"
_S, _SAME, _MAY = r"(?P<s>[-_. /]?)", r"(?P=s)", r"[-_. /]?"
_WORD = (
    "(?<![^\\W\\d_])(?P<m>" + "|".join(sorted(_MONTH_OF, key=len, reverse=True)) + ")(?![^\\W\\d_])"
)
_Q, _W = r"q(?P<q>[1-4])", r"(?:w|kw|wk|cw|week|woche)[-_. ]?(?P<w>\d{1,2})"
_TIME = r"[t_ -]?(?P<h>[01]\d|2[0-3])[-:_.h]?(?P<min>[0-5]\d)(?:[-:_.]?[0-5]\d)?"


def _pattern(*parts: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\d)" + "".join(parts) + r"(?!\d)")


_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Period | None]], ...] = (
    (_pattern(_Y, _S, _M, _SAME, _D), _day),
    (_pattern(_D, _S, _M, _SAME, _Y), _day),
    (_pattern(_M, _S, _D, _SAME, _Y), _day),
    (_pattern(_D, _MAY, _WORD, _MAY, _Y), _day),
    (_pattern(_Y, _S, _M, _SAME, _D, _TIME), _moment),
    (_pattern(_Y, _MAY, _W), _week),
    (_pattern(_W, _MAY, _Y), _week),
    (_pattern(_Y, _S, _M, rf"(?!{_SAME}(?:0[1-9]|[12]\d|3[01])(?!\d))"), _month),
    (_pattern(_M, _MAY, _Y), _month),
    (_pattern(_WORD, _MAY, r"'?", _YY), _month),
    (_pattern(_Y, _MAY, _WORD), _month),
    (_pattern(_YY, _MAY, _WORD), _month),
    (_pattern(_Y, _MAY, _Q), _quarter),
    (_pattern(_Q, _MAY, _YY), _quarter),
    (_pattern(r"(?P<q>[1-4])q", _MAY, _YY), _quarter),
    (_pattern(_Y), _whole_year),
    (_pattern(r"(?P<y>\d\d)", _M, _D), _day),
    (_pattern(r"(?P<y>\d\d)", _S, _M), _month),
    (_pattern(_WORD), _month_alone),
    (_pattern(r"(?P<n>\d{1,9})"), _number),
)
"""The earlier, the more readily believed."""
