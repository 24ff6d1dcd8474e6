"""One run of the check: the ramp, then, where full size was not sent, what predicts it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from proveout.capacity.design import REHEARSALS, USERS_AT_MOST, next_level, plan_levels
from proveout.charter.schema.standard import Load
from proveout.checks import CheckContext, Finding, Progress
from proveout.checks.load.foretelling import foretold
from proveout.checks.load.plan import as_plan, demand, level_plans
from proveout.checks.load.running import Engine, LevelRun, Sending, engine
from proveout.checks.load.spec import LevelPlan, LoadSpec
from proveout.checks.load.telling import Teller


@dataclass(slots=True)
class _Gathered:
    """What was measured until now."""

    runs: list[LevelRun] = field(default_factory=list)

    @property
    def is_simulated(self) -> bool:
        return any(run.simulated for run in self.runs)


def run(
    context: CheckContext,
    load: Load,
    spec: LoadSpec,
    told: dict[str, Any],
    folder: Path,
    *,
    heard: Callable[[LevelRun], None] | None = None,
) -> Iterator[Finding]:
    """Send what is to be sent, and tell what came of it."""
    gathered = _Gathered()
    plans = level_plans(load)

    def teller() -> Teller:
        basis = "simulated" if gathered.is_simulated else context.basis
        return Teller(context=replace(context, basis=basis), scope="production", told=told)

    yield from teller().of_left_out()
    with engine(spec, folder) as started:
        for number, plan in enumerate(plans):
            yield from _level(started, plan, gathered, done=number, total=len(plans))
            if heard is not None:
                heard(gathered.runs[-1])
            yield from teller().of_level(gathered.runs[-1])
            if gathered.runs[-1].was_stopped:
                break
        yield from teller().of_break(gathered.runs)
        yield from teller().of_full_size(gathered.runs)
        if load.measure_up_to is not None and load.measure_up_to < load.users:
            design = _Gathered()
            yield from _designed(started, load, design)
            yield from foretold(teller(), design.runs)


def _designed(started: Engine, load: Load, design: _Gathered) -> Iterator[Progress]:
    """Measure what a prediction takes, with no more users at once than may be sent."""
    at_most = min(USERS_AT_MOST, load.measure_up_to or load.users)
    steps = len(plan_levels(demand(load), users_at_most=at_most, seconds=load.seconds))
    rehearsed = 0
    while True:
        levels = [run.level for run in design.runs if run.limited is None]
        planned = next_level(levels, demand(load), users_at_most=at_most, seconds=load.seconds)
        if planned is None or len(levels) < len(design.runs):
            return
        is_rehearsal = planned.seconds > load.seconds
        rehearsed += is_rehearsal
        why = (
            f"to predict, the rate of the peak ({rehearsed} of at most {REHEARSALS}): "
            if is_rehearsal
            else f"to predict, step {len(levels) + 1} of at most {steps}: "
        )
        yield from _level(started, as_plan(planned), design, done=len(levels), total=None, why=why)


def _level(
    started: Engine,
    plan: LevelPlan,
    gathered: _Gathered,
    *,
    done: int,
    total: int | None,
    why: str = "",
) -> Iterator[Progress]:
    whole_s = plan.warm_up_s + plan.seconds
    for event in started.run(plan):
        if isinstance(event, Sending):
            elapsed = f"{_clock(min(event.elapsed_s, whole_s))} of {_clock(whole_s)}"
            yield Progress(done=done, total=total, what=f"{why}{_users(plan.users)}, {elapsed}")
        else:
            gathered.runs.append(event)


def _users(n: int) -> str:
    return "1 user" if n == 1 else f"{n:,} users"


def _clock(seconds: float) -> str:
    """Write a length as a clock does.

    >>> _clock(610)
    '10:10'
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
