"""The check as the registry sees it; what it takes to run is imported when it runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proveout.charter.schema import Charter
from proveout.checks.contract import CheckContext, Finding, Need
from proveout.checks.truths import truths_missing
from proveout.evidence.catalogue import Metric, confidence, quality


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityCheck:
    """Runs the system on rows whose true answer is known, and scores what it answers."""

    name: str = "quality"
    version: str = "1"
    question: str = "How good are the answers, on the curated sample and in production?"
    metrics: tuple[Metric, ...] = (*quality.METRICS, *confidence.AS_THEY_ARE)

    def needs(self, charter: Charter) -> list[Need]:
        """Name what the charter must say first: a system, true answers, and data."""
        data, missing = charter.data, []
        if charter.system is None:
            missing.append(
                Need(
                    what="system is not in the charter",
                    next_step="Say how the system is reached, for example "
                    "'system: model.py:predict'",
                )
            )
        missing += truths_missing(charter)
        if data.pilot is None and not any(each.role == "records" for each in data.production):
            missing.append(
                Need(
                    what="neither data.production nor data.pilot is in the charter",
                    next_step="Name where the records are: data.production",
                )
            )
        return missing

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Yield scores, drops and slices; see `proveout.checks.quality.run`."""
        from proveout.checks.quality.run import run

        yield from run(context)


CHECK = QualityCheck()
