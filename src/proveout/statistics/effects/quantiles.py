"""The quantile of one arm and its interval, with clusters, and with cases that are still open.

The interval turns that of the share of cases below the quantile into one of the quantile itself.
Source: Woodruff (1952), JASA 47, 635-646; with open cases Brookmeyer and Crowley (1982), Biometrics
38, 29-41.
"""

from __future__ import annotations

import math

import numpy as np

from proveout.statistics.effects.cases import Flags, Floats
from proveout.statistics.effects.censoring import curve, share_over
from proveout.statistics.effects.estimate import Figure


def quantile(value: Floats, is_open: Flags | None, share: float) -> float:
    """Return the quantile; inf where too many are open to tell."""
    if is_open is None or not is_open.any():
        return float(np.quantile(value, share))
    return _time_of(value, is_open, share)


def below(value: Floats, is_open: Flags | None, at: float) -> Floats:
    """Return for each case what it says of the share of cases that are at most `at`."""
    if is_open is None or not is_open.any():
        return (value <= at).astype(float)
    return share_over(value, is_open, at)


def interval(
    value: Floats, is_open: Flags | None, share: float, *, error: float, cut: float
) -> Figure:
    """Return the quantile with its interval.

    `error` is the standard error of the share of cases below it, `cut` how many of them the
    interval reaches to each side. An end is inf where too many are open to tell.
    """
    low, high = share - cut * error, share + cut * error
    if is_open is None or not is_open.any():
        ends = np.quantile(value, [min(max(each, 0.0), 1.0) for each in (share, low, high)])
        return Figure(
            value=float(ends[0]),
            low=float(ends[1]) if low > 0 else -math.inf,
            high=float(ends[2]) if high < 1 else math.inf,
        )
    return Figure(
        value=_time_of(value, is_open, share),
        low=_time_of(value, is_open, max(low, 0.0)) if low > 0 else 0.0,
        high=_time_of(value, is_open, high) if high < 1 else math.inf,
    )


def _time_of(value: Floats, is_open: Flags, share: float) -> float:
    """Return the time by which that share is over."""
    seen = curve(value, is_open)
    reached = np.searchsorted(-seen.surviving, -(1 - share) - 1e-12, side="left")
    return float(seen.at[reached]) if reached < len(seen.at) else math.inf
