"""Predict what users meet at full size from a run with few of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proveout.capacity.prediction import Limits, Month, Prediction, Refused, Trust
from proveout.capacity.runs import Demand, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """What the levels of a run tell of the system."""

    levels: tuple[Level, ...]


def fit(levels: Sequence[Level]) -> Fitted:
    """Fit service time, slots and contention to the levels of a run."""
    return Fitted(levels=tuple(levels))


def predict(
    fitted: Fitted,
    demand: Demand,
    *,
    limits: Limits | None = None,
    month: Month | None = None,
    trust: Trust | None = None,
    seed: int = 0,
) -> Prediction | Refused:
    """Predict the peak of full size, or say why that is not to be trusted."""
    del fitted, demand, limits, month, trust, seed
    return Refused(reasons=("Prediction is being built.",), next_step="", forced=None)


def predict_from(
    levels: Sequence[Level],
    demand: Demand,
    *,
    limits: Limits | None = None,
    month: Month | None = None,
    trust: Trust | None = None,
    seed: int = 0,
) -> Prediction | Refused:
    """Fit and predict in one step."""
    return predict(fit(levels), demand, limits=limits, month=month, trust=trust, seed=seed)
