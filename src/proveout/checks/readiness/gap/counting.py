"""Counts of a field's values over bins that both sides share; counted where the data lives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.checks.readiness.engine import count_texts, rows
from proveout.checks.readiness.gap.fields import UNREADABLE, Field

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_VALUES = 5_000
"""Values of a category that are counted one by one; the rest are counted together."""

_BINS = 20
_FEW_NUMBERS = 40
"""So few different figures are compared one by one."""

MISSING = "(missing)"
NOT_OF_ITS_KIND = {"number": "(not a number)", "moment": "(not a date)"}
REST = "(other)"

PARTS = ("month", "weekday", "hour")
"""What of the calendar is compared."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

Counts = Mapping[str, int]
"""Records per bin, by the bin's label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Smallest and largest value; None where there is none."""

    low: Any
    high: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Bins:
    """Bins of a number, open below and closed above."""

    edges: tuple[float, ...]
    """Upper ends of all bins but the last, which is open."""
    labels: tuple[str, ...]
    """One more than edges."""


def bins_of(pilot: Sequence[float], production: Sequence[float]) -> Bins:
    """Cut at quantiles of both samples together, each side weighing the same.

    Few different figures get a bin each.
    """
    sides = [np.asarray(side, dtype=float) for side in (pilot, production)]
    sides = [side[np.isfinite(side)] for side in sides]
    values = np.concatenate(sides)
    if not values.size:
        return Bins(edges=(), labels=("all",))
    different = np.unique(values)
    if different.size <= _FEW_NUMBERS:
        figures = tuple(float(value) for value in different)
        return Bins(edges=figures[:-1], labels=tuple(_figure(value) for value in figures))
    weights = np.concatenate([np.full(side.size, 1 / max(side.size, 1)) for side in sides])
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    at = np.searchsorted(reached, np.arange(1, _BINS) / _BINS)
    cuts = tuple(float(value) for value in np.unique(values[order][at]))
    between = [f"{_figure(low)} to {_figure(high)}" for low, high in pairwise(cuts)]
    return Bins(
        edges=cuts, labels=(f"up to {_figure(cuts[0])}", *between, f"over {_figure(cuts[-1])}")
    )


def count_numbers(tables: Sequence[ir.Table], field: Field, bins: Bins) -> Counts:
    """Count records per bin of a number."""
    import ibis

    def bin_of(table: ir.Table) -> Any:
        value = table[field.name]
        cases = [(value <= edge, code) for code, edge in enumerate(bins.edges)]
        inside = ibis.cases(*cases, else_=len(cases)) if cases else ibis.literal(0)
        return ibis.cases(
            (table[field.name + UNREADABLE], -2), (value.isnull(), -1), else_=inside.cast("int32")
        )

    found = _count(tables, bin_of)
    names = {-1: MISSING, -2: NOT_OF_ITS_KIND["number"], **dict(enumerate(bins.labels))}
    return {names[code]: found[code] for code in sorted(found)}


def count_categories(tables: Sequence[ir.Table], field: Field) -> Counts:
    """Count records per value, the most frequent first; those beyond MOST_VALUES together."""
    import ibis

    found: Counter[str] = Counter()
    for table in tables:
        counted = rows(
            count_texts(table, table[field.name])
            .order_by(ibis.desc("n"), "value")
            .limit(MOST_VALUES)
        )
        for row in counted:
            found[MISSING if row["value"] is None else row["value"]] += row["n"]
        listed = sum(row["n"] for row in counted)
        left = _n_rows(table) - listed if len(counted) == MOST_VALUES else 0
        if left:
            found[REST] += left
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def count_filled(tables: Sequence[ir.Table], field: Field) -> Counts:
    """Count records with and without a value."""
    found = _count(tables, lambda table: table[field.name].notnull())
    return {("(filled)" if filled else MISSING): n for filled, n in found.items()}


def count_parts(tables: Sequence[ir.Table], field: Field) -> Mapping[str, Counts]:
    """Count records per month, weekday and hour of a moment."""
    import ibis

    def part_of(table: ir.Table, part: str) -> Any:
        value = table[field.name]
        code = {
            "month": value.month() - 1,
            "weekday": value.day_of_week.index(),
            "hour": value.hour(),
        }[part]
        return ibis.cases(
            (table[field.name + UNREADABLE], -2), (value.isnull(), -1), else_=code.cast("int32")
        )

    counted: dict[str, Counts] = {}
    for part in PARTS:
        found = _count(tables, lambda table, part=part: part_of(table, part))
        counted[part] = {_part_label(part, code): found[code] for code in sorted(found)}
    return counted


def extents(tables: Sequence[ir.Table], fields: Sequence[Field]) -> dict[str, Extent]:
    """Return the extremes of every number and moment, in one query per table."""
    measured = [field.name for field in fields if field.kind in ("number", "moment")]
    if not measured:
        return {}
    ends = []
    for table in tables:
        figures = {f"{end}{at}": getattr(table[name], end)() for at, name in enumerate(measured)
                   for end in ("min", "max")}  # fmt: skip
        ends.append(rows(table.aggregate(**figures))[0])
    found = {}
    for at, name in enumerate(measured):
        lows = [row[f"min{at}"] for row in ends if row[f"min{at}"] is not None]
        highs = [row[f"max{at}"] for row in ends if row[f"max{at}"] is not None]
        found[name] = Extent(low=min(lows, default=None), high=max(highs, default=None))
    return found


def count_outside(tables: Sequence[ir.Table], ranges: Mapping[str, Extent]) -> dict[str, int]:
    """Count the records of each field that lie outside a range, in one query per table."""
    known = [name for name, extent in ranges.items() if extent.low is not None]
    found: Counter[str] = Counter()
    for table in tables if known else ():
        figures = {
            f"o{at}": ((table[name] < ranges[name].low) | (table[name] > ranges[name].high)).sum()
            for at, name in enumerate(known)
        }
        row = rows(table.aggregate(**figures))[0]
        for at, name in enumerate(known):
            found[name] += int(row[f"o{at}"] or 0)
    return dict(found)


def _count(tables: Sequence[ir.Table], bin_of: Any) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for table in tables:
        counted = rows(table.group_by(bin=bin_of(table)).aggregate(n=table.count()))
        for row in counted:
            found[row["bin"]] += row["n"]
    return found


def _n_rows(table: ir.Table) -> int:
    return int(rows(table.aggregate(n=table.count()))[0]["n"])


def _part_label(part: str, code: int) -> str:
    if code < 0:
        return MISSING if code == -1 else NOT_OF_ITS_KIND["moment"]
    if part == "hour":
        return f"{code:02d}:00"
    return _MONTHS[code] if part == "month" else _WEEKDAYS[code]


def _figure(value: float) -> str:
    return f"{value:,.6g}"
