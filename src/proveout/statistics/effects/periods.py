"""Cases put together week by week, counted from the rollout.

A week from the rollout on holds each day of the week once, so that what differs between a Monday
and a Friday is in no comparison of weeks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proveout.statistics.effects.cases import Cases, Flags, Floats, Ints, Statistic

WEEK = 7
MONTH = 28
"""Days of a period: a week, or four where weeks hold too few cases."""
FEWEST_A_WEEK = {"mean": 3, "share": 5, "rate": 3, "quantile": 8}
"""Median number of cases below which four weeks are put together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One figure per period, in the order of time; empty periods are not in it."""

    begins: Ints
    """First day of each period."""
    value: Floats
    n: Ints
    """Cases."""
    noise: Floats
    """Variance of a value by chance alone, up to a factor: one over the cases or the exposure."""

    def __len__(self) -> int:
        return len(self.value)

    def where(self, chosen: Flags) -> Series:
        """Return the chosen periods."""
        return Series(
            begins=self.begins[chosen], value=self.value[chosen], n=self.n[chosen],
            noise=self.noise[chosen],
        )  # fmt: skip


def days_of_period(cases: Cases, statistic: Statistic) -> int:
    """Return 7, or 28 where the median week has too few cases for a figure."""
    if not len(cases):
        return WEEK
    weekly = np.bincount((cases.day - cases.day.min()) // WEEK)
    return WEEK if np.median(weekly) >= FEWEST_A_WEEK[statistic.kind] else MONTH


def series_of(
    cases: Cases, statistic: Statistic, *, origin: int, days: int, first: int | None = None,
    last: int | None = None,
) -> Series:  # fmt: skip
    """Return the figure of each whole period that begins a multiple of `days` from `origin`.

    `first` and `last` are the first and last day of the record, where they are known; periods that
    these, or else the first and last case, cut off are left out.
    """
    if not len(cases):
        nothing = np.empty(0)
        none = np.empty(0, dtype=np.int64)
        return Series(begins=none, value=nothing, n=none, noise=nothing)
    end = int(cases.day.max()) if last is None else last
    begin = int(cases.day.min()) if first is None else first
    start = int(np.ceil((begin - origin) / days))
    stop = (end + 1 - origin) // days
    index = (cases.day - origin) // days - start
    kept = (index >= 0) & (index < max(stop - start, 0)) & ~np.isnan(cases.value)
    if statistic.kind == "rate" and cases.exposure is not None:
        kept &= cases.exposure > 0
    if not kept.any():
        return series_of(cases.where(kept), statistic, origin=origin, days=days)
    index = index[kept]
    value: Floats = cases.value[kept]
    size = max(stop - start, 0)
    n = np.bincount(index, minlength=size).astype(np.int64)
    if statistic.horizon is not None:
        value = np.minimum(value, float(statistic.horizon))
    weight: Floats = n.astype(np.float64)
    if statistic.kind == "rate" and cases.exposure is not None:
        weight = np.bincount(index, weights=cases.exposure[kept], minlength=size).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        if statistic.kind == "quantile":
            figure = _quantiles(value, index, n, statistic.quantile or 0.5)
        else:
            figure = np.bincount(index, weights=value, minlength=size) / weight
        noise: Floats = 1.0 / weight
    begins = origin + days * (start + np.arange(size, dtype=np.int64))
    return Series(begins=begins, value=figure, n=n, noise=noise).where(n > 0)


def _quantiles(value: Floats, index: Ints, n: Ints, level: float) -> Floats:
    """Return the quantile of each period, between the two nearest values where it lies there."""
    order = np.lexsort((value, index))
    ordered = value[order]
    starts = np.concatenate(([0], np.cumsum(n)[:-1]))
    place = level * np.maximum(n - 1, 0)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(n - 1, 0))
    most = max(len(ordered) - 1, 0)
    low = ordered[np.minimum(starts + below, most)]
    high = ordered[np.minimum(starts + above, most)]
    between = place - below
    # Values without end (open cases) stand beside finite ones: 0 × infinity is no number.
    return np.where(between > 0, low + between * (high - low), low)
