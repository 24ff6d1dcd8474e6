"""What was not measured, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from proveout.report.model import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that is not known."""

    what: str
    reason: str
    next_step: str


def not_measured(report: Report) -> tuple[Gap, ...]:
    """List checks that could not run, figures not to be had, and criteria without evidence."""
    gaps = []
    for outcome in report.verdict.outcomes:
        if outcome.status != "done":
            gaps.append(
                Gap(
                    what=f"The check {outcome.check} {_happened(outcome.status)}",
                    reason=outcome.reason,
                    next_step=outcome.next_step,
                )
            )
        gaps += [
            Gap(
                what=f"{item.metric}{f' ({item.subject})' if item.subject.parts else ''}",
                reason=item.reason,
                next_step=item.next_step,
            )
            for item in outcome.not_measured
        ]
    gaps += [
        Gap(
            what=ruling.criterion.title,
            reason=ruling.deciding.reason,
            next_step=ruling.criterion.fix,
        )
        for ruling in report.verdict.rulings
        if ruling.state in ("missing", "stale")
    ]
    return tuple(gaps)


def _happened(status: str) -> str:
    return {"skipped": "was skipped", "failed": "failed", "interrupted": "was interrupted"}.get(
        status, status
    )
