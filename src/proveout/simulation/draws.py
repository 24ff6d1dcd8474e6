"""Random times and lengths of one simulated system, in the order in which requests come."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from proveout.simulation.behaviour import Behaviour, ServiceTime, Shape
from proveout.simulation.seeds import source

Draw = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Work:
    """What one request takes when it is alone; seconds."""

    first_s: float
    """Until the first token of the answer."""
    total_s: float


class Draws:
    """The next service time, and whether the next request fails. One stream of numbers for each,
    so that a change of one rate leaves the others as they were."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._service = draw_of(behaviour.service, source("service", behaviour.seed))
        self._failures = source("failures", behaviour.seed)
        self.answers = source("answers", behaviour.seed)
        """For answers that differ from one time to the next (temperature above 0)."""

    @property
    def takes_no_time(self) -> bool:
        """Tell whether every request is answered at once."""
        return self._behaviour.service.mean_s <= 0 and self._behaviour.tokens.per_s is None

    def work(self, tokens: int) -> Work:
        """Draw the time for a request that is answered in so many tokens (0: no tokens at all)."""
        service_s, wanted = self._service(), self._behaviour.tokens
        first_s = service_s * wanted.first_token_share
        if wanted.per_s is None or tokens == 0:
            return Work(first_s, service_s)
        return Work(first_s, first_s + (tokens - 1) / wanted.per_s)

    def fails(self) -> bool:
        """Draw whether the request ends in an HTTP 500."""
        rate = self._behaviour.error_rate
        return rate > 0 and self._failures.random() < rate


def draw_of(service: ServiceTime, numbers: random.Random) -> Draw:
    """Give a function that draws times of a distribution."""
    mean, cv = service.mean_s, service.cv
    if mean <= 0:
        return lambda: 0.0
    if cv <= 0 and service.shape in ("lognormal", "gamma"):
        return lambda: mean
    spread = math.sqrt(math.log1p(cv * cv))  # sigma of a lognormal with this cv
    draws: dict[Shape, Draw] = {
        "constant": lambda: mean,
        "exponential": lambda: numbers.expovariate(1 / mean),
        "uniform": lambda: numbers.uniform(0, 2 * mean),
        "lognormal": lambda: numbers.lognormvariate(math.log(mean) - spread * spread / 2, spread),
        "gamma": lambda: numbers.gammavariate(1 / (cv * cv), mean * cv * cv),
    }
    return draws[service.shape]
