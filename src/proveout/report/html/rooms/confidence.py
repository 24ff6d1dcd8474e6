"""What the confidence is worth, and from where on an answer may go out alone."""

from __future__ import annotations

from proveout.report.model import Report


def view(report: Report) -> object | None:
    """Return what the template shows; None where nothing is known of it."""
    del report
    return None
