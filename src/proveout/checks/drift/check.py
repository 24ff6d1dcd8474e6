"""The drift check, on a window of the prediction log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proveout.charter.schema import Charter
from proveout.checks.contract import CheckContext, Finding, Need
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.drift import METRICS


@dataclass(frozen=True, slots=True)
class DriftCheck:
    """Answers one question of the gate."""

    name: str = "drift"
    version: str = "1"
    question: str = "Has the data, the answers or their form changed since the pilot?"
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


CHECK = DriftCheck()
