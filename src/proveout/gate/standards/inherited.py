"""Lines of the gate `design` that a pilot inherits from those before it that failed (R1002)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from proveout.diagnosis.conditions import MET, Condition, conditions_of
from proveout.diagnosis.failures import named
from proveout.diagnosis.sameness import PARTS
from proveout.evidence.model import Subject
from proveout.gate.model import Criterion

CAUSE_KNOWN = "diagnosis.cause_known"
"""Metric of the line that asks why an earlier pilot failed; the gate answers it itself."""

DESIGN_CHANGED = "diagnosis.design_changed"
"""Likewise whether the design is another one in what failed."""


def inherited(
    failures: Mapping[str, Sequence[str]], comparable: frozenset[str] = frozenset()
) -> Iterator[Criterion]:
    """Yield the lines that earlier pilots leave: `failures` tells who failed by what.

    `comparable` holds the failures for which an earlier charter is there to compare with.
    """
    for failure, pilots in failures.items():
        if failure in comparable and failure in PARTS:
            yield _changed(failure, pilots)
        for condition in conditions_of([failure]):
            yield _line(condition, pilots)


def inherited_ids() -> frozenset[str]:
    """Return the ids of all lines that any earlier pilot could leave."""
    everything = dict.fromkeys(PARTS, ("it",))
    lines = (cause_known(["it"]), *inherited(everything, frozenset(PARTS)))
    return frozenset(line.id for line in lines)


def cause_known(pilots: Sequence[str]) -> Criterion:
    """Ask why each earlier pilot failed: unknown, it cannot be known to be gone."""
    return Criterion(
        id="design.cause-known",
        stage="design",
        title=f"It is known why {_and(pilots)} failed or stalled",
        metric=CAUSE_KNOWN,
        comparison=">=",
        threshold=1,
        bases=("attested",),
        family="organisational",
        fix="Diagnose it: proveout diagnose --pilot PILOT --record --by NAME, or name its "
        "failures under predecessors.",
        role="executive sponsor",
        sources=("R1001", "R1002"),
    )


def _changed(failure: str, pilots: Sequence[str]) -> Criterion:
    return Criterion(
        id=f"design.changed-{failure}",
        stage="design",
        title=f"Something is different from {_and(pilots)} in what failed there: {_lower(failure)}",
        metric=DESIGN_CHANGED,
        subject=Subject.of(failure=failure),
        comparison=">=",
        threshold=1,
        bases=("attested",),
        family="organisational",
        fix=f"Change what failed: one of {', '.join(PARTS[failure])} in the charter.",
        role="project owner",
        sources=("R1002", "the same design gives the same result"),
    )


def _line(condition: Condition, pilots: Sequence[str]) -> Criterion:
    text = condition.text[0].lower() + condition.text[1:]
    return Criterion(
        id=f"design.after-{condition.id}",
        stage="design",
        title=f"After {_and(pilots)} ({_lower(condition.failure)}): {text}",
        metric=condition.metric,
        subject=condition.attested_as if condition.metric == MET else condition.subject,
        comparison=condition.comparison,
        threshold=condition.threshold,
        scope=condition.scope,
        bases=("measured",) if condition.is_measured else ("measured", "attested"),
        family="technical" if condition.metric.startswith("readiness.") else "organisational",
        fix=condition.fix,
        role=condition.role,
        sources=("R1002", f"{_and(pilots)}: {_lower(condition.failure)}"),
        instead=_shown(condition) if condition.takes_word and condition.metric != MET else None,
    )


def _shown(condition: Condition) -> Criterion:
    """Return the line that passes a condition on the word of a named person, or on the charter."""
    return Criterion(
        id=f"design.after-{condition.id}",
        stage="design",
        title=condition.text,
        metric=MET,
        subject=condition.attested_as,
        comparison=">=",
        threshold=1,
        bases=("attested",),
        family="organisational",
        fix=condition.fix,
        role=condition.role,
    )


def _lower(failure: str) -> str:
    name = named(failure).name
    return name[0].lower() + name[1:]


def _and(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
