"""How a pilot stands for both teams, from a report."""

from __future__ import annotations

from proveout.gate.standing import PilotStanding, standing_of
from proveout.report.model import Report
from proveout.report.value.told import Told


def both_teams(report: Report) -> PilotStanding | None:
    """Return how it stands; None where nobody has asked what the business has of it."""
    if not Told.of(report).has_value:
        return None
    return standing_of(
        report.loaded,
        report.evidence,
        report.verdict.outcomes,
        report.catalogue,
        report.verdict.decided_at,
    )
