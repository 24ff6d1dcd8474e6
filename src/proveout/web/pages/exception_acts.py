"""Resolving an exception from a page, alone or with others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from proveout.errors import InputError
from proveout.web.asked import Asked

if TYPE_CHECKING:
    from proveout.runtime.exceptions.case import Case
    from proveout.runtime.exceptions.entry import Entry, Resolution
    from proveout.runtime.exceptions.queue import ExceptionQueue

_WHY = {
    "confirmed-right": "Looked at: the answer is right.",
    "corrected": "Looked at: the true answer is given.",
}


def resolved(
    asked: Asked,
    queue: ExceptionQueue,
    entry: Entry,
    outcome: Resolution,
    *,
    why: str | None,
    places: Mapping[str, str],
    is_bulk: bool = False,
) -> Entry:
    """Resolve one; the same by the same person again changes nothing. Raises InputError.

    `places` is what was typed where ('0', '0.total'): what differs from the answer is the
    correction.
    """
    from proveout.runtime.exceptions.case import case_of

    if not entry.is_open:
        if entry.resolved_by == asked.who and entry.outcome == outcome:
            return entry
        raise InputError(
            f"{entry.resolved_by} has resolved it already.",
            hint="Open it to see what came of it; there it can be opened again.",
        )
    reason = (why or "").strip() or _WHY.get(outcome, "")
    if not reason:
        raise InputError("A reason is part of this outcome.", hint="Say why, in a sentence.")
    case = case_of(entry, asked.book.charter)
    correction = (
        _correction(asked, case, places, is_bulk=is_bulk) if outcome == "corrected" else None
    )
    return queue.resolve(
        entry.id,
        outcome,
        who=asked.who,
        why=reason,
        now=asked.now.timestamp(),
        correction=correction,
        right_answers=case.answers if outcome == "confirmed-right" else None,
    )


def _correction(
    asked: Asked, case: Case, places: Mapping[str, str], *, is_bulk: bool
) -> dict[int, str]:
    from proveout.runtime.exceptions.case import corrections
    from proveout.runtime.exceptions.correcting import made_whole

    if is_bulk:
        # One true answer for many: text as it is, of documents the fields that were wrong.
        found = {int(row): text.strip() for row, text in places.items() if text.strip()}
    else:
        try:
            found = corrections(case, places)
        except ValueError as error:
            raise InputError(
                f"There is nothing to correct at '{str(error)[:40]}'.",
                hint=f"It is one of: {', '.join(each.place for each in case.inputs[:20])}",
            ) from None
    if not found:
        raise InputError(
            "What was typed is what the system answered.",
            hint="Correct what is wrong, or say that the answer is right.",
        )
    return made_whole(asked.book.charter, found, case.answers)
