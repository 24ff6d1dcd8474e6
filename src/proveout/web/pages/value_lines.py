"""What moved together and what did not: weekly lines of both teams over one calendar (R110).

That two lines move together does not say that one moves the other, and two lines that both rise do
so by any trend; so changes from week to week are counted, and chance is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import comb
from typing import Literal

from pydantic import BaseModel

from proveout.evidence.figures import figure
from proveout.report.charts import TimeLine, TimePanel, TimePoint, panel_svg, time_axis_svg

WEEK = timedelta(days=7)
FEWEST = 6
"""Changes from week to week; of fewer not even all in one direction would be more than chance."""
_CHANCE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One figure week by week."""

    label: str
    short: str
    """As it stands in a sentence."""
    unit: str
    team: Literal["technical", "engineering", "business", "use"]
    values: Mapping[date, float]
    """By the Monday of the week."""
    beside: Mapping[date, float] | None = None
    """The same the manual way."""
    from_zero: bool = True


class Moved(BaseModel):
    """Whether two figures moved together."""

    first: str
    second: str
    n: int
    """Changes from one week to the next in which both moved."""
    same: int
    """In so many of them both rose or both fell."""
    says: str


class WeekRow(BaseModel):
    """One week in figures."""

    begins: date
    cells: list[str]


class Lines(BaseModel):
    """The lines of a pilot in figures."""

    headings: list[str]
    weeks: list[WeekRow]
    moved: list[Moved]
    titles: list[str]
    """Of the drawings."""
    not_by_week: str
    """Which figures are not known of two weeks; empty where all are."""


def monday(moment: date | datetime) -> date:
    """Return the Monday of a week."""
    on = moment.date() if isinstance(moment, datetime) else moment
    return on - timedelta(days=on.weekday())


def by_week(found: Sequence[tuple[datetime | date, float]]) -> dict[date, float]:
    """Return the last figure of each week."""
    return {monday(at): value for at, value in sorted(found, key=lambda each: str(each[0]))}


def lines_of(all_series: Sequence[Series]) -> Lines:
    """Put series beside each other, and say which moved together."""
    known, others = _by_week(all_series)
    weeks = sorted({week for each in known for week in each.values})
    pairs = [
        _moved(business, other)
        for business in known
        if business.team == "business"
        for other in known
        if other.team != "business"
    ]
    return Lines(
        headings=[each.label for each in known],
        weeks=[
            WeekRow(
                begins=week,
                cells=[
                    figure(_short(each.values[week]), each.unit) if week in each.values else "–"
                    for each in known
                ],
            )
            for week in weeks
        ],
        moved=pairs,
        titles=[each.label for each in known],
        not_by_week=""
        if not others
        else "Not known of two weeks or more, so that nothing can be said of them: "
        f"{', '.join(each.short for each in others)}.",
    )


def drawings_of(all_series: Sequence[Series]) -> dict[str, str]:
    """Draw 'line 0' … and their 'axis'; nothing where there are not two weeks."""
    known, _ = _by_week(all_series)
    weeks = sorted({week for each in known for week in (*each.values, *(each.beside or ()))})
    if len(weeks) < 2:
        return {}
    begins, ends = _at(weeks[0]), _at(weeks[-1]) + WEEK
    drawn = {
        f"line {number}": panel_svg(_panel(each), begins, ends) for number, each in enumerate(known)
    }
    return drawn | {"axis": time_axis_svg(begins, ends)}


def _by_week(all_series: Sequence[Series]) -> tuple[list[Series], list[Series]]:
    """Return those of which there are lines, and the others."""
    known = [each for each in all_series if len(each.values) > 1]
    return known, [each for each in all_series if len(each.values) < 2]


def _panel(series: Series) -> TimePanel:
    lines = [_line("with the system", series.values)]
    if series.beside:
        lines.append(_line("the manual way", series.beside, "second"))
    return TimePanel(
        title=series.label, unit=series.unit, lines=tuple(lines), from_zero=series.from_zero
    )


def _line(
    label: str, values: Mapping[date, float], kind: Literal["first", "second"] = "first"
) -> TimeLine:
    points = tuple(
        TimePoint(at=_at(week) + WEEK / 2, value=value) for week, value in sorted(values.items())
    )
    return TimeLine(label=label, points=points, series=kind)


def _moved(first: Series, second: Series) -> Moved:
    shared = sorted(set(first.values) & set(second.values))
    pairs = [
        (first.values[week] - first.values[before], second.values[week] - second.values[before])
        for before, week in pairwise(shared)
        if week - before == WEEK
    ]
    both = [(one, other) for one, other in pairs if one and other]
    n, same = len(both), sum((one > 0) == (other > 0) for one, other in both)
    return Moved(
        first=first.label, second=second.label, n=n, same=same,
        says=_says(first.short, second.short, n, same),
    )  # fmt: skip


def _says(first: str, second: str, n: int, same: int) -> str:
    pair = f"{first[:1].upper()}{first[1:]} and {second}"
    if n < FEWEST:
        return f"{pair}: too few weeks in which both are known and moved (n = {n})."
    other = n - same
    most = max(same, other)
    p = min(1.0, 2 * sum(comb(n, k) for k in range(most, n + 1)) / 2**n)
    if p >= _CHANCE:
        return (
            f"{pair}: they did not move together; in {same} of {n} weeks both went the same way, "
            "which is about as often as by chance."
        )
    how = "moved the same way" if same > other else "moved opposite ways"
    return (
        f"{pair}: they {how} in {most} of {n} weeks, more often than by chance. That does not say "
        "that one moved the other."
    )


def _at(week: date) -> datetime:
    return datetime(week.year, week.month, week.day, tzinfo=UTC)


def _short(value: float) -> float:
    return float(f"{value:.3g}")
