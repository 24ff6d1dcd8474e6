"""What users meet as their number grows."""

from __future__ import annotations

from proveout.report.model import Report


def view(report: Report) -> object | None:
    """Return what the template shows; None where nothing is known of it."""
    del report
    return None
