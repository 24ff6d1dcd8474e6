"""The load check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proveout.charter.schema import Charter
from proveout.checks import CheckContext, Finding, Need
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.load import METRICS
from proveout.evidence.outcome import NotMeasured


@dataclass(frozen=True, slots=True)
class LoadCheck:
    """Answers one question of the gate."""

    name: str = "load"
    version: str = "1"
    question: str = "What do users meet from the pilot's number to the whole company's?"
    metrics: tuple[Metric, ...] = METRICS

    def needs(self, charter: Charter) -> list[Need]:
        """Say what the charter lacks."""
        if charter.load is None:
            return [
                Need(
                    what="the charter does not say how many users there will be",
                    next_step="Say how many: load.users",
                )
            ]
        return []

    def waits_to_be_asked(self, charter: Charter) -> bool:
        """Tell whether somebody else's service would bear it; that is never done unasked."""
        return charter.system is not None and charter.system.web is not None

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Yield findings."""
        del context
        yield NotMeasured(metric=METRICS[0].name, reason="being built", next_step="")


CHECK = LoadCheck()
