"""By how much something happens more often, or less, from one span of days to the one before it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from proveout.evidence.model import Interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

FEWEST_DAYS = 7
"""A week: with fewer days their spread is not known, and some day of the week is missing."""

WEEKS_FROM = 4
"""So many weeks tell how they differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A ratio of counts, less one: -0.2 is a fifth less."""

    value: float
    interval: Interval
    now: int
    before: int
    days: int


def change_of_use(now: ArrayLike, before: ArrayLike, *, level: float = 0.95) -> Change | None:
    """Compare daily counts with those of the same weekdays before; the arrays go in pairs.

    The change is that of the sums, so that quiet days count little. Its interval is that of a
    ratio estimator (Cochran 1977, "Sampling techniques", chapter 6) on the logarithm, with the
    spread around the common ratio and Student's t: of days, or of whole weeks from four weeks on,
    since the days of a week may rise and fall together. With fewer weeks nothing tells how weeks
    differ from one another, and the interval is of the days alone. None with fewer than a week of
    pairs, or where nothing happened in one of the spans.
    """
    x, y = np.asarray(now, dtype=float), np.asarray(before, dtype=float)
    if len(x) != len(y) or (len(x) and min(x.min(), y.min()) < 0):
        msg = "daily counts are 0 or more, and each has its day before"
        raise ValueError(msg)
    n = len(x)
    if n < FEWEST_DAYS or not x.sum() or not y.sum():
        return None
    ratio = float(x.sum() / y.sum())
    residuals = x - ratio * y
    if n >= WEEKS_FROM * 7:
        whole = n // 7 * 7
        # What is left of a week that is not whole joins the last one.
        starts = np.arange(0, whole, 7)
        residuals = np.add.reduceat(residuals, starts)
    m = len(residuals)
    spread = m / (m - 1) * float((residuals**2).sum())
    # Counts spread by chance at least as much as Poisson's do, however even seven of them look.
    variance = max(spread, float(x.sum() + ratio**2 * y.sum()))
    error = math.sqrt(variance) / float(x.sum())
    reach = float(stdtrit(m - 1, (1 + level) / 2)) * error
    return Change(
        value=ratio - 1,
        interval=Interval(
            low=ratio * math.exp(-reach) - 1,
            high=ratio * math.exp(reach) - 1,
            level=level,
            method="ratio of weekdays, Student's t",
        ),
        now=int(x.sum()),
        before=int(y.sum()),
        days=n,
    )
