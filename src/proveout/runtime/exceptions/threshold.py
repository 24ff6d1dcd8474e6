"""From which confidence on an answer needs no person, and who says so. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from proveout.charter.schema import Charter
from proveout.evidence.figures import day
from proveout.evidence.model import WHOLE, Evidence

_THRESHOLD, _COVERAGE = "confidence.threshold", "confidence.coverage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """An answer less sure than this is an exception."""

    value: float
    source: str
    """Where it comes from, in words."""


def find_threshold(charter: Charter, evidence: Iterable[Evidence] = ()) -> Threshold | None:
    """Return the charter's own threshold, else the one recommended, else system.confident_at.

    `evidence` is what the ledger knows of the pilot, in any order; the newest counts. Returns None
    where there is no system that could be sure of anything.
    """
    gateway, system = charter.gateway, charter.system
    if gateway is not None and gateway.confident_from is not None:
        return Threshold(value=gateway.confident_from, source="gateway.confident_from")
    newest = _newest(evidence, charter.pilot)
    recommended, coverage = newest.get(_THRESHOLD), newest.get(_COVERAGE)
    if recommended is not None and (coverage is None or recommended.run == coverage.run):
        by = f"the {recommended.check.name} check of {day(recommended.observed_at)}"
        return Threshold(value=recommended.value, source=f"recommended by {by}")
    if system is None:
        return None
    if coverage is not None:
        by = f"the {coverage.check.name} check of {day(coverage.observed_at)}"
        source = f"system.confident_at, since {by} found none that keeps system.let_through"
    else:
        source = "system.confident_at, since no check has recommended one"
    return Threshold(value=system.confident_at, source=source)


def _newest(evidence: Iterable[Evidence], pilot: str) -> dict[str, Evidence]:
    newest: dict[str, Evidence] = {}
    for fact in evidence:
        if fact.metric not in (_THRESHOLD, _COVERAGE) or fact.subject != WHOLE:
            continue
        before = newest.get(fact.metric)
        if fact.pilot == pilot and (before is None or fact.observed_at >= before.observed_at):
            newest[fact.metric] = fact
    return newest
