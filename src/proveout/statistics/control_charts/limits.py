"""Centre and limits, taken from some points and drawn for all.

XmR: Wheeler (2000), "Understanding Variation", 2nd ed. p and u: Montgomery (2019), "Introduction to
Statistical Quality Control", 8th ed., chapter 7. Where shares or rates of large counts vary by more
than pure chance, limits widen by as much: Laney (2002), Quality Engineering 14, 531-537.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proveout.statistics.effects.cases import Flags, Floats

RANGE_TO_SIGMA = 1.128
"""d2 for two: the expected range of two normal values, in standard deviations."""
SIGMAS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of each point."""

    centre: float
    low: Floats
    high: Floats
    sigma: Floats
    overdispersion: float = 1.0


def xmr_limits(value: Floats, chosen: Flags) -> Limits:
    """Return limits of single values by the mean moving range of the chosen neighbours."""
    known = value[chosen]
    centre = float(known.mean())
    ranges = np.abs(np.diff(known))
    sigma = float(ranges.mean()) / RANGE_TO_SIGMA if len(ranges) else 0.0
    spread = np.full(len(value), sigma)
    return Limits(
        centre=centre, low=centre - SIGMAS * spread, high=centre + SIGMAS * spread, sigma=spread
    )


def p_limits(count: Floats, n: Floats, chosen: Flags) -> Limits:
    """Return limits of shares `count / n`, wider for few cases and for overdispersion."""
    centre = float(count[chosen].sum() / n[chosen].sum())
    plain = np.sqrt(centre * (1 - centre) / n)
    return _widened(count / n, centre, plain, chosen, most=1.0)


def u_limits(count: Floats, exposure: Floats, chosen: Flags) -> Limits:
    """Return limits of rates `count / exposure`, as `p_limits` does of shares."""
    centre = float(count[chosen].sum() / exposure[chosen].sum())
    return _widened(count / exposure, centre, np.sqrt(centre / exposure), chosen, most=np.inf)


def _widened(value: Floats, centre: float, plain: Floats, chosen: Flags, *, most: float) -> Limits:
    """Widen limits by how much more than by chance neighbours differ; never narrow them."""
    factor = 1.0
    if (plain[chosen] > 0).all() and chosen.sum() > 1:
        distance = (value[chosen] - centre) / plain[chosen]
        factor = max(1.0, float(np.abs(np.diff(distance)).mean()) / RANGE_TO_SIGMA)
    # Below this, moving ranges of a process with pure chance often lie as well.
    if factor < 1 + 2 / np.sqrt(max(int(chosen.sum()), 1)):
        factor = 1.0
    sigma = plain * factor
    return Limits(
        centre=centre, low=np.maximum(centre - SIGMAS * sigma, 0.0),
        high=np.minimum(centre + SIGMAS * sigma, most), sigma=sigma, overdispersion=factor,
    )  # fmt: skip
