"""The drill check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proveout.charter.schema import Charter
from proveout.checks import CheckContext, Finding, Need
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.drill import METRICS
from proveout.evidence.outcome import NotMeasured


@dataclass(frozen=True, slots=True)
class DrillCheck:
    """Answers one question of the gate."""

    name: str = "drill"
    version: str = "1"
    question: str = "Do the company's own people keep it up when it fails, without the vendor?"
    metrics: tuple[Metric, ...] = METRICS

    def needs(self, charter: Charter) -> list[Need]:
        """Say what the charter lacks."""
        if charter.rollback is None:
            return [
                Need(
                    what="the charter does not say what is done when it fails",
                    next_step="Say what is done: rollback",
                )
            ]
        return []

    def waits_to_be_asked(self, charter: Charter) -> bool:
        """Tell that people take part in it."""
        return charter is not None

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Yield findings."""
        del context
        yield NotMeasured(metric=METRICS[0].name, reason="being built", next_step="")


CHECK = DrillCheck()
