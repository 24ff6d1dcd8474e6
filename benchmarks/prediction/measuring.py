"""A run with 200 users at most, played by the discrete-event model."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.prediction.systems import DEMAND, Known
from proveout.capacity.design import PlannedLevel, next_level
from proveout.capacity.discrete import play_closed
from proveout.capacity.runs import Level, Outcome, Requests

_DRAWN = 300_000


def measured(system: Known, *, seed: int, seconds: float = 60.0) -> list[Level]:
    """Measure what `next_level` asks for."""
    rng = np.random.default_rng([seed, 50])
    return list(_levels(system, rng, seconds))


def _levels(system: Known, rng: np.random.Generator, seconds: float) -> Iterator[Level]:
    levels: list[Level] = []
    while (planned := next_level(levels, DEMAND, seconds=seconds)) is not None:
        levels.append(level(system, planned, rng))
        yield levels[-1]


def level(system: Known, planned: PlannedLevel, rng: np.random.Generator) -> Level:
    """Measure one level as a load generator would see it."""
    thinks = rng.exponential(planned.think_s, _DRAWN) if planned.think_s else None
    played = play_closed(
        system.how_it_works,
        system.work_s(_DRAWN, rng),
        users=planned.users,
        seconds=planned.warm_up_s + planned.seconds,
        think_s=thinks,
        give_up_after_s=planned.give_up_after_s,
    )
    seen = played.due_s >= planned.warm_up_s
    due, done = played.due_s[seen] - planned.warm_up_s, played.done_s[seen] - planned.warm_up_s
    outcome = played.outcome[seen]
    fails = (outcome == Outcome.ANSWERED) & (rng.random(len(outcome)) < system.error_rate)
    outcome[fails] = Outcome.FAILED
    outcome[done > planned.seconds] = Outcome.UNFINISHED
    tokens_known = np.where(outcome == Outcome.ANSWERED, 1.0, np.nan)
    return Level(
        users=planned.users,
        arrivals="closed",
        rate_per_s=len(due) / planned.seconds,
        seconds=planned.seconds,
        give_up_after_s=planned.give_up_after_s,
        requests=Requests(
            due_s=due,
            sent_s=due,
            done_s=np.minimum(done, planned.seconds),
            first_token_s=np.full(len(due), np.nan),
            outcome=outcome,
            input_tokens=tokens_known * rng.gamma(4, system.input_tokens / 4, len(due)),
            output_tokens=tokens_known * rng.gamma(6, system.output_tokens / 6, len(due)),
        ),
        faults={"HTTP 500": int(fails.sum())} if fails.any() else {},
    )
