"""Plain figures of cases as they are: nothing held equal, nothing inferred. For reading beside."""

from __future__ import annotations

from typing import Any

import numpy as np

from proveout.checks.value.observing import Observed
from proveout.checks.value.ways import day_of
from proveout.statistics.effects.cases import Cases, Floats, Ints, Statistic
from proveout.statistics.effects.censoring import curve
from proveout.statistics.effects.quantiles import quantile

MONTH_DAYS = 30.4375
LOOKED_BACK_DAYS = 91
"""Cases a month are counted in the last three months of the records."""
MOST_OPEN = 0.1
"""Share of a week's cases that may be open for its figure to be shown."""


def plain_figure(cases: Cases, statistic: Statistic) -> float | None:
    """Return the figure of the cases as they are; None where it cannot be told."""
    if not len(cases):
        return None
    if statistic.kind == "rate":
        assert cases.exposure is not None  # noqa: S101  # a rate has one
        return float(cases.value.sum() / cases.exposure.sum())
    if statistic.kind == "quantile":
        found = quantile(cases.value, cases.is_open, statistic.quantile or 0.5)
        return found if np.isfinite(found) else None
    return _mean(cases, np.inf if statistic.horizon is None else statistic.horizon)


def _mean(cases: Cases, horizon: float) -> float | None:
    """Return the mean up to the horizon, by the survival curve where cases are open."""
    value = np.minimum(cases.value, horizon)
    if cases.is_open is None or not (still := cases.is_open & (cases.value < horizon)).any():
        return float(value.mean())
    seen = curve(value, still)
    if seen.last < horizon * (1 - 1e-9):
        return None  # nobody has been followed as far as that
    at = np.concatenate([[0.0], seen.at[seen.at < horizon], [horizon]])
    surviving = np.concatenate([[1.0], seen.surviving[seen.at < horizon]])
    return float(np.sum(surviving * np.diff(at)))


def levels(seen: Observed) -> dict[str, Any]:
    """Tell all cases with the system and without it, as they are."""
    told = {}
    for name, side in (("with", True), ("without", False)):
        part = seen.cases.where(seen.cases.with_system == side)
        told[name] = {
            "value": _times(plain_figure(part, seen.statistic), seen.scale),
            "n": len(part),
            "n_open": 0 if part.is_open is None else int(part.is_open.sum()),
        }
    return told


def weeks(seen: Observed) -> list[dict[str, Any]]:
    """Tell the figure week by week, Monday to Sunday, with the system and without it."""
    cases, statistic = seen.cases, seen.statistic
    week = (cases.day + 3) // 7
    rows: dict[int, dict[str, Any]] = {}
    for name, side in (("with", True), ("without", False)):
        part = cases.with_system == side
        which, place = np.unique(week[part], return_inverse=True)
        n = np.bincount(place, minlength=len(which))
        found = _by_week(cases.where(part), statistic, place, n)
        for at, count, value in zip(which, n, found, strict=True):
            begins = day_of(7 * int(at) - 3).isoformat()
            row = rows.setdefault(
                int(at),
                {"begins": begins, "n_with": 0, "with": None, "n_without": 0, "without": None},
            )
            row[f"n_{name}"] = int(count)
            row[name] = _times(float(value) if np.isfinite(value) else None, seen.scale)
    return [rows[at] for at in sorted(rows)]


def _by_week(cases: Cases, statistic: Statistic, place: Ints, n: Ints) -> Floats:
    size = len(n)
    value = cases.value
    if statistic.horizon is not None:
        value = np.minimum(value, statistic.horizon)
    if statistic.kind == "quantile":
        order = np.lexsort((value, place))
        first = np.concatenate([[0], np.cumsum(n)[:-1]])
        rank = np.ceil((statistic.quantile or 0.5) * n).astype(np.int64) - 1
        found = value[order][first + np.maximum(rank, 0)]
    else:
        per = np.ones(len(value)) if cases.exposure is None else cases.exposure
        total = np.bincount(place, weights=value, minlength=size)
        found = total / np.bincount(place, weights=per, minlength=size)
    if cases.is_open is None:
        return np.asarray(found, dtype=np.float64)
    n_open = np.bincount(place, weights=cases.is_open, minlength=size)
    return np.where(n_open > MOST_OPEN * n, np.nan, found)


def cases_per_month(cases: Cases) -> float:
    """Count the cases of a month in the last three months of the records."""
    last = int(cases.day.max())
    days = min(LOOKED_BACK_DAYS, max(7, last - int(cases.day.min()) + 1))
    return float(np.count_nonzero(cases.day > last - days)) * MONTH_DAYS / days


def _times(value: float | None, scale: float) -> float | None:
    return None if value is None else value * scale
