"""Escalates exceptions that nobody resolved in time, and counts who has how many."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta

from proveout.charter.schema.gateway import Gateway
from proveout.desk import keeping
from proveout.errors import InputError, ProveoutError
from proveout.notices import Channels, Notices, open_notices
from proveout.portfolio import PilotBook
from proveout.runtime.exceptions.escalating import Escalating
from proveout.runtime.exceptions.queue import ExceptionQueue
from proveout.runtime.places import store_of
from proveout.web.asked import Parts
from proveout.web.keeping.keeper import Turn, of_each, told
from proveout.web.keeping.rhythm import Rhythm
from proveout.web.runtime_queue import open_queue

EVERY = timedelta(minutes=5)
MOST_COUNTED = 5_000


class EscalatingExceptions:
    """The job."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._rhythm = parts, Rhythm(EVERY)

    def run(self, turn: Turn) -> str | None:
        """Do it. Raises PartlyFailedError with the pilots where it failed."""
        if not self._rhythm.is_time(turn.now):
            return None
        failures, escalated = dict[str, str](), 0
        self._uncounted: list[str] = []
        books = self._parts.library.pilots()
        self._forget(books)
        for book in books:
            if turn.is_over.is_set() or not turn.go_on():
                break
            if not has_runtime(book):
                continue
            try:
                escalated += self._escalate(book, turn)
            except Exception as error:  # noqa: BLE001  # one pilot must not silence the others
                failures[book.pilot] = told(error)
        of_each(failures)
        said = f"{escalated:,} {'exception' if escalated == 1 else 'exceptions'} escalated."
        if self._uncounted:
            named = ", ".join(self._uncounted[:5])
            said += f" More than {MOST_COUNTED:,} wait, and only so many are in tasks: {named}."
        return said

    def close(self) -> None:
        """Nothing was begun."""

    def _escalate(self, book: PilotBook, turn: Turn) -> int:
        store_of(book.charter, book.loaded.folder, os.environ)  # a variable that is not set is told
        retention = (book.charter.gateway or Gateway()).log.retention_days
        with ExitStack() as stack:
            try:
                queue = stack.enter_context(open_queue(book))
            except InputError:
                # Its gateway has not begun yet, or its store was taken away: nothing waits there.
                keeping.note_exceptions(self._parts.desk, book.pilot, {})
                return 0
            unheard: ProveoutError | None = None
            try:
                notices = open_notices(book.charter)
            except ProveoutError as error:
                # A channel that is set up wrongly must not keep late exceptions where they are.
                notices, unheard = Notices(Channels(())), error
            stack.enter_context(notices)
            escalate = Escalating(
                queue, notices, retention_days=retention, clock=turn.now.timestamp
            )
            escalated = escalate()
            self._count(queue, book.pilot, turn)
        if unheard is not None:
            raise unheard
        return len(escalated.entries)

    def _forget(self, books: Sequence[PilotBook]) -> None:
        """End the tasks of pilots that agree on no gateway any more."""
        ended = {each.pilot for each in books if each.trouble is None and not has_runtime(each)}
        for pilot in sorted(ended & keeping.pilots_with_exceptions(self._parts.desk)):
            keeping.note_exceptions(self._parts.desk, pilot, {})

    def _count(self, queue: ExceptionQueue, pilot: str, turn: Turn) -> None:
        """Note who has how many, for everybody's tasks."""
        waiting: dict[str, tuple[int, float]] = {}
        found = queue.entries("open", now=turn.now.timestamp(), limit=MOST_COUNTED + 1)
        if len(found) > MOST_COUNTED:
            self._uncounted.append(pilot)
        for entry in found[:MOST_COUNTED]:
            n, due = waiting.get(entry.acts, (0, entry.due_at))
            waiting[entry.acts] = n + 1, min(due, entry.due_at)
        keeping.note_exceptions(self._parts.desk, pilot, waiting)


def has_runtime(book: PilotBook) -> bool:
    """Tell whether a gateway is agreed, and the charter's file tells where its things are."""
    return book.charter.gateway is not None and book.file is not None and book.trouble is None
