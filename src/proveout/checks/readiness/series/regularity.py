"""Whether deliveries come when they should: missing, late, repeated, or odd ones."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from proveout.checks.readiness.series.deliveries import Delivery, Series
from proveout.checks.readiness.series.periods import NOUNS, Grain, Period
from proveout.checks.readiness.series.profile import Profiles

Rhythm = Literal["daily", "weekdays", "weekly", "monthly", "quarterly", "yearly"]

GRAINS: Mapping[Rhythm, Grain] = {
    "daily": "day", "weekdays": "day", "weekly": "week", "monthly": "month",
    "quarterly": "quarter", "yearly": "year",
}  # fmt: skip
_RHYTHMS: Mapping[Grain, Rhythm] = {
    "day": "daily", "week": "weekly", "month": "monthly", "quarter": "quarterly", "year": "yearly",
}  # fmt: skip
_STEADY = 0.6
"""Share of the steps between deliveries that must be alike for a rhythm."""
_COPIED = 0.1
"""Share of records in common from which a delivery repeats another."""
_USUAL_TIMES = 5.0
"""How many times as much two files must share as is usual for two files of the series."""
_ROBUST = 3.5
_HALF = math.log(1.5)
_ENOUGH = 6
"""Deliveries from which on their size can be told to be odd."""
_OUTSIDE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When deliveries were to be expected, and which there are."""

    rhythm: Rhythm | None
    """None for running numbers."""
    step: int
    """Periods from one delivery to the next."""
    expected: tuple[Period, ...]
    """From the first to the last that is there."""
    missing: tuple[Period, ...]

    @property
    def words(self) -> str:
        """Say the rhythm: 'monthly', 'every 2 weeks', 'numbered'."""
        if self.rhythm is not None:
            return self.rhythm
        grain = self.expected[0].grain
        return "numbered" if grain == "number" else f"every {self.step} {NOUNS[grain]}s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A delivery that brings again what another one brought."""

    delivery: Delivery
    earlier: Delivery
    share: float
    """Of the records of the smaller one."""
    how: Literal["same-records", "overlap", "same-period"]

    @property
    def what(self) -> str:
        """Say it."""
        mine, theirs = self.delivery.name, self.earlier.name
        match self.how:
            case "same-records":
                return f"{mine} holds the same records as {theirs}"
            case "overlap":
                return (
                    f"{mine} has {self.share:.0%} of its records in common with {theirs}".replace(
                        "%", " %"
                    )
                )
            case "same-period":
                return f"{mine} and {theirs} are both for {self.delivery.label}, with other records"


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """A delivery that cannot be whole, or is not what its name says."""

    name: str
    label: str
    how: Literal["empty", "small", "large", "other-period", "unreadable", "foreign"]
    what: str
    n_rows: int


def calendar(series: Series, declared: Rhythm | None) -> Calendar | None:
    """Find the rhythm and what is missing from it; None where no rhythm can be told."""
    periods = sorted({d.period for d in series.deliveries if d.period is not None})
    if len(periods) < 2 or periods[0].grain == "moment":
        return None
    if declared and periods[0].days is None:
        return None  # running numbers, or months of who knows which year
    grain = GRAINS[declared] if declared else _grain(periods)
    if grain != periods[0].grain:
        periods = sorted({p for each in periods if (p := _coarser(each, grain)) is not None})
    if len(periods) < 2 or periods[0].grain != grain:
        return None
    there = {period.index for period in periods}
    first, last = periods[0].index, periods[-1].index
    steps = Counter(b.index - a.index for a, b in pairwise(periods))
    step, n = steps.most_common(1)[0]
    workdays = declared == "weekdays" or (
        declared is None and grain == "day" and step == 1 and _is_of_weekdays(periods)
    )
    if declared is not None or workdays:
        step = 1
    elif n < _STEADY * steps.total() or len(periods) < 3 or any(each % step for each in steps):
        return None
    expected = [
        Period(grain, index)
        for index in range(first, last + 1, step)
        if not workdays or date.fromordinal(index).weekday() < 5
    ]
    return Calendar(
        rhythm="weekdays" if workdays else _RHYTHMS.get(grain) if step == 1 else None,
        step=step,
        expected=tuple(expected),
        missing=tuple(period for period in expected if period.index not in there),
    )


def overdue(found: Calendar, due_days: int, today: date) -> tuple[Period, ...]:
    """List the periods since the last delivery that should be there by today."""
    last = max(each.index for each in found.expected)
    grain = found.expected[0].grain
    late: list[Period] = []
    index = last + 1
    while len(late) < 1000:
        period = Period(grain, index)
        index += 1
        days = period.days
        if days is None or days[1] + timedelta(days=due_days) >= today:
            break
        if found.rhythm != "weekdays" or days[0].weekday() < 5:
            late.append(period)
    return tuple(late)


def repeats(series: Series, profiles: Profiles) -> list[Repeat]:
    """List deliveries that repeat an earlier one, each once, with the one most like it."""
    found: dict[int, Repeat] = {}
    for repeat in (*_copies(series), *_overlaps(series, profiles), *_periods(series)):
        known = found.get(repeat.delivery.position)
        if known is None or repeat.share > known.share:
            found[repeat.delivery.position] = repeat
    return [found[d.position] for d in series.deliveries if d.position in found]


def _copies(series: Series) -> Iterator[Repeat]:
    """Find the same records, in whatever order, under another name."""
    first: dict[str, Delivery] = {}
    for delivery in series.deliveries:
        earlier = first.setdefault(delivery.fingerprint, delivery)
        if delivery.fingerprint and earlier is not delivery:
            yield Repeat(delivery=delivery, earlier=earlier, share=1.0, how="same-records")


def _overlaps(series: Series, profiles: Profiles) -> Iterator[Repeat]:
    place = {d.position: at for at, d in enumerate(series.deliveries)}
    least = max(_COPIED, _USUAL_TIMES * _usual_overlap(series, profiles))
    for pair, share in profiles.shared.items():
        if share >= least and all(position in place for position in pair):
            earlier, later = sorted(place[position] for position in pair)
            yield Repeat(
                delivery=series.deliveries[later], earlier=series.deliveries[earlier],
                share=min(share, 0.9999), how="overlap",
            )  # fmt: skip


def _periods(series: Series) -> Iterator[Repeat]:
    """Find a second delivery for a period, with other records: which of them is right?"""
    first: dict[Period, Delivery] = {}
    for delivery in series.deliveries:
        if delivery.period is not None and series.ordered_by == "names":
            earlier = first.setdefault(delivery.period, delivery)
            if earlier is not delivery:
                yield Repeat(delivery=delivery, earlier=earlier, share=0.0, how="same-period")


def odd(series: Series, profiles: Profiles) -> Iterator[Odd]:
    """Find deliveries that are empty, of unusual size, or filled from another period."""
    sizes = [math.log(d.n_rows) for d in series.deliveries if d.n_rows]
    middle = statistics.median(sizes) if sizes else 0.0
    spread = 1.4826 * statistics.median([abs(s - middle) for s in sizes]) if sizes else 0.0
    far = max(_ROBUST * spread, _HALF)
    for delivery in series.deliveries:
        common = {"name": delivery.name, "label": delivery.label, "n_rows": delivery.n_rows}
        if not delivery.n_rows:
            yield Odd(how="empty", what=f"{delivery.name} holds no records", **common)  # type: ignore[arg-type]
            continue
        apart = math.log(delivery.n_rows) - middle
        if len(sizes) >= _ENOUGH and abs(apart) > far:
            what = (
                f"{delivery.name} holds {delivery.n_rows:,} records, where about "
                f"{round(math.exp(middle)):,} are usual"
            )
            yield Odd(how="small" if apart < 0 else "large", what=what, **common)  # type: ignore[arg-type]
        days = None if delivery.period is None else delivery.period.days
        if series.ordered_by != "names" or days is None:
            continue
        outside = profiles.outside(delivery.position, _with_slack(days))
        if outside >= _OUTSIDE:
            share = f"{outside:.0%}".replace("%", " %")
            what = f"{delivery.name} has {share} of its records outside {delivery.label}, by "
            yield Odd(how="other-period", what=what + str(profiles.moment), **common)  # type: ignore[arg-type]


def _with_slack(days: tuple[date, date]) -> tuple[date, date]:
    """A day more on each side: zones differ, and nights have two dates."""
    return days[0] - timedelta(days=1), days[1] + timedelta(days=1)


def _grain(periods: Sequence[Period]) -> Grain:
    """Days that come once a week or a month are deliveries for the week or month."""
    if periods[0].grain != "day":
        return periods[0].grain
    steps = [b.index - a.index for a, b in pairwise(periods)]
    step = statistics.median(steps)
    for grain, least, most in (("month", 27, 32), ("quarter", 88, 93), ("year", 360, 370)):
        if least <= step <= most:
            return grain  # type: ignore[return-value]
    return "day"


def _coarser(period: Period, grain: Grain) -> Period | None:
    from proveout.checks.readiness.series.periods import period_of_day

    days = period.days
    return None if days is None else period_of_day(days[0], grain)


def _is_of_weekdays(periods: Sequence[Period]) -> bool:
    """Weekends are never delivered, in more than a week."""
    days = [date.fromordinal(period.index).weekday() for period in periods]
    return periods[-1].index - periods[0].index >= 7 and max(days) < 5


def _usual_overlap(series: Series, profiles: Profiles) -> float:
    """Return how much neighbours share as a rule, such as a few days at the turn of a month."""
    order = [d.position for d in series.deliveries]
    shares = [profiles.shared.get((min(a, b), max(a, b)), 0.0) for a, b in pairwise(order)]
    return statistics.median(shares) if len(shares) >= 3 else 0.0
