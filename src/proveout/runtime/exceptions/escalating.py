"""What nobody has resolved in time goes to whom the charter names, and they are called."""

from __future__ import annotations

import time
from collections.abc import Callable

from proveout.notices import Notice, Notices
from proveout.runtime.exceptions.queue import Escalated, ExceptionQueue

_DAY_S = 86_400.0


class Escalating:
    """Escalates what is due; every host may do so, and each entry is escalated once.

    With `retention_days`, what requests and answers held is deleted of entries that were resolved
    so long ago, as it is from the log.
    """

    def __init__(
        self,
        queue: ExceptionQueue,
        notices: Notices | None = None,
        *,
        retention_days: int | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._queue, self._notices = queue, notices
        self._clock = time.time if clock is None else clock
        self._retention_days = retention_days

    def __call__(self) -> Escalated:
        """Do it now. Raises StoreError, UnreachableError."""
        now = self._clock()
        escalated = self._queue.escalate_due(now)
        if self._retention_days is not None:
            self._queue.forget(before=now - self._retention_days * _DAY_S)
        if self._notices is not None:
            for notice in notices_of(escalated, self._queue):
                self._notices.tell(notice)
        return escalated


def notices_of(escalated: Escalated, queue: ExceptionQueue) -> list[Notice]:
    """Say what people are to be told."""
    handling, n = queue.handling, len(escalated.entries)
    if n:
        first = escalated.entries[0]
        exceptions = "1 exception was" if n == 1 else f"{n:,} exceptions were"
        return [
            Notice(
                pilot=queue.pilot,
                what=f"{exceptions} not resolved in time by {handling.goes_to}; the oldest is "
                f"{first.id} ({', '.join(first.reasons)}).",
                severity="warning",
                acts=handling.escalates_to,
                next_step=handling.steps[0]
                if handling.steps
                else "proveout exceptions list --overdue",
                about="exceptions:escalated",
            )
        ]
    if escalated.nobody:
        late = "1 exception is" if escalated.nobody == 1 else f"{escalated.nobody:,} exceptions are"
        return [
            Notice(
                pilot=queue.pilot,
                what=f"{late} overdue, and the charter names nobody to escalate to.",
                severity="warning",
                acts=handling.goes_to if handling.is_agreed else None,
                next_step="Name somebody: governance.exceptions.escalates_to",
                about="exceptions:nobody",
            )
        ]
    return []
