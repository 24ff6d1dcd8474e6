"""The adoption check, on a window of the prediction log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proveout.charter.schema import Charter
from proveout.checks.contract import CheckContext, Finding, Need
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.adoption import METRICS


@dataclass(frozen=True, slots=True)
class AdoptionCheck:
    """Answers one question of the gate."""

    name: str = "adoption"
    version: str = "1"
    question: str = "Do the people it was made for use it, and do they follow it?"
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


CHECK = AdoptionCheck()
