"""What breaks first: data, load, cost, people, in order."""

from __future__ import annotations

from proveout.report.breaks import WhatBreaks, what_breaks
from proveout.report.model import Report


def view(report: Report) -> WhatBreaks | None:
    """Return what the template shows; None at gates that ask for none of it."""
    if report.verdict.stage != "production":
        return None
    return what_breaks(report)
