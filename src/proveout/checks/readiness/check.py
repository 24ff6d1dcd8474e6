"""The readiness check: is the data of production complete, consistent and fresh enough?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proveout.charter.schema import Charter
from proveout.checks.contract import CheckContext, Finding, Need, Progress
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.readiness import METRICS
from proveout.evidence.model import Evidence


@dataclass(frozen=True, slots=True)
class ReadinessCheck:
    """Audits every source of production, and the pilot sample beside it."""

    name: str = "readiness"
    version: str = "1"
    question: str = "Is the production data complete, consistent and fresh enough to stand on?"
    metrics: tuple[Metric, ...] = METRICS

    def needs(self, charter: Charter) -> list[Need]:
        """Say what is missing in the charter for this check to run."""
        if any(source.role == "records" for source in charter.data.production):
            return []
        return [
            Need(
                what="data.production names no source of records",
                next_step="Name the data as production really holds it: data.production",
            )
        ]

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Audit, and tell what became of the findings of the audit before."""
        from proveout.checks.readiness.remediation.following import followed

        found: list[Evidence] = []
        for finding in self._audit(context):
            if isinstance(finding, Evidence):
                found.append(finding)
            yield finding
        yield from followed(context, found)

    def _audit(self, context: CheckContext) -> Iterator[Finding]:
        """Audit source by source, then compare sites, then pilot with production."""
        from proveout.checks.readiness.audit import audit_source
        from proveout.checks.readiness.comparison import compare
        from proveout.checks.readiness.telling import findings
        from proveout.checks.readiness.unread import left_unread

        production, pilot = context.data.production(), context.data.pilot()
        references = {each.name: each.table for each in context.data.references()}
        total = len(production) + (pilot is not None)
        audits = []
        for done, opened in enumerate(production):
            yield Progress(done=done, total=total, what=f"auditing {opened.name}")
            audit = audit_source(
                opened, charter=context.charter, now=context.now, seed=context.seed,
                references=references,
            )  # fmt: skip
            yield from findings(context, audit, "production")
            if len(opened.parts) > 1 or opened.source.deliveries is not None:
                from proveout.checks.readiness.series import series_findings

                yield from series_findings(context, opened, "production")
            yield from left_unread(context, opened, "production")
            audits.append(audit)
        yield from compare(context, audits, "production")
        if "cells" in context.charter.data.look_closer:
            from proveout.checks.readiness.cells import cell_findings

            yield from cell_findings(context, production)
        if "near-duplicates" in context.charter.data.look_closer:
            from proveout.checks.readiness.duplicates import duplicate_findings

            yield from duplicate_findings(context, production)
        if pilot is None:
            return
        from proveout.checks.readiness.gap import findings as sandbox_gap

        yield Progress(done=len(production), total=total, what=f"auditing {pilot.name}")
        audit = audit_source(
            pilot, charter=context.charter, now=context.now, seed=context.seed,
            references=references,
        )  # fmt: skip
        yield from findings(context, audit, "pilot")
        yield from left_unread(context, pilot, "pilot")
        yield from sandbox_gap(context)
