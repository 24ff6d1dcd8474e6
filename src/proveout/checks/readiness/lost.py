"""What of a source was not read: whole records, and parts of documents that were."""

from __future__ import annotations

from itertools import islice

from proveout.intake.table import OpenTable, Reject

UNREAD_PAGES = (
    "scanned-page", "unreadable-page", "unreadable-text", "attachment", "document-cut",
)  # fmt: skip
"""Reasons for which a page or part of a document is a reject, with all that stands on it."""


def lost_rows(opened: OpenTable) -> dict[str, int]:
    """Count the rejects by reason; of a source of documents those that were not read at all.

    A document of which a part was not read is a record like others, and its part is told apart.
    """
    reasons = opened.rejects.by_reason()
    if not opened.source.documents:
        return dict(reasons)
    return {reason: n for reason, n in reasons.items() if reason not in UNREAD_PAGES}


def lost_examples(opened: OpenTable, most: int = 3) -> list[Reject]:
    """Return the first few of these."""
    if not opened.source.documents:
        return opened.rejects.examples(most)
    each = (
        reject
        for reason in lost_rows(opened)
        for reject in opened.rejects.examples(most, reason=reason)
    )
    return list(islice(each, most))
