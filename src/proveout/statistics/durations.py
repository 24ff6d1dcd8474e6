"""How long something takes for nine out of ten, when some of it is not over yet."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from proveout.evidence.model import Interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A quantile of durations."""

    value: float | None
    """None where too few are over to tell it."""
    low: float
    """At least this long, with the level of the interval."""
    high: float | None
    """None where nothing bounds it."""
    n: int
    n_open: int
    level: float

    @property
    def interval(self) -> Interval | None:
        """Both bounds; None where there is no upper one."""
        if self.value is None or self.high is None:
            return None
        return Interval(
            low=self.low, high=self.high, level=self.level, method="kaplan-meier, log-log"
        )


def duration_quantile(
    durations: ArrayLike, is_over: ArrayLike, *, share: float, level: float = 0.95
) -> Duration:
    """Return the time within which `share` of all are over; those that are not yet are censored.

    `durations` has one entry each, until the end or until now. The estimate is that of Kaplan and
    Meier (1958); the bounds invert a test on the survival curve, with the log-log transformation
    (Brookmeyer and Crowley 1982). Where everything is over the curve ends at 0, of which that test
    says nothing: the largest time then bounds the quantile only where as many durations as are over
    cannot all be below it by chance (those not over yet, which came late, say nothing of that).
    Raises ValueError on none, or on a negative one.
    """
    times, over = np.asarray(durations, dtype=float), np.asarray(is_over, dtype=bool)
    if len(times) == 0 or len(times) != len(over) or not (times >= 0).all():
        msg = "durations are 0 or more, one for each"
        raise ValueError(msg)
    from statsmodels.duration.survfunc import SurvfuncRight

    n, n_open = len(times), int((~over).sum())
    if not over.any():
        return Duration(value=None, low=0.0, high=None, n=n, n_open=n_open, level=level)
    curve = SurvfuncRight(times, over.astype(int))
    surviving, error = np.asarray(curve.surv_prob), np.asarray(curve.surv_prob_se)
    at = np.asarray(curve.surv_times, dtype=float)
    ends = 1 - share
    reached = np.flatnonzero(surviving <= ends + 1e-12)
    z = float(ndtri((1 + level) / 2))
    is_inner = (surviving > 0) & (surviving < 1)
    distance = np.full(len(at), math.inf)
    inner = surviving[is_inner]
    slope = error[is_inner] / (inner * np.abs(np.log(inner)))
    # Positive where the curve is still above: the quantile lies later.
    distance[is_inner] = (math.log(-math.log(ends)) - np.log(-np.log(inner))) / slope
    distance[surviving <= 0] = -math.inf if share ** (n - n_open) < (1 - level) / 2 else 0.0
    later = np.flatnonzero(distance > z)
    earlier = np.flatnonzero(distance < -z)
    first = len(later) and int(later[-1]) + 1
    return Duration(
        value=float(at[reached[0]]) if len(reached) else None,
        low=float(at[min(first, len(at) - 1)]),
        high=float(at[earlier[0]]) if len(earlier) else None,
        n=n,
        n_open=n_open,
        level=level,
    )
