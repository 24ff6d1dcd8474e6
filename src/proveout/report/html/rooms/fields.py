"""Answers in words and fields of documents: how often each is right."""

from __future__ import annotations

from proveout.report.model import Report


def view(report: Report) -> object | None:
    """Return what the template shows; None where nothing is known of it."""
    del report
    return None
