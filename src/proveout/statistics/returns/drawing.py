"""Draws of a business case: intervals of its inputs become intervals of what it returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import qmc

from proveout.statistics.returns.case import BusinessCase, Flows, Values
from proveout.statistics.returns.uncertain import Floats

POWER = 14
"""16,384 draws: the ends of a 95 % interval are then off by less than 1 % of its width."""
_EDGE = 1e-9
"""Draws stay this far from 0 and 1, where a normal law has no end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A figure over all draws."""

    value: float
    """Half of the draws are above it."""
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A case with its draws."""

    case: BusinessCase
    values: Values
    flows: Flows
    level: float
    """Two-sided, of every spread."""
    err_together: bool = True
    """What the KPIs are made better by was drawn as one."""

    def spread(self, figures: Floats) -> Spread:
        """Return the median and the interval of a figure; an end may be infinite."""
        tail = (1 - self.level) / 2
        low, middle, high = np.quantile(
            figures, [tail, 0.5, 1 - tail], method="inverted_cdf"
        ).tolist()
        return Spread(value=middle, low=low, high=high)

    @property
    def share_never(self) -> float:
        """Share of draws in which it is not paid back within the horizon."""
        return float(np.isinf(self.flows.payback_months).mean())

    @property
    def share_at_a_loss(self) -> float:
        """Share of draws in which its net present value is below zero."""
        return float((self.flows.npv < 0).mean())


def draw(
    case: BusinessCase,
    *,
    seed: int,
    level: float = 0.95,
    correlation: Floats | None = None,
    power: int = POWER,
) -> Drawn:
    """Draw a case 2 ^ power times, from a scrambled Sobol sequence (Matoušek 1998).

    Args:
        seed: the same seed gives the same figures.
        level: two-sided, of the intervals.
        correlation: gains × gains, between the errors of what the KPIs are made better by (a
            Gaussian copula). Unset, they err together in full: nothing is known of it where the
            same cases tell all KPIs, and errors that cancel out would make an interval too narrow.
    """
    inputs = case.inputs()
    gains = [f"effect:{gain.kpi}" for gain in case.gains]
    others = [name for name, each in inputs.items() if not each.is_exact and name not in gains]
    n_gains = len(gains) if correlation is not None else min(len(gains), 1)
    n = 2**power
    cube = (
        qmc.Sobol(n_gains + len(others), rng=np.random.default_rng(seed)).random_base2(power)
        if n_gains + len(others)
        else np.empty((n, 0))
    )
    cube = np.clip(cube, _EDGE, 1 - _EDGE)
    shares = _together(cube[:, :n_gains], len(gains), correlation)
    at = {name: shares[:, place] for place, name in enumerate(gains)}
    at |= {name: cube[:, n_gains + place] for place, name in enumerate(others)}
    middle = np.full(n, 0.5)
    values = {name: each.at(at.get(name, middle)) for name, each in inputs.items()}
    return Drawn(
        case=case,
        values=values,
        flows=case.flows(values),
        level=level,
        err_together=correlation is None,
    )


def _together(cube: Floats, n_gains: int, correlation: Floats | None) -> Floats:
    if correlation is None:
        return np.repeat(cube, n_gains, axis=1)
    values, vectors = np.linalg.eigh(np.asarray(correlation, dtype=np.float64))
    root = vectors * np.sqrt(np.maximum(values, 0.0))  # a singular one has no Cholesky factor
    return np.asarray(np.clip(ndtr(ndtri(cube) @ root.T), _EDGE, 1 - _EDGE))
