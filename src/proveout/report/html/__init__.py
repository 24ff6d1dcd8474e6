"""The report as one self-contained HTML file."""

from __future__ import annotations

from proveout.report.model import Report


def render_html(report: Report) -> str:
    """Return the page."""
    raise NotImplementedError(report)
