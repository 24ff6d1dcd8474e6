"""Writes down what people are to be told now; sending is another job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from proveout.charter.sealing.signing import folded
from proveout.desk import outbox
from proveout.notices.preferences import Preferences
from proveout.portfolio.tasks import KnownTasks, Task, tasks_in
from proveout.portfolio.telling import Recipient, what_to_send
from proveout.web.asked import Parts
from proveout.web.keeping.keeper import Turn, of_each, told
from proveout.web.pages.task_counts import counted_in


class Composing:
    """The job."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._known = parts, KnownTasks()

    def run(self, turn: Turn) -> str | None:
        """Do it; killed at any moment, the next run writes down what is missing."""
        desk, failures = self._parts.desk, dict[str, str]()
        recipients = self._recipients(failures)
        if not recipients:
            of_each(failures)
            return "Nobody has chosen to be told."
        tasks = self._tasks(turn, failures)
        found = what_to_send(tasks, recipients, (), turn.now)
        known = outbox.known(desk, [each.key for each in found])
        rows = [
            outbox.Row(
                key=each.key, account=each.account, kind=each.kind, pilot=each.pilot,
                says=each.item.as_dict(),
            )
            for each in found
            if each.key not in known
        ]  # fmt: skip
        new = outbox.put(desk, rows, turn.now.timestamp())
        of_each(failures)
        told_of = f"{new:,} new for {len(recipients):,} people who want to be told."
        return f"{told_of}{_untold(tasks, recipients, turn.now)}"

    def close(self) -> None:
        """Nothing was begun."""

    def _recipients(self, failures: dict[str, str]) -> list[Recipient]:
        found = []
        for each in outbox.all_chosen(self._parts.desk):
            if each.person is None:
                continue
            try:
                preferences = Preferences.from_dict(each.settings)
            except Exception as error:  # noqa: BLE001  # one person must not silence the others
                failures[each.person] = told(error)
                continue
            if preferences.is_on:
                found.append(
                    Recipient(account=each.account, person=each.person, preferences=preferences)
                )
        return found

    def _tasks(self, turn: Turn, failures: dict[str, str]) -> list[Task]:
        found: list[Task] = []
        books = [book for book in self._parts.library.pilots() if book.trouble is None]
        counted = counted_in(self._parts.desk, books)
        for book in books:
            try:
                found += tasks_in([book], turn.now, counted, self._known)
            except Exception as error:  # noqa: BLE001  # one pilot must not silence the others
                failures[book.pilot] = told(error)
        return found


def _untold(tasks: Sequence[Task], recipients: Sequence[Recipient], now: datetime) -> str:
    """Say who has something overdue and hears nothing of it, so that somebody can tell them."""
    heard = {folded(each.person) for each in recipients}
    late = {folded(task.who): task.who for task in tasks if task.is_overdue(now.date())}
    names = sorted(who for key, who in late.items() if key not in heard)
    if not names:
        return ""
    more = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
    return f" Told of nothing, though something of theirs is overdue: {', '.join(names[:5])}{more}."
