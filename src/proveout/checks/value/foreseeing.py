"""How long it takes until a threshold can be decided: before the rollout, and on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from proveout.charter.schema.purpose import Kpi
from proveout.charter.schema.value import Value
from proveout.checks.value.designing import Chosen
from proveout.checks.value.estimating import Decided, Undecided
from proveout.checks.value.figures import MONTH_DAYS, cases_per_month, plain_figure
from proveout.checks.value.measuring import Reader, Taken, taken_of
from proveout.checks.value.observing import Observed
from proveout.checks.value.saying import state_of
from proveout.checks.value.sorting import Unseen
from proveout.checks.value.ways import day_number, day_of
from proveout.errors import InputError
from proveout.evidence.figures import figure
from proveout.statistics.effects.cases import Cases
from proveout.statistics.effects.estimate import Estimate, Refusal
from proveout.statistics.effects.planning import Plan, plan

ASSUMED_FURTHER = 1.5
"""Where nothing is said of what to expect: half as far again as the threshold asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the person who plans says."""

    expected: Mapping[str, float]
    """By KPI: the figure that the system is expected to come to."""
    power: float = 0.8
    share_with: float = 0.5
    per_month: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """The plan of one KPI."""

    kpi: Kpi
    baseline: float
    """The manual way, by the records."""
    expected: float
    expected_from: Literal["said", "assumed"]
    n_cases: int
    """Manual cases that it was planned from."""
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Unforeseen:
    """Why a KPI cannot be planned."""

    kpi: Kpi
    why: str
    next_step: str


def foresee(
    reader: Reader, kpis: tuple[Kpi, ...], value: Value, asked: Asked, *, now: datetime, seed: int
) -> list[Foreseen | Unforeseen]:
    """Plan each KPI. Raises InputError where something is expected of a KPI that there is not."""
    known = [kpi.name for kpi in kpis]
    for name in asked.expected:
        if name not in known:
            raise InputError(
                f"There is no KPI '{name}' in the charter.", hint=f"KPIs: {', '.join(known)}"
            )
    return [_foresee(reader, kpi, value, asked, now=now, seed=seed) for kpi in kpis]


def _foresee(
    reader: Reader, kpi: Kpi, value: Value, asked: Asked, *, now: datetime, seed: int
) -> Foreseen | Unforeseen:
    if kpi.threshold is None:
        return Unforeseen(
            kpi=kpi, why="it has no threshold",
            next_step=f"Agree on one: kpis[{kpi.name}].threshold",
        )  # fmt: skip
    taken = taken_of(value, kpi)
    seen = (
        reader.observe(taken, now=now, presumes_manual=True) if isinstance(taken, Taken) else taken
    )
    if isinstance(seen, Unseen):
        return Unforeseen(kpi=kpi, why=seen.why, next_step=seen.next_step)
    manual = seen.cases.where(~seen.cases.with_system)
    baseline = plain_figure(manual, seen.statistic)
    if baseline is None:
        return Unforeseen(
            kpi=kpi, why="its records hold no manual case that tells of it",
            next_step="Add the cases of the last months as they are done today",
        )  # fmt: skip
    baseline *= seen.scale
    said = asked.expected.get(kpi.name)
    expected = _assumed(kpi, baseline) if said is None else said
    beyond = 0.0 if said is None else kpi.threshold - said
    if (beyond if kpi.direction == "lower" else -beyond) < 0 and said is not None:
        return Unforeseen(
            kpi=kpi,
            why=f"{figure(said, kpi.unit)}, which is expected, does not meet the threshold of "
            f"{figure(kpi.threshold, kpi.unit)}, however long one waits",
            next_step="Expect more of the system, or seal another threshold in the next charter",
        )
    found = _plan(seen, manual, value, asked, expected - baseline, seed=seed)
    if isinstance(found, Refusal):
        return Unforeseen(kpi=kpi, why=_in_unit(found.why, seen), next_step=found.next_step)
    return Foreseen(
        kpi=kpi, baseline=baseline, expected=expected, n_cases=len(manual), plan=found,
        expected_from="assumed" if said is None else "said",
    )  # fmt: skip


def _assumed(kpi: Kpi, baseline: float) -> float:
    """Expect half as much again as the threshold asks for; of a guardrail, that nothing changes."""
    assert kpi.threshold is not None  # noqa: S101  # asked before
    is_met_already = (kpi.threshold >= baseline) == (kpi.direction == "lower")
    if is_met_already:
        return baseline
    return baseline + ASSUMED_FURTHER * (kpi.threshold - baseline)


def _plan(
    seen: Observed, cases: Cases, value: Value, asked: Asked, effect: float, *, seed: int
) -> Plan | Refusal:
    threshold = seen.kpi.threshold
    assert threshold is not None  # noqa: S101  # asked before
    month = asked.per_month or value.cases_per_month
    return plan(
        cases,
        seen.statistic,
        threshold=threshold / seen.scale,
        confidence=seen.kpi.confidence,
        effect=effect / seen.scale,
        assigned_by=value.assigned_by,
        share_with=asked.share_with,
        power=asked.power,
        cases_per_day=(month or cases_per_month(seen.cases)) / MONTH_DAYS,
        seed=seed,
    )


def _in_unit(why: str, seen: Observed) -> str:
    return why if seen.scale == 1 else f"{why} (before 'times', {seen.scale:g})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """How many more days it takes."""

    days: int
    told: str
    cases_per_day: float


def remaining(
    seen: Observed, chosen: Chosen, value: Value, found: Decided | Undecided, *, seed: int
) -> Remaining | Unseen:
    """Tell how many more days it takes until the threshold can be decided."""
    kpi, as_of = seen.kpi, seen.cases.as_of or 0
    flow = cases_per_month(seen.cases) / MONTH_DAYS
    if kpi.threshold is None:
        return Unseen("the KPI has no threshold", f"Agree on one: kpis[{kpi.name}].threshold")
    if isinstance(found, Decided) and state_of(kpi, found.estimate.level) != "open":
        return Remaining(days=0, told=f"{kpi.name} is decided.", cases_per_day=flow)
    if value.decides_on is not None and day_number(value.decides_on) > as_of:
        days = day_number(value.decides_on) - as_of
        told = f"It is decided on {value.decides_on}, in {days} days of records."
        return Remaining(days=days, told=told, cases_per_day=flow)
    if value.decides_on is not None:
        return Unseen(
            f"the one day that was planned for it ({value.decides_on}) is over, and what came "
            "later does not decide",
            "Write what was found on that day into the next charter, with a day of its own",
        )
    running = found.running
    if running is None or chosen.name not in {"randomised", "alternating"}:
        return Unseen(
            "how soon a comparison that was not drawn gets there cannot be foretold"
            if running is not None
            else "there is no figure yet to foretell it from",
            "Let it be drawn who has the system, or wait for more cases",
        )
    return _from_here(seen, chosen, value, running, seed=seed)


def _from_here(
    seen: Observed, chosen: Chosen, value: Value, running: Estimate, *, seed: int
) -> Remaining | Unseen:
    kpi, cases = seen.kpi, chosen.cases
    days = (cases.as_of or 0) - chosen.begins + 1
    asked = Asked(
        expected={}, per_month=len(cases) / days * MONTH_DAYS,
        share_with=float(np.clip(cases.with_system.mean(), 0.05, 0.95)),
    )  # fmt: skip
    foretold = _plan(seen, cases, value, asked, running.effect.value, seed=seed)
    if isinstance(foretold, Refusal):
        level = figure(running.level.value, kpi.unit)
        return Unseen(
            f"as it stands ({level}) it does not reach the threshold, however long one waits",
            "Change what the system does, or accept that the threshold is missed",
        )
    needed = foretold.looking_daily
    if needed.days is None:
        return Unseen("as it stands it would take more than five years", "Let more cases be drawn")
    more = max(1, needed.days - days)
    told = (
        f"If it stays as it is, the threshold is decided in about {more} more days, by "
        f"{day_of((cases.as_of or 0) + more)}, in {foretold.power:.0%} of cases like this."
    )
    return Remaining(days=more, told=told, cases_per_day=len(cases) / days)
