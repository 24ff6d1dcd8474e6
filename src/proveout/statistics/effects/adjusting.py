"""Finer comparison by what was known of the cases beforehand.

Source: Deng, Xu, Kohavi and Walker (2013), "Improving the sensitivity of online controlled
experiments by utilizing pre-experiment data" (CUPED): what earlier figures foretell is taken off
both arms, by one slope for both. Where something is not known of a case, its mean stands for it and
a column says so, which is harmless where it was drawn who is in which arm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proveout.statistics.effects.cases import Cases, Flags, Floats

CLUSTERS_PER_COLUMN = 10
"""So many independent parts there must be for each column that is adjusted for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """The means of both arms at the same mix of cases."""

    without: float
    with_system: float
    residual: Floats
    """Of each case, about its own arm."""
    common: Floats
    """What each case adds to both means alike, by the mix of cases that came; mean 0."""
    columns: int
    """How many columns were adjusted for."""
    gain: float
    """Part of the variance within the arms that was explained, 0 to 1."""


def columns(cases: Cases, *, most: int) -> Floats:
    """Return cases × columns of what was known beforehand, no more than `most`, standardised.

    Earlier figures come first, then traits in their order; columns without variety are left out.
    """
    known: list[Floats] = []
    if cases.before is not None:
        known.append(cases.before)
    if cases.traits is not None:
        known.extend(cases.traits.T)
    chosen: list[Floats] = []
    for column in known:
        for each in _filled(column):
            scale = float(each.std())
            if len(chosen) < most and scale > 1e-12 * (1 + abs(float(each.mean()))):
                chosen.append((each - each.mean()) / scale)
    return np.column_stack(chosen) if chosen else np.empty((len(cases), 0))


def adjust(value: Floats, with_system: Flags, known: Floats) -> Adjusted:
    """Return both arms' means of `value`, adjusted for columns that have mean 0 over all cases."""
    mean = {arm: float(value[with_system == arm].mean()) for arm in (False, True)}
    residual = value - np.where(with_system, mean[True], mean[False])
    if known.shape[1] == 0:
        return Adjusted(
            without=mean[False],
            with_system=mean[True],
            residual=residual,
            common=np.zeros(len(value)),
            columns=0,
            gain=0.0,
        )
    middle = {arm: known[with_system == arm].mean(axis=0) for arm in (False, True)}
    within = known - np.where(with_system[:, None], middle[True], middle[False])
    slope = np.linalg.lstsq(within.T @ within, within.T @ residual, rcond=1e-10)[0]
    left = residual - within @ slope
    spread = float(residual @ residual)
    return Adjusted(
        without=mean[False] - float(middle[False] @ slope),
        with_system=mean[True] - float(middle[True] @ slope),
        residual=left,
        common=known @ slope,
        columns=known.shape[1],
        gain=1 - float(left @ left) / spread if spread > 0 else 0.0,
    )


def _filled(column: Floats) -> list[Floats]:
    """Return the column with its mean where it is not known, and a column that says where."""
    missing = ~np.isfinite(column)
    if not missing.any():
        return [column]
    if missing.all():
        return []
    filled = np.where(missing, float(column[~missing].mean()), column)
    return [filled, missing.astype(float)]
