"""Systems to be predicted, drawn from what is known of real ones before they are looked at."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from proveout.capacity.discrete import Slots
from proveout.capacity.runs import Demand

DEMAND = Demand(
    users=10_000, requests_per_user_per_day=30, peak_share_of_day=0.2, give_up_after_s=10.0
)
SHAPES = ("constant", "exponential", "lognormal", "gamma", "uniform")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A system of which everything is known."""

    slots: int
    mean_s: float
    shape: str
    cv: float
    """For lognormal and gamma."""
    contention: float
    crosstalk: float
    error_rate: float
    input_tokens: float
    output_tokens: float

    @property
    def how_it_works(self) -> Slots:
        """The same for the discrete-event model."""
        return Slots(slots=self.slots, contention=self.contention, crosstalk=self.crosstalk)

    @property
    def utilisation(self) -> float:
        """Work that comes at the peak over what can be worked on."""
        return DEMAND.peak_rate_per_s * self.mean_s * self._slowed / self.slots

    @property
    def _slowed(self) -> float:
        return 1 + (self.slots - 1) * (self.contention + self.crosstalk * self.slots)

    def work_s(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw how long n requests take alone."""
        mean, cv = self.mean_s, self.cv
        match self.shape:
            case "constant":
                return np.full(n, mean)
            case "exponential":
                return rng.exponential(mean, n)
            case "uniform":
                return rng.uniform(0, 2 * mean, n)
            case "gamma":
                return rng.gamma(1 / cv**2, mean * cv**2, n)
            case _:
                variance = math.log1p(cv * cv)
                return rng.lognormal(math.log(mean) - variance / 2, math.sqrt(variance), n)


def drawn(seed: int, prior: Literal["spread", "wide"]) -> Known:
    """Draw a system.

    'wide': means from 0.05 to 20 s whatever the slots, so that most are idle or hopeless.
    'spread': means so that the peak brings from a tenth to one and a half of what can be done.
    """
    rng = np.random.default_rng([seed, 403])
    slots = round(math.exp(rng.uniform(0, math.log(64))))
    contention = float(rng.choice([0.0, rng.uniform(0, 0.05)]))
    crosstalk = float(rng.choice([0.0, rng.uniform(0, 0.002)]))
    mean = math.exp(rng.uniform(math.log(0.05), math.log(20)))
    if prior == "spread":
        slowed = 1 + (slots - 1) * (contention + crosstalk * slots)
        mean = rng.uniform(0.1, 1.5) * slots / DEMAND.peak_rate_per_s / slowed
    return Known(
        slots=slots,
        mean_s=mean,
        shape=str(rng.choice(SHAPES)),
        cv=float(rng.uniform(0.1, 2)),
        contention=contention,
        crosstalk=crosstalk,
        error_rate=float(rng.choice([0.0, 0.0, 0.01, 0.03, 0.08])),
        input_tokens=float(rng.uniform(200, 2000)),
        output_tokens=float(rng.uniform(20, 400)),
    )
