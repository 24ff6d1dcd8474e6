"""Ways to cut the rows into parts: by site, period, category, quartile, or what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from proveout.charter.schema import Data
from proveout.intake.union import SITE_COLUMN

if TYPE_CHECKING:
    from numpy.typing import NDArray

Kind = Literal["site", "period", "slice"]

MOST_VALUES = 40
"""The most frequent values of a column are parts of their own; the rest are one part."""

_MOST_DISTINCT_NUMBERS = 12
"""A number with at most so many values is cut by value, otherwise into quartiles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One way to cut the rows."""

    kind: Kind
    column: str
    """What is cut by; for a site or a period, where it stands."""
    parts: tuple[str, ...]
    """Name of each part: 'EWR', '2013-07', 'origin=EWR', 'dep_time is missing'."""
    codes: NDArray[np.intp]
    """Part of each row; -1 for a row that is in none."""

    def take(self, rows: NDArray[Any]) -> Cut:
        """Return the same cut of some of the rows, given as a mask or as positions."""
        return Cut(kind=self.kind, column=self.column, parts=self.parts, codes=self.codes[rows])


def cuts(frame: pd.DataFrame, data: Data, inputs: Sequence[str]) -> list[Cut]:
    """Cut rows by site, by month, by every declared slice, and by what is missing in an input."""
    found = [_by_site(frame, data), _by_month(frame, data.timestamp)]
    declared = [name for name in data.slices if name in frame.columns]
    found += [by_column(frame[name], name) for name in declared]
    # A declared slice has its missing values as a part of its own already.
    looked_for = dict.fromkeys([*data.required_columns, *inputs])
    found += [
        _by_missing(frame[name], name)
        for name in looked_for
        if name in frame.columns and name not in declared
    ]
    return [cut for cut in found if cut is not None]


def by_column(column: pd.Series[Any], name: str) -> Cut:
    """Cut by a declared column: categories as they are, months, or quartiles of a number."""
    missing = column.isna().to_numpy(dtype=bool)
    if pd.api.types.is_datetime64_any_dtype(column):
        codes, parts = _by_value(column.dt.strftime("%Y-%m"))
    elif (
        pd.api.types.is_numeric_dtype(column)
        and not pd.api.types.is_bool_dtype(column)
        and column.nunique() > _MOST_DISTINCT_NUMBERS
    ):
        codes, parts = _by_quartile(column)
    else:
        codes, parts = _by_value(column)
    codes[missing] = len(parts)
    return Cut(
        kind="slice",
        column=name,
        parts=(*(f"{name}={part}" for part in parts), f"{name} is missing"),
        codes=codes,
    )


def _by_site(frame: pd.DataFrame, data: Data) -> Cut | None:
    name = data.site_column if data.site_column in frame.columns else SITE_COLUMN
    if name is None or name not in frame.columns or not frame[name].notna().any():
        return None
    codes, parts = _by_value(frame[name])
    return Cut(kind="site", column=name, parts=parts, codes=codes)


def _by_month(frame: pd.DataFrame, name: str | None) -> Cut | None:
    if name is None or name not in frame.columns:
        return None
    moments = frame[name]
    if not pd.api.types.is_datetime64_any_dtype(moments):
        moments = pd.to_datetime(
            moments.astype("string"), errors="coerce", format="ISO8601", utc=True
        )
    if not moments.notna().any():
        return None
    # Years and months as one whole number: formatting 300,000 dates as text takes a second.
    month = (moments.dt.year * 12 + moments.dt.month - 1).to_numpy(dtype=float, na_value=np.nan)
    codes, months = pd.factorize(month, sort=True)
    parts = tuple(f"{int(m) // 12:04d}-{int(m) % 12 + 1:02d}" for m in months)
    return Cut(kind="period", column=name, parts=parts, codes=codes)


def _by_missing(column: pd.Series[Any], name: str) -> Cut | None:
    missing = column.isna().to_numpy(dtype=bool)
    if not missing.any():
        return None
    return Cut(
        kind="slice",
        column=name,
        parts=(f"{name} is missing",),
        codes=np.where(missing, 0, -1).astype(np.intp),
    )


def _by_value(column: pd.Series[Any]) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    try:
        codes, values = pd.factorize(column.to_numpy(dtype=object))
    except TypeError:  # lists and mappings, as JSON has them, are told apart by their text
        codes, values = pd.factorize(column.astype("string").to_numpy(dtype=object))
    sizes = np.bincount(codes[codes >= 0], minlength=len(values))
    order = np.argsort(-sizes, kind="stable")
    kept, rest = order[:MOST_VALUES], order[MOST_VALUES:]
    rank = np.full(len(values) + 1, -1, dtype=np.intp)  # the last entry serves code -1
    rank[kept] = np.arange(len(kept))
    rank[rest] = len(kept)
    parts = [_named(values[at]) for at in kept]
    if len(rest):
        parts.append(f"({len(rest)} rarer values)")
    return rank[codes], tuple(parts)


def _by_quartile(column: pd.Series[Any]) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    numbers = column.to_numpy(dtype=float, na_value=np.nan)
    edges = np.unique(np.nanquantile(numbers, [0, 0.25, 0.5, 0.75, 1]))
    codes = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, max(0, len(edges) - 2))
    steps = list(pairwise(edges)) or [(edges[0], edges[0])]
    last = len(steps) - 1
    parts = tuple(
        f"{low:g} to {'' if at == last else 'below '}{high:g}"
        for at, (low, high) in enumerate(steps)
    )
    return codes.astype(np.intp), parts


def _named(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
