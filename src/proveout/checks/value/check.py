"""The value check: what the business has of it, by the records of the process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proveout.charter.schema import Charter
from proveout.checks.contract import CheckContext, Finding, Need
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.value import METRICS
from proveout.evidence.outcome import NotMeasured


@dataclass(frozen=True, slots=True)
class ValueCheck:
    """Answers one question of the gate."""

    name: str = "value"
    version: str = "1"
    question: str = "What does the business have of it, and is it the system that brought it?"
    metrics: tuple[Metric, ...] = METRICS
    watches_production: bool = True

    def looks_before_launch(self, charter: Charter) -> bool:
        """Records of the process can be looked at by an assessment, those of a pilot too."""
        return charter.value is not None

    def needs(self, charter: Charter) -> list[Need]:
        """Nothing to begin with: what a figure lacks is said in its place."""
        del charter
        return []

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Yield findings KPI by KPI, and what they come to in money."""
        value = context.charter.value
        if value is None:
            yield from (
                NotMeasured(
                    metric=metric.name,
                    reason="the charter does not name the records of the process",
                    next_step="Name them in value.records, and in kpis[].measured how each KPI "
                    "is taken from them",
                )
                for metric in METRICS
            )
            return
        from proveout.checks.value.measuring import measure_all

        yield from measure_all(context, value)


CHECK = ValueCheck()
