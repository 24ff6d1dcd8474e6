"""The deliveries of a source that is a folder of files: which there are, and in which order."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from proveout.checks.readiness.series.periods import Dated, Grain, Period, dated, period_of_day

if TYPE_CHECKING:
    from proveout.intake.table import TablePart

Order = Literal["names", "timestamps", "modified", "listing"]
"""By what deliveries are put in order; 'listing' is the order of their names, for want of more."""

ORDER_WORDS: Mapping[Order, str] = {
    "names": "the periods in the names of the files",
    "timestamps": "the timestamps of the records",
    "modified": "when the files were last written",
    "listing": "the names of the files, for want of anything better",
}
_FEW_STEMS = 1 / 3
"""Most series per file: beyond it, what differs in the names is no name of a series."""
_LEAST_SERIES = 3
"""Files that make a series, to which a file by itself may belong."""
_COMMON = 0.3
"""Least share of columns that a file must share with at least half of the others, typically."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One file of a series."""

    part: TablePart
    position: int
    """Among the source's parts, from 0."""
    label: str
    """Its period, or the name of its file."""
    period: Period | None
    """None where neither its name nor its records tell."""
    n_rows: int
    days: tuple[date, date] | None = None
    """Of the middle 90 % of its records, where a column holds moments."""
    fingerprint: str = ""
    """The same for files with the same records, in whatever order."""

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.part.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Files that follow one another."""

    stem: str
    """What their names have in common, where a source holds several series; else ''."""
    ordered_by: Order
    deliveries: tuple[Delivery, ...]
    """The earliest first."""


def alike(columns: Sequence[Sequence[str]]) -> list[bool]:
    """Tell of each file whether it can be a delivery of the same thing as most of the others.

    It is one by the columns that it has in common with at least half of them; where that holds for
    less than half of the files, there is no series.
    """
    held_by = Counter(name.casefold() for names in columns for name in set(names))
    half = len(columns) / 2
    return [
        sum(held_by[name.casefold()] >= half for name in set(names)) >= _COMMON * len(set(names))
        for names in columns
    ]


def arranged(
    parts: Sequence[TablePart],
    *,
    n_rows: Sequence[int],
    days: Sequence[tuple[date, date] | None],
    fingerprints: Sequence[str],
    grain: Grain | None = None,
) -> list[Series]:
    """Put files in order, one series for each stem of their names.

    `grain` is that of the rhythm declared, for files whose records alone tell their period.
    """
    named = dated([part.name for part in parts])
    ordered_by: Order
    if named is not None:
        ordered_by, told = "names", named
    elif sum(each is not None for each in days) >= 0.8 * len(parts):
        grain = grain or _grain([each for each in days if each is not None])
        ordered_by = "timestamps"
        told = [Dated(None if d is None else period_of_day(_middle(d), grain), "") for d in days]
    else:
        written = {part.modified_at for part in parts}
        ordered_by = "modified" if len(written) == len(parts) and None not in written else "listing"
        told = [Dated(None, "") for _ in parts]
    told = _strays_joined(told)
    groups: dict[str, list[Delivery]] = defaultdict(list)
    several = len({each.stem for each in told}) <= _FEW_STEMS * len(parts)
    for at, (part, each) in enumerate(zip(parts, told, strict=True)):
        delivery = Delivery(
            part=part,
            position=at,
            label=_file_name(part.name) if each.period is None else each.period.label,
            period=each.period,
            n_rows=n_rows[at],
            days=days[at],
            fingerprint=fingerprints[at],
        )
        groups[each.stem if several else ""].append(delivery)
    return [
        Series(
            stem=stem if len(groups) > 1 else "",
            ordered_by=ordered_by,
            deliveries=tuple(sorted(group, key=lambda each: _place(each, ordered_by))),
        )
        for stem, group in sorted(groups.items())
    ]


def _strays_joined(told: Sequence[Dated]) -> list[Dated]:
    """Count a file by itself, such as '2013-11b', to the series whose stem its own goes on from."""
    sizes = Counter(each.stem for each in told)
    series = [stem for stem, n in sizes.most_common() if n >= _LEAST_SERIES]
    return [
        each
        if sizes[each.stem] > 1
        else each._replace(stem=next((s for s in series if each.stem.startswith(s)), each.stem))
        for each in told
    ]


def _place(delivery: Delivery, ordered_by: Order) -> tuple[int, float, str]:
    """Sort by period; files that tell none come last, by when they were written."""
    if delivery.period is not None:
        # Without its ending: 'may (2).csv' is the copy of 'may.csv'.
        return 0, float(delivery.period.index), delivery.name.rpartition(".")[0]
    written = delivery.part.modified_at
    moment = 0.0 if written is None or ordered_by == "listing" else written.timestamp()
    return 1, moment, delivery.name


def _grain(days: Sequence[tuple[date, date]]) -> Grain:
    """Tell the rhythm of files from how far apart their records are."""
    middles = sorted(_middle(each).toordinal() for each in days)
    steps = [b - a for a, b in pairwise(middles) if b > a]
    step = statistics.median(steps) if steps else 1
    grains: tuple[tuple[float, Grain], ...] = (
        (4, "day"), (18, "week"), (60, "month"), (200, "quarter")
    )  # fmt: skip
    return next((grain for most, grain in grains if step <= most), "year")


def _middle(days: tuple[date, date]) -> date:
    return days[0] + (days[1] - days[0]) / 2


def _file_name(path: str) -> str:
    return path.rpartition("/")[2]
