"""The cost check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proveout.charter.schema import Charter
from proveout.checks import CheckContext, Finding, Need
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.cost import METRICS
from proveout.evidence.outcome import NotMeasured


@dataclass(frozen=True, slots=True)
class CostCheck:
    """Answers one question of the gate."""

    name: str = "cost"
    version: str = "1"
    question: str = "What does a month at full size cost, and does the budget hold it?"
    metrics: tuple[Metric, ...] = METRICS

    def needs(self, charter: Charter) -> list[Need]:
        """Say what the charter lacks."""
        if charter.budget is None:
            return [
                Need(
                    what="the charter does not say what it may cost",
                    next_step="Say what it may cost: budget",
                )
            ]
        return []

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Yield findings."""
        del context
        yield NotMeasured(metric=METRICS[0].name, reason="being built", next_step="")


CHECK = CostCheck()
