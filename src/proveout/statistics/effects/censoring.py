"""Times of which some are not over yet: what can be said of each case all the same.

Where enough cases began long enough ago, only those are used: of each it is then known how long it
took up to the horizon, and nothing has to be assumed of those that are open. Otherwise open cases
count as censored, and each case gets its pseudo-value: the estimate of Kaplan and Meier plus what
the case adds to it, so that pseudo-values may be averaged, adjusted and clustered like any others.

Sources: Kaplan and Meier (1958), JASA 53; restricted means, Royston and Parmar (2013), BMC Medical
Research Methodology 13, 152; pseudo-values, Andersen and Perme (2010), Statistical Methods in
Medical Research 19, 71-99.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proveout.statistics.effects.cases import Cases, Flags, Floats

ENOUGH_MATURE = 0.5
"""The part of the cases that must have begun early enough for the others to be left out."""


@dataclass(frozen=True, slots=True)
class Curve:
    """How many are not over yet, by time."""

    at: Floats
    """Times at which some ended, rising."""
    surviving: Floats
    """Share not over after each."""
    hazard: Floats
    """Share that ended there, of those that had come so far."""
    at_risk: Floats
    last: float
    """The longest time that was seen, over or not."""


def mature(cases: Cases, horizon: float) -> Flags | None:
    """Return which cases began at least the horizon before the record was drawn.

    None where that cannot be told, or where one of them was lost sight of before.
    """
    if cases.is_open is None:
        return np.ones(len(cases), dtype=bool)
    if cases.days_per_unit is None:
        return None
    began = cases.day + 1.0 if cases.moment is None else cases.moment
    ended = drawn_at(cases)
    old = began + horizon * cases.days_per_unit <= ended + 1e-9
    if np.any(old & cases.is_open & (cases.value < horizon * (1 - 1e-9) - 1e-9)):
        return None
    return old


def drawn_at(cases: Cases) -> float:
    """Return when the record was drawn, in days since 1970."""
    return float(cases.day.max() + 1) if cases.as_of is None else cases.as_of + 1.0


def curve(value: Floats, is_open: Flags) -> Curve:
    """Return the curve of Kaplan and Meier."""
    order = np.argsort(value, kind="stable")
    times, ends = value[order], ~is_open[order]
    distinct, first = np.unique(times, return_index=True)
    ended = np.add.reduceat(ends.astype(float), first)
    at_risk = (len(times) - first).astype(float)
    some = ended > 0
    hazard = ended[some] / at_risk[some]
    return Curve(
        at=distinct[some],
        surviving=np.cumprod(1 - hazard),
        hazard=hazard,
        at_risk=at_risk[some],
        last=float(times[-1]) if len(times) else 0.0,
    )


def restricted_mean(value: Floats, is_open: Flags, horizon: float) -> Floats:
    """Return pseudo-values of the mean time up to the horizon; their mean is the estimate."""
    seen = curve(value, is_open)
    inside = seen.at < horizon
    edges = np.concatenate([[0.0], seen.at[inside], [horizon]])
    heights = np.concatenate([[1.0], seen.surviving[inside]])
    area = heights * np.diff(edges)
    # Area under the curve from each time at which some ended, up to the horizon.
    ahead = np.cumsum(area[::-1])[::-1][1:]
    return float(area.sum()) - _influence(value, is_open, seen, inside, ahead)


def share_over(value: Floats, is_open: Flags, by: float) -> Floats:
    """Return pseudo-values of the share that is over by a time."""
    seen = curve(value, is_open)
    inside = seen.at <= by
    left = float(seen.surviving[inside][-1]) if inside.any() else 1.0
    ahead = np.full(int(inside.sum()), left)
    return 1 - left + _influence(value, is_open, seen, inside, ahead)


def _influence(value: Floats, is_open: Flags, seen: Curve, inside: Flags, ahead: Floats) -> Floats:
    """Return n times what each case takes from a functional of the curve.

    `ahead` is, at each time, what the functional loses by a unit of hazard there.
    """
    n = len(value)
    at, hazard, at_risk = seen.at[inside], seen.hazard[inside], seen.at_risk[inside]
    if len(at) == 0:
        return np.zeros(n)
    # Greenwood's factor: a jump of the whole of what is left weighs nothing further.
    left = np.where(hazard < 1, 1 - hazard, 1.0)
    per_event = ahead / at_risk / left
    expected = np.concatenate([[0.0], np.cumsum(per_event * hazard)])
    # Looked up in order of time, which is much quicker for many cases.
    order = np.argsort(value, kind="stable")
    ordered = value[order]
    lived = np.empty(n, dtype=np.int64)
    lived[order] = np.searchsorted(at, ordered, side="right")
    last = np.maximum(lived - 1, 0)
    ended = ~is_open & (lived > 0) & (at[last] == value)
    own = np.where(ended, per_event[last], 0.0)
    influence: Floats = n * (own - expected[lived])
    return influence
