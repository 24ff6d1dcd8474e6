"""What the watch will find once the system is in use: told from what the drift check measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from proveout.charter.schema import Charter
from proveout.charter.schema.monitoring import Monitoring
from proveout.evidence.model import Evidence
from proveout.evidence.outcome import NotMeasured
from proveout.statistics.drift.changes import KINDS
from proveout.statistics.sequential import PilotRate
from proveout.statistics.sequential.budget import PARTS
from proveout.statistics.sequential.power import Power, power

CASES_A_DAY = 100
"""Where the charter does not say how many are asked in a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One kind of change: from which share of rows on it is found, by column."""

    meaning: str
    smallest: dict[str, float] = field(default_factory=dict)
    """Column → share of rows."""
    not_found: tuple[str, ...] = ()
    window_rows: int = 0


def of_changes(evidence: Iterable[Evidence], not_measured: Iterable[NotMeasured]) -> list[Found]:
    """Gather what was found of each kind of change, in the order in which kinds were tried."""
    smallest: dict[str, dict[str, float]] = defaultdict(dict)
    missed: dict[str, list[str]] = defaultdict(list)
    rows = 0
    for each in evidence:
        if each.metric == "drift.detectable":
            smallest[each.subject.get("kind") or ""][_column(each)] = each.value
            rows = int(each.details.get("window_rows", rows))
    for missing in not_measured:
        if missing.metric == "drift.detectable":
            missed[missing.subject.get("kind") or ""].append(_column(missing))
    return [
        Found(
            meaning=kind.meaning,
            smallest=smallest[name],
            not_found=tuple(missed[name]),
            window_rows=rows,
        )
        for name, kind in KINDS.items()
        if name in smallest or name in missed
    ]


def _column(of: Evidence | NotMeasured) -> str:
    return of.subject.get("column") or "whole rows"


def of_errors(
    charter: Charter, known: Sequence[Evidence], *, cases_a_day: int | None, seed: int
) -> tuple[Power, ...] | None:
    """Play lives of the error-rate watch at the pilot's rate; None where that is not known."""
    pilot = pilot_rate(known)
    if pilot is None:
        return None
    monitoring = charter.monitoring or Monitoring()
    return power(
        pilot,
        cases_a_day=cases_a_day or asked_a_day(charter),
        share=monitoring.false_alarms.probability * PARTS["outcomes"] / sum(PARTS.values()),
        life_days=monitoring.false_alarms.life_days,
        harm=monitoring.harm,
        seed=seed,
    )


def pilot_rate(known: Iterable[Evidence]) -> PilotRate | None:
    """Return how often the pilot was wrong, best as of production; None where nothing says it."""
    accuracy = [
        each
        for each in known
        if each.metric == "quality.accuracy" and not each.subject.parts and each.n
    ]
    accuracy.sort(key=lambda each: each.scope != "production")
    if not accuracy:
        return None
    found = accuracy[0]
    return PilotRate(wrong=round((1 - found.value) * found.n), n=found.n)


def asked_a_day(charter: Charter) -> int:
    """Return how many requests a day the charter expects of the pilot's users."""
    load = charter.load
    if load is None:
        return CASES_A_DAY
    return max(1, round(load.pilot_users * load.requests_per_user_per_day))
