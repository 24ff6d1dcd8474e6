"""The exceptions check, on a window of the prediction log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proveout.charter.schema import Charter
from proveout.checks.contract import CheckContext, Finding, Need
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.exceptions import METRICS


@dataclass(frozen=True, slots=True)
class ExceptionsCheck:
    """Answers one question of the gate."""

    name: str = "exceptions"
    version: str = "1"
    question: str = "Are doubtful and wrong answers looked at in time?"
    metrics: tuple[Metric, ...] = METRICS
    watches_production: bool = True

    def needs(self, charter: Charter) -> list[Need]:
        """Say what the charter lacks."""
        del charter
        return []

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Yield findings on the window."""
        del context
        yield from ()


CHECK = ExceptionsCheck()
