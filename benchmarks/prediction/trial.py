"""One system: measured small, predicted, compared with the truth."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmarks.prediction.measuring import measured
from benchmarks.prediction.systems import DEMAND, Known, drawn
from benchmarks.prediction.truth import PER_INPUT_TOKEN, PER_OUTPUT_TOKEN, Truth, truth
from proveout.capacity.predicting import predict_from
from proveout.capacity.prediction import Estimate, Prediction, Refused

P95, ABANDONMENT, COST = 0.15, 0.03, 0.05
"""How far off a prediction may be: shares, for abandonment points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of it."""

    seed: int
    system: Known
    truth: Truth
    reasons: tuple[str, ...]
    """Why it was refused; empty when it was not."""
    prediction: Prediction | None
    """Forced, where it was refused."""
    minutes: float
    """How long the run would have taken."""
    users: int
    seconds: float
    """How long fit and prediction took."""

    @property
    def p95_off(self) -> float:
        """Share."""
        said = self.prediction
        if said is None or np.isinf(said.p95_s.value) != np.isinf(self.truth.p95_s):
            return float("inf")
        return 0.0 if np.isinf(self.truth.p95_s) else said.p95_s.value / self.truth.p95_s - 1

    @property
    def abandonment_off(self) -> float:
        """Points as a share of one."""
        said = self.prediction
        return float("inf") if said is None else said.abandonment.value - self.truth.abandonment

    @property
    def cost_asked_off(self) -> float:
        """Share, all requests that are asked."""
        said = self.prediction
        return (
            float("inf")
            if said is None
            else (said.asked_per_month * _each(said) / self.truth.cost_asked - 1)
        )

    @property
    def cost_worked_off(self) -> float:
        """Share, of the requests that are worked on."""
        said = self.prediction
        return (
            float("inf")
            if said is None
            else (said.worked_per_month.value * _each(said) / self.truth.cost_worked - 1)
        )

    @property
    def is_right(self) -> bool:
        """Whether nothing is further off than it may be."""
        return (
            abs(self.p95_off) <= P95
            and abs(self.abandonment_off) <= ABANDONMENT
            and abs(self.cost_asked_off) <= COST
        )

    def covered(self) -> dict[str, bool]:
        """Whether the intervals hold the truth."""
        said = self.prediction
        if said is None:
            return {}
        return {
            "p95": _holds(said.p95_s, self.truth.p95_s),
            "abandonment": _holds(said.abandonment, self.truth.abandonment),
            "worked per month": _holds(said.worked_per_month, self.truth.worked_per_month),
        }


Prior = Literal["spread", "wide"]


def try_one(given: tuple[int, Prior]) -> Trial:
    """Draw the system of this seed, measure it, predict it."""
    seed, prior = given
    system = drawn(seed, prior)
    levels = measured(system, seed=seed)
    begun = time.perf_counter()
    said = predict_from(levels, DEMAND, seed=seed)
    took = time.perf_counter() - begun
    return Trial(
        seed=seed,
        system=system,
        truth=truth(system, seed=seed),
        reasons=said.reasons if isinstance(said, Refused) else (),
        prediction=said.forced if isinstance(said, Refused) else said,
        minutes=sum(level.seconds for level in levels) / 60,
        users=max(level.users for level in levels),
        seconds=took,
    )


def _each(said: Prediction) -> float:
    if said.input_tokens is None or said.output_tokens is None:
        return float("nan")
    return said.input_tokens.value * PER_INPUT_TOKEN + said.output_tokens.value * PER_OUTPUT_TOKEN


def _holds(estimate: Estimate, true: float) -> bool:
    """Whether the interval holds it; the last digits of a float do not count."""
    slack = 1e-9 * max(1.0, abs(true)) if np.isfinite(true) else 0.0
    return estimate.low - slack <= true <= estimate.high + slack
