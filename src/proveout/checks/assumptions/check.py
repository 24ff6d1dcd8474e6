"""The assumptions check: whether what the system was built on still holds, by the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from proveout.charter.schema import Assumption, Charter
from proveout.checks.contract import CheckContext, Finding, Need
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.assumption import METRICS
from proveout.evidence.figures import figure
from proveout.evidence.model import WINDOW_INPUT, Evidence, Subject
from proveout.evidence.outcome import NotMeasured


@dataclass(frozen=True, slots=True)
class AssumptionsCheck:
    """Answers one question of the gate, from what the other checks have found."""

    name: str = "assumptions"
    version: str = "1"
    question: str = "Do the assumptions still hold on which it was built?"
    metrics: tuple[Metric, ...] = METRICS
    watches_production: bool = True

    def needs(self, charter: Charter) -> list[Need]:
        """Say what the charter lacks."""
        if charter.assumptions:
            return []
        return [
            Need(
                what="the charter names no assumptions",
                next_step="Say what the system was built on, and what would refute it: assumptions",
            )
        ]

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Hold each assumption against the latest evidence."""
        known = context.known()
        for assumption in context.charter.assumptions:
            yield _judged(context, assumption, known)


def _judged(context: CheckContext, assumption: Assumption, known: Sequence[Evidence]) -> Finding:
    subject = Subject.of(assumption=assumption.name)
    if assumption.metric is None:
        return NotMeasured(
            metric="assumption.holds",
            subject=subject,
            reason="no metric shows whether it holds",
            next_step=f"Name one that would refute it: assumptions, '{assumption.name}', metric",
        )
    found = _evidence_of(assumption, known)
    if not found:
        return NotMeasured(
            metric="assumption.holds",
            subject=subject,
            reason=f"there is no evidence of {assumption.metric}",
            next_step="Let the check that measures it look at production: proveout monitor",
        )
    refuting = [each for each in found if _is_refuted(assumption, each)]
    open_ones = [each for each in found if not _certainly_holds(assumption, each)]
    if open_ones and not refuting:
        return NotMeasured(
            metric="assumption.holds",
            subject=subject,
            reason=f"{_told(assumption, open_ones[0])}: the interval leaves both possible",
            next_step="Wait for more traffic, or look at a longer window: monitoring.window_days",
        )
    shown = refuting or found
    return context.found(
        "assumption.holds",
        float(not refuting),
        n=min(each.n for each in shown),
        scope="production",
        subject=subject,
        basis="simulated" if any(each.basis == "simulated" for each in found) else None,
        details={
            "statement": assumption.statement,
            "told": _told(assumption, shown[0]),
            "evidence": [each.id for each in shown[:10]],
        },
    )


def _evidence_of(assumption: Assumption, known: Sequence[Evidence]) -> list[Evidence]:
    """Return what tells of it; what production shows goes before what was found at the launch.

    In production there is one source, the prediction log, whichever the charter names.
    """
    pattern = Subject.of(**assumption.subject)
    in_use = Subject(
        tuple((name, "*" if name == "source" else value) for name, value in pattern.parts)
    )
    told = [
        each for each in known if each.metric == assumption.metric and each.scope == "production"
    ]
    return [
        each for each in told if WINDOW_INPUT in each.inputs and each.subject.matches(in_use)
    ] or [
        each for each in told if WINDOW_INPUT not in each.inputs and each.subject.matches(pattern)
    ]


def _ends(found: Evidence) -> tuple[float, float]:
    if found.interval is None:
        return found.value, found.value
    return found.interval.low, found.interval.high


def _is_refuted(assumption: Assumption, found: Evidence) -> bool:
    low, high = _ends(found)
    return (assumption.holds_from is not None and high < assumption.holds_from) or (
        assumption.holds_to is not None and low > assumption.holds_to
    )


def _certainly_holds(assumption: Assumption, found: Evidence) -> bool:
    low, high = _ends(found)
    return (assumption.holds_from is None or low >= assumption.holds_from) and (
        assumption.holds_to is None or high <= assumption.holds_to
    )


def _told(assumption: Assumption, found: Evidence) -> str:
    """Return 'quality.accuracy is 0.81; it holds from 0.85 to 1'."""
    about = f" ({found.subject})" if found.subject.parts else ""
    bounds = [
        f"{word} {figure(bound, found.unit)}"
        for word, bound in (("from", assumption.holds_from), ("to", assumption.holds_to))
        if bound is not None
    ]
    return (
        f"{found.metric}{about} is {figure(found.value, found.unit)}; the assumption holds "
        f"{' '.join(bounds)}"
    )


CHECK = AssumptionsCheck()
