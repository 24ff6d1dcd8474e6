"""The governance check: what the charter declares, signs and counts, as attested evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proveout.charter.schema import Charter
from proveout.checks.contract import CheckContext, Finding, Need
from proveout.checks.governance.counts import COUNTS, NotCounted
from proveout.checks.governance.parts import MISSING
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.governance import METRICS
from proveout.evidence.model import Subject
from proveout.evidence.outcome import NotMeasured

_YIELDED = ("governance.declared", *COUNTS)


@dataclass(frozen=True, slots=True)
class Governance:
    """Reads the charter; measures nothing, and says whose word it is."""

    name: str = "governance"
    version: str = "1"
    question: str = "Is it agreed who owns, watches, decides and was prepared?"

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What it yields."""
        return tuple(metric for metric in METRICS if metric.name in _YIELDED)

    def needs(self, charter: Charter) -> list[Need]:
        """Need nothing: what is not in the charter is what this check finds."""
        del charter
        return []

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Yield one fact per part and per count."""
        person = _author(context)
        sealed_on = None if context.sealed_at is None else context.sealed_at.date()
        for part, missing_in in MISSING.items():
            missing = missing_in(context.charter)
            yield context.found(
                "governance.declared",
                float(not missing),
                n=1,
                scope="production",
                subject=Subject.of(part=part),
                basis="attested",
                person=person,
                details={"missing": missing} if missing else {},
            )
        for metric, count in COUNTS.items():
            counted = count(context.charter, context.now.date(), sealed_on)
            if isinstance(counted, NotCounted):
                yield NotMeasured(metric=metric, reason=counted.reason, next_step=counted.next_step)
                continue
            yield context.found(
                metric,
                counted.value,
                n=counted.n,
                scope="production",
                basis="attested",
                person=person,
                details=counted.details,
                valid_until=counted.valid_until,
            )


def _author(context: CheckContext) -> str:
    """Return whose word the charter is: who sealed it, who runs the project, or its file."""
    if context.sealed_by is not None:
        return context.sealed_by
    owner = context.charter.people.project_owner
    return owner.name if owner is not None else f"the author of {context.loaded.path.name}"


CHECK = Governance()
