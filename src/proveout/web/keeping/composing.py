"""Writes down what people are to be told now; sending is another job."""

from __future__ import annotations

from proveout.desk import outbox
from proveout.notices.preferences import Preferences
from proveout.portfolio.tasks import KnownTasks, tasks_in
from proveout.portfolio.telling import Recipient, what_to_send
from proveout.web.asked import Parts
from proveout.web.keeping.keeper import Turn
from proveout.web.pages.task_counts import counted_in


class Composing:
    """The job."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._known = parts, KnownTasks()

    def run(self, turn: Turn) -> str | None:
        """Do it; killed at any moment, the next run writes down what is missing."""
        desk = self._parts.desk
        recipients = [
            Recipient(
                account=each.account,
                person=each.person,
                preferences=Preferences.from_dict(each.settings),
            )
            for each in outbox.all_chosen(desk)
            if each.person is not None
        ]
        recipients = [each for each in recipients if each.preferences.is_on]
        if not recipients:
            return "Nobody has chosen to be told."
        books = [book for book in self._parts.library.pilots() if book.trouble is None]
        tasks = list(tasks_in(books, turn.now, counted_in(desk, books), self._known))
        found = what_to_send(tasks, recipients, (), turn.now)
        told = outbox.known(desk, [each.key for each in found])
        rows = [
            outbox.Row(
                key=each.key, account=each.account, kind=each.kind, pilot=each.pilot,
                says=each.item.as_dict(),
            )
            for each in found
            if each.key not in told
        ]  # fmt: skip
        new = outbox.put(desk, rows, turn.now.timestamp())
        return f"{new:,} new for {len(recipients):,} people who want to be told."

    def close(self) -> None:
        """Nothing was begun."""
