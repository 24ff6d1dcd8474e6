"""Which records of production lie outside what the pilot sample ever showed, and in what.

A record is outside where one of its values never occurs in the pilot sample, or where two of its
values never occur there together though a sample of that size from production would hold some.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ALPHA = 0.05
"""Chance that any combination is named which the pilot lacks by chance alone."""
_BINS = 6
_FEW_NUMBERS = 12
"""So few different figures are told apart one by one."""
_MOST_VALUES = 40
"""Values of a category that stand alone in combinations; rarer ones are put together."""
_NEW_BY_THE_WAY = 0.05
"""Share of a pilot's values that occur once (Good-Turing: of values yet to come), up to which a
value that is new says something. Names and numbers of records are new all the time."""
_FEWEST_PILOT = 30
_COVERED = 0.8
_MOST_SEGMENTS = 20
CALENDAR_NAMES = frozenset(
    {"year", "month", "day", "quarter", "week", "dayofyear", "day_of_year", "date", "jahr", "monat",
     "tag"}
)  # fmt: skip
"""Columns of these names say when a record came about, which any two periods differ in."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_NEW, _REST = -1, -2


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Records of production of a kind that the pilot sample never showed."""

    columns: tuple[str, ...]
    words: str
    """'origin LGA in December'."""
    n: int
    """Records of production in it."""
    share: float
    expected: float
    """Records of it that a sample of the pilot's size drawn from production would hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of production the pilot sample covers."""

    outside: NDArray[np.bool_]
    """Of each record of production, whether it is outside; months alone do not make it so."""
    by_value: NDArray[np.bool_]
    """Those outside for a single value."""
    segments: tuple[Segment, ...]
    """The largest first; what another one says already is left out."""
    periods: tuple[Segment, ...]
    """Months, and figures of the calendar, that the pilot holds nothing of."""
    columns: tuple[str, ...]
    """What was looked at."""
    left_out: tuple[str, ...]
    """Columns in which nearly every record is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coded:
    """A column as codes: 0 … for what the pilot shows, _NEW, or _REST where it is told as one."""

    column: str
    pilot: NDArray[np.intp]
    production: NDArray[np.intp]
    labels: tuple[str, ...]
    new: NDArray[np.object_]
    """Of each production record, what is new in it; None where nothing is."""
    is_calendar: bool = False


def coverage(
    pilot: pd.DataFrame, production: pd.DataFrame, *, calendar: Sequence[str] = ()
) -> Coverage:
    """Compare the columns that both have; `calendar` names figures that only say when.

    Raises ValueError where the pilot sample is too small to say what it lacks.
    """
    if len(pilot) < _FEWEST_PILOT:
        msg = f"{len(pilot)} records of a pilot say nothing of what it lacks"
        raise ValueError(msg)
    coded, left_out = [], []
    for name in pilot.columns:
        if str(name) not in production.columns:
            continue
        found = _coded(name, pilot[name], production[name], is_calendar=name in calendar)
        if found is None:
            left_out.append(name)
        else:
            coded.append(found)
    n = len(production)
    by_value = np.zeros(n, dtype=bool)
    found_in: list[tuple[Segment, NDArray[np.bool_]]] = []
    periods: list[Segment] = []
    for each in coded:
        is_new = each.production == _NEW
        if not each.is_calendar:
            by_value |= is_new
            found_in += _single(each, is_new, len(pilot), n)
        else:
            # A period that the pilot lacks holds most of production: it must hide nothing else.
            periods += [segment for segment, _ in _single(each, is_new, len(pilot), n)]
    pairs = list(_pairs(coded, len(pilot), n))
    outside = by_value.copy()
    for _, mask in pairs:
        outside |= mask
    return Coverage(
        outside=outside,
        by_value=by_value,
        segments=tuple(_telling([*found_in, *pairs])),
        periods=tuple(sorted(periods, key=lambda each: (-each.n, each.words))),
        columns=tuple(each.column for each in coded),
        left_out=tuple(left_out),
    )


def _coded(
    name: str, pilot: pd.Series[Any], production: pd.Series[Any], *, is_calendar: bool
) -> _Coded | None:
    if _is_moment(pilot):
        if not _is_moment(production):
            return None
        sides = [side.dt.month_name() for side in (pilot, production)]
        return _category(name, sides[0], sides[1], is_calendar=True, most_single=1.0)
    is_number = [
        pd.api.types.is_numeric_dtype(side) and not pd.api.types.is_bool_dtype(side)
        for side in (pilot, production)
    ]
    if all(is_number):
        return _number(name, pilot, production, is_calendar=is_calendar)
    return _category(name, pilot, production, is_calendar=is_calendar, most_single=_NEW_BY_THE_WAY)


def _category(
    name: str,
    pilot: pd.Series[Any],
    production: pd.Series[Any],
    *,
    is_calendar: bool,
    most_single: float,
) -> _Coded | None:
    one, other = (_texts(side) for side in (pilot, production))
    counts = pd.Series(one).value_counts()
    if not len(counts) or (counts == 1).sum() > most_single * len(one):
        return None
    order = sorted(counts.index, key=lambda value: (-int(counts[value]), value))
    kept = order[:_MOST_VALUES]
    codes = {value: at for at, value in enumerate(kept)} | dict.fromkeys(
        order[_MOST_VALUES:], _REST
    )
    pilot_codes = pd.Series(one).map(codes).to_numpy(dtype=np.intp)
    known = pd.Series(other).map(codes)
    is_new = known.isna().to_numpy()
    return _Coded(
        column=name,
        pilot=pilot_codes,
        production=known.fillna(_NEW).to_numpy(dtype=np.intp),
        labels=tuple(f"in {value}" if most_single == 1.0 else f"{name} {value}" for value in kept),
        new=_where(is_new, other),
        is_calendar=is_calendar,
    )


def _number(
    name: str, pilot: pd.Series[Any], production: pd.Series[Any], *, is_calendar: bool
) -> _Coded | None:
    one, other = (side.to_numpy(dtype=float, na_value=np.nan) for side in (pilot, production))
    present = one[np.isfinite(one)]
    if not present.size:
        return None
    different = np.unique(present)
    low, high = float(different[0]), float(different[-1])
    if different.size <= _FEW_NUMBERS:
        edges = different[1:] / 2 + different[:-1] / 2
        labels = [f"{name} {value:,.6g}" for value in different]
    else:
        edges = np.unique(np.quantile(present, np.arange(1, _BINS) / _BINS))
        bounds = [f"{edge:,.6g}" for edge in edges]
        labels = [f"{name} up to {bounds[0]}"]
        labels += [f"{name} {a} to {b}" for a, b in pairwise(bounds)]
        labels.append(f"{name} over {bounds[-1]}")
    labels.append(f"{name} empty")
    empty = len(labels) - 1
    sides = []
    for side in (one, other):
        codes = np.searchsorted(edges, side, side="left").astype(np.intp)
        codes[~np.isfinite(side)] = empty
        sides.append(codes)
    new = np.full(len(other), None, dtype=object)
    new[other < low] = f"under {low:,.6g}"
    new[other > high] = f"over {high:,.6g}"
    if not (sides[0] == empty).any():
        new[sides[1] == empty] = "empty"
    sides[1][new != None] = _NEW  # noqa: E711 - compared element by element
    return _Coded(
        column=name,
        pilot=sides[0],
        production=sides[1],
        labels=tuple(labels),
        new=new,
        is_calendar=is_calendar,
    )


def _is_moment(side: pd.Series[Any]) -> bool:
    return bool(pd.api.types.is_datetime64_any_dtype(side))


def _where(is_new: NDArray[np.bool_], texts: NDArray[np.object_]) -> NDArray[np.object_]:
    found = np.full(len(texts), None, dtype=object)
    found[is_new] = texts[is_new]
    return found


def _texts(side: pd.Series[Any]) -> NDArray[np.object_]:
    texts = side.astype("string").fillna("empty").to_numpy(dtype=object)
    return np.asarray(texts, dtype=object)


def _single(
    coded: _Coded, is_new: NDArray[np.bool_], n_pilot: int, n: int
) -> Iterator[tuple[Segment, NDArray[np.bool_]]]:
    """Name the values that are new, the most frequent one by one."""
    if not is_new.any():
        return
    often = pd.Series(coded.new[is_new]).value_counts().head(_MOST_SEGMENTS)
    for value, count in often.items():
        month = value if coded.is_calendar and value in _MONTHS else None
        yield (
            Segment(
                columns=(coded.column,),
                words=f"in {month}" if month else f"{coded.column} {value}",
                n=int(count),
                share=int(count) / n,
                expected=int(count) / n * n_pilot,
            ),
            coded.new == value,
        )


def _pairs(
    coded: Sequence[_Coded], n_pilot: int, n: int
) -> Iterator[tuple[Segment, NDArray[np.bool_]]]:
    """Find pairs of values that the pilot knows and never shows together.

    Named are those of which it would hold at least log(m / alpha) at production's rate, m being the
    pairs that it lacks: it lacks any one of them by chance in alpha of pilots at most (Bonferroni).
    The rate is taken at the lower end of its interval. The pilot must also hold so much of both
    values that by their own frequency it would show them together: what it hardly holds is told of
    that field.
    """
    lacking: list[tuple[_Coded, _Coded, int, int, int, float]] = []
    for one, other in combinations(coded, 2):
        if one.is_calendar and other.is_calendar:
            continue
        width = len(other.labels)
        size = len(one.labels) * width
        counts = []
        for first, second in ((one.pilot, other.pilot), (one.production, other.production)):
            inside = (first >= 0) & (second >= 0)
            counts.append(np.bincount(first[inside] * width + second[inside], minlength=size))
        cells = np.flatnonzero((counts[0] == 0) & (counts[1] > 0)).tolist()
        mine = counts[0].reshape(-1, width)
        # What the pilot would hold of a cell if its two fields had nothing to do with each other.
        apart = np.outer(mine.sum(axis=1), mine.sum(axis=0)).ravel() / n_pilot
        lacking += [
            (one, other, at // width, at % width, int(counts[1][at]), float(apart[at]))
            for at in cells
        ]
    if not lacking:
        return
    least = math.log(len(lacking) / _ALPHA)
    for one, other, a, b, n_there, unlinked in sorted(lacking, key=lambda each: -each[4]):
        sure = max(0.0, n_there - 1.645 * math.sqrt(n_there)) / n
        if min(sure * n_pilot, unlinked) < least:
            continue
        what, when = sorted((one, other), key=lambda each: each.is_calendar)
        label = {id(one): one.labels[a], id(other): other.labels[b]}
        joined = " " if label[id(when)].startswith("in ") else " with "
        yield (
            Segment(
                columns=(what.column, when.column),
                words=f"{label[id(what)]}{joined}{label[id(when)]}",
                n=n_there,
                share=n_there / n,
                expected=n_there / n * n_pilot,
            ),
            (one.production == a) & (other.production == b),
        )


def _telling(found: Sequence[tuple[Segment, NDArray[np.bool_]]]) -> Iterator[Segment]:
    """Give the largest segments, without those whose records stand in a larger one already."""
    ranked = sorted(found, key=lambda each: (-each[0].n, len(each[0].columns), each[0].words))
    told: NDArray[np.bool_] | None = None
    given = 0
    for segment, mask in ranked:
        if told is not None and (mask & told).sum() >= _COVERED * segment.n:
            continue
        told = mask if told is None else told | mask
        given += 1
        yield segment
        if given == _MOST_SEGMENTS:
            return
