"""Take from a play of the peak what chance did in it, and tell how much is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from proveout.capacity.peak import Peak

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NAMES = tuple(field.name for field in fields(Peak))
_IS_TIME = np.array([name.endswith("_s") for name in _NAMES])
_IS_SHARE = np.array([name in {"abandonment", "failed", "answered", "worked"} for name in _NAMES])
_FEWEST, _MOST = 4, 12
"""Plays that are averaged."""
_FEW = 1.3
"""How much wider a standard error must be taken that is known from few plays (Student's t)."""
_LEAST_TIME, _LEAST_REQUESTS = 0.004, 10_000
"""No play is believed to better than this share of a time, and than this many independent requests
would tell a share."""
_PRECISE_P95, _PRECISE_SHARE = 0.015, 0.006
"""Standard errors, of p95 as a share of it, at which no further play is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Averaged:
    """The mean of several plays with the same system."""

    peak: Peak
    error: NDArray[np.float64]
    """Standard errors, in the order of the fields; of times as a share. None is below what any
    play is believed to."""


def averaged(plays: Iterator[Peak], *, give_up_after_s: float) -> Averaged:
    """Play until it is precise enough. Near saturation a queue forgets slowly: it takes long."""
    met: list[tuple[float, ...]] = []
    while True:
        met.append(astuple(next(plays)))
        found = _mean(np.array(met), give_up_after_s)
        is_precise = (
            float(found.error[_NAMES.index("p95_s")]) <= _PRECISE_P95
            and float(found.error[_IS_SHARE].max()) <= _PRECISE_SHARE
        )
        if len(met) >= (_FEWEST if is_precise else _MOST):
            return found


def corrected(
    peak: Peak,
    *,
    short: Peak,
    long: Averaged,
    give_up_after_s: float,
    rng: np.random.Generator,
) -> Peak:
    """Replace what chance did in a short play by what it may have done in the long ones.

    `short` is the system of `long`, met by the same random numbers as `peak` (common random
    numbers, a control variate).
    """
    value, by_chance, true = (np.array(astuple(one)) for one in (peak, short, long.peak))
    noise = rng.standard_normal(len(value)) * long.error
    known = np.isfinite(by_chance) & np.isfinite(true) & np.isfinite(value) & (by_chance > 0)
    times, shares = _IS_TIME & known, _IS_SHARE
    value[times] *= (true[times] / by_chance[times]) * np.exp(noise[times])
    moved = value[shares] + true[shares] - by_chance[shares] + noise[shares]
    value[shares] = np.clip(moved, 0.0, 1.0)
    return _consistent(_peak(value), give_up_after_s)


def _mean(met: NDArray[np.float64], give_up_after_s: float) -> Averaged:
    """Average; what is infinite in some plays follows from the shares."""
    never = np.isinf(met).any(axis=0)
    finite = np.where(never, 1.0, met)
    mean = finite.mean(axis=0)
    if len(met) == 1:
        return Averaged(peak=_peak(met[0]), error=np.full(len(mean), np.inf))
    error = _FEW * finite.std(axis=0, ddof=1) / np.sqrt(len(met))
    error[_IS_TIME] = np.maximum(error[_IS_TIME] / np.maximum(mean[_IS_TIME], 1e-12), _LEAST_TIME)
    share = mean[_IS_SHARE]
    error[_IS_SHARE] = np.maximum(error[_IS_SHARE], np.sqrt(share * (1 - share) / _LEAST_REQUESTS))
    mean[never] = np.inf
    return Averaged(peak=_consistent(_peak(mean), give_up_after_s), error=error)


def _consistent(peak: Peak, give_up_after_s: float) -> Peak:
    """A time is infinite when more than the rest is lost, and never longer than users wait."""
    lost = peak.abandonment + peak.failed

    def time(value: float, rest: float) -> float:
        return float("inf") if lost > rest else min(value, give_up_after_s)

    return replace(
        peak,
        p50_s=time(peak.p50_s, 0.5),
        p95_s=time(peak.p95_s, 0.05),
        p99_s=time(peak.p99_s, 0.01),
    )


def _peak(values: NDArray[np.float64]) -> Peak:
    return Peak(**dict(zip(_NAMES, values.tolist(), strict=True)))
