"""The familiar figures of a window against the reference, for reading and not for alarms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from proveout.statistics.drift.history import levels_counted
from proveout.statistics.drift.reference import Learned
from proveout.statistics.drift.values import Floats, Values

_BINS_SHOWN = 30
_LEAST = 1e-4
"""Share that an empty bin is given in the population stability index, which knows no zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """One column of a window."""

    jensen_shannon: float
    """Distance, base 2, 0 to 1."""
    psi: float
    """Population stability index."""
    statistic: float
    """Kolmogorov-Smirnov over the quantiles of the reference, or chi-square per degree of
    freedom."""
    test: str
    """'ks' or 'chi2'."""
    p: float
    """As if rows were drawn by lot: not calibrated on how weeks differ."""
    missing: float
    """Share of missing values in the window."""


def distance(learned: Learned, values: Values) -> Distance | None:
    """Compare a column with the reference; None where either holds no value."""
    before, now, is_ordered = _bins(learned, values)
    if before.sum() <= 0 or now.sum() <= 0:
        return None
    p, q = before / before.sum(), now / now.sum()
    statistic, p_value = _ks(before, now) if is_ordered else _chi_square(before, now)
    a, b = np.maximum(p, _LEAST), np.maximum(q, _LEAST)
    return Distance(
        jensen_shannon=_jensen_shannon(p, q),
        psi=float(np.sum((b - a) * np.log(b / a))),
        statistic=statistic,
        test="ks" if is_ordered else "chi2",
        p=p_value,
        missing=1 - values.n_present / max(values.n_rows, 1),
    )


def _bins(learned: Learned, values: Values) -> tuple[Floats, Floats, bool]:
    profile, null = learned.profile, learned.null
    if profile.kind == "number" and len(profile.cuts) > 1:
        # Behind 'missing' and 'not a figure' stand the shares below each quantile.
        upto = np.nansum(null.hits[:, 2 : 2 + len(profile.cuts)], axis=0)
        total = float(np.nansum(null.rows[:, 2]))
        figures = values.numbers()
        read = ~np.isnan(figures)
        held = values.counts[read]
        places = np.searchsorted(profile.cuts, figures[read], side="left")
        binned = np.bincount(places, weights=held, minlength=len(profile.cuts) + 1)
        return np.diff(np.concatenate([[0.0], upto, [total]])), binned.astype(np.float64), True
    hits = np.nansum(learned.levels.hits, axis=0)
    if not len(hits):
        return np.zeros(1), np.zeros(1), False
    total, now_all = learned.present, float(values.n_present)
    now = levels_counted(profile, values)
    shown = slice(0, _BINS_SHOWN)
    return (
        np.append(hits[shown], max(total - hits[shown].sum(), 0.0)),
        np.append(now[shown], max(now_all - now[shown].sum(), 0.0)),
        False,
    )


def _jensen_shannon(p: Floats, q: Floats) -> float:
    middle = (p + q) / 2
    total = special.rel_entr(p, middle).sum() + special.rel_entr(q, middle).sum()
    return float(np.sqrt(max(total / 2 / np.log(2), 0.0)))


def _ks(before: Floats, now: Floats) -> tuple[float, float]:
    gap = np.abs(np.cumsum(before) / before.sum() - np.cumsum(now) / now.sum()).max()
    n = before.sum() * now.sum() / (before.sum() + now.sum())
    return float(gap), float(special.kolmogorov(np.sqrt(n) * gap))


def _chi_square(before: Floats, now: Floats) -> tuple[float, float]:
    both = before + now
    kept = both > 0
    if kept.sum() < 2:
        return 0.0, 1.0
    total = both.sum()
    found = 0.0
    for each in (before, now):
        expected = both[kept] * each.sum() / total
        found += float(((each[kept] - expected) ** 2 / expected).sum())
    freedom = int(kept.sum()) - 1
    return found / freedom, float(special.chdtrc(freedom, found))
