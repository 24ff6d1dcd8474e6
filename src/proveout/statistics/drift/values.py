"""A column as its different values and how often each stands: what all statistics begin with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Kind = Literal["number", "text", "moment"]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_SHARE_OF_NUMBERS = 0.98
"""A text column of which so many values are figures is a column of figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """One column of a table."""

    kind: Kind
    codes: Integers
    """Row by row, which level it holds; -1 where the value is missing."""
    levels: tuple[str, ...] | Floats
    """The different values: text, figures, or moments in seconds since 1970."""
    counts: Integers
    """How many rows hold each level."""
    unreadable: tuple[str, ...] = ()
    """Text that stands among figures; these rows come behind the levels that are figures, with a
    level that is not a number."""

    @property
    def n_rows(self) -> int:
        """Rows in all."""
        return len(self.codes)

    @property
    def n_present(self) -> int:
        """Rows with a value."""
        return int(self.counts.sum())

    def numbers(self) -> Floats:
        """Return the levels as figures; NaN where one cannot be read."""
        return np.asarray(self.levels, dtype=np.float64)

    def texts(self) -> tuple[str, ...]:
        """Return the levels as text."""
        if isinstance(self.levels, tuple):
            return self.levels
        n_read = len(self.levels) - len(self.unreadable)
        if self.kind == "moment":
            stamps = self.levels.astype("datetime64[s]").astype(str)
            return tuple(str(each).replace("T", " ") for each in stamps)
        return tuple(f"{each:.15g}" for each in self.levels[:n_read]) + self.unreadable

    def rows(self, levels: Mask) -> Mask:
        """Mark the rows that hold one of these levels."""
        return np.append(levels, False)[self.codes]

    def part(self, rows: slice | Integers | Mask) -> Values:
        """Return the column of some of the rows, with the same levels."""
        codes = self.codes[rows]
        counts = np.bincount(codes[codes >= 0], minlength=len(self.levels)).astype(np.int64)
        return Values(
            kind=self.kind, codes=codes, levels=self.levels, counts=counts,
            unreadable=self.unreadable,
        )  # fmt: skip


def columns_of(table: Any) -> tuple[str, ...]:
    """Name the columns of a pandas or Arrow table, or of a mapping of arrays."""
    if isinstance(table, Mapping):
        return tuple(table)
    return tuple(getattr(table, "column_names", None) or table.columns)


def read(table: Any, name: str, kind: Kind | None = None) -> Values:
    """Read a column; as figures, text or moments where the reference says so, else as it is.

    Blank text and NaN are missing values.
    """
    import pandas as pd

    column = table[name]
    if hasattr(column, "to_pandas"):
        column = column.to_pandas()
    series = pd.Series(column)
    types = pd.api.types
    if types.is_datetime64_any_dtype(series) and kind != "text":
        return _moments(series)
    if types.is_numeric_dtype(series) and not types.is_bool_dtype(series):
        figures = series.to_numpy(dtype=np.float64, na_value=np.nan)
        if kind == "text":
            return _texts(pd.Series([None if np.isnan(x) else f"{x:.15g}" for x in figures]), kind)
        return _figures(figures)
    return _texts(series, kind)


def _figures(figures: Floats) -> Values:
    import pandas as pd

    codes, levels = pd.factorize(figures)
    return _counted("number", codes.astype(np.int64), np.asarray(levels, dtype=np.float64))


def _moments(series: Any) -> Values:
    import pandas as pd

    plain = series.dt.tz_convert("UTC").dt.tz_localize(None) if series.dt.tz is not None else series
    seconds = plain.astype("datetime64[us]").astype("int64").to_numpy() / 1e6
    codes, levels = pd.factorize(np.where(plain.isna().to_numpy(), np.nan, seconds))
    return _counted("moment", codes.astype(np.int64), np.asarray(levels, dtype=np.float64))


def _texts(series: Any, kind: Kind | None) -> Values:
    import pandas as pd

    codes, found = pd.factorize(series)
    codes = codes.astype(np.int64)
    texts = [_text(each) for each in found]
    if any(not text.strip() for text in texts):
        codes, texts = _without_blanks(codes, texts)
    if len(set(texts)) < len(texts):
        codes, texts = _merged(codes, texts)
    if kind != "text":
        figures = np.array([_figure(text) for text in texts], dtype=np.float64)
        held = np.bincount(codes[codes >= 0], minlength=len(texts))
        known = ~np.isnan(figures)
        if kind == "number" or (
            kind is None and held.sum() and held[known].sum() >= _SHARE_OF_NUMBERS * held.sum()
        ):
            return _mixed(codes, texts, figures)
    return _counted("text", codes, tuple(texts))


def _text(value: object) -> str:
    """Write a value that stands among text; whole figures without a point."""
    if isinstance(value, float | np.floating):
        return f"{value:.15g}"
    return str(value)


def _without_blanks(codes: Integers, texts: list[str]) -> tuple[Integers, list[str]]:
    kept = [n for n, text in enumerate(texts) if text.strip()]
    places = np.full(len(texts) + 1, -1, dtype=np.int64)
    places[kept] = np.arange(len(kept))
    return places[codes], [texts[n] for n in kept]


def _merged(codes: Integers, texts: list[str]) -> tuple[Integers, list[str]]:
    unique = {text: n for n, text in enumerate(dict.fromkeys(texts))}
    places = np.array([unique[text] for text in texts] + [-1], dtype=np.int64)
    return places[codes], list(unique)


def _mixed(codes: Integers, texts: list[str], figures: Floats) -> Values:
    """Put figures first, one level each; what cannot be read behind them."""
    bad = np.isnan(figures)
    levels, places = np.unique(figures[~bad], return_inverse=True)
    where = np.empty(len(texts) + 1, dtype=np.int64)
    where[-1] = -1
    where[:-1][~bad] = places
    where[:-1][bad] = len(levels) + np.arange(bad.sum())
    unreadable = tuple(text for text, is_bad in zip(texts, bad, strict=True) if is_bad)
    return _counted(
        "number", where[codes], np.append(levels, np.full(len(unreadable), np.nan)), unreadable
    )


def _figure(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return np.nan
    return value if np.isfinite(value) and "_" not in text else np.nan


def _counted(
    kind: Kind, codes: Integers, levels: tuple[str, ...] | Floats, unreadable: tuple[str, ...] = ()
) -> Values:
    counts = np.bincount(codes[codes >= 0], minlength=len(levels)).astype(np.int64)
    return Values(kind=kind, codes=codes, levels=levels, counts=counts, unreadable=unreadable)
