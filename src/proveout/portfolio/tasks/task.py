"""One thing that one person has to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from proveout.charter.sealing.signing import folded

TaskKind = Literal[
    "seal", "sign", "legal", "handoff", "fix", "alarm", "waiver", "review", "refresh", "training",
    "confirm", "incentive", "obstacle", "feedback", "exception",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What somebody has to do, by when, and why. Free of secrets and of what requests hold."""

    id: str
    """The same as long as it is the same thing to do: 'invoice-reader/sign/legal/1f2e…'."""
    kind: TaskKind
    pilot: str
    pilot_title: str
    who: str
    """Full name, as in the charter."""
    role: str
    """As what they do it."""
    what: str
    """An instruction: 'Sign off as reviewer'."""
    why: str
    """One sentence."""
    path: str
    """Where it is done; a path of the dashboard."""
    since: datetime | None = None
    """Since when it is to be done, where that is known."""
    due: date | None = None
    """The last day in time; None where no day was agreed."""
    next_up: str | None = None
    """To whom it goes when it stays undone."""

    def days_over(self, today: date) -> int | None:
        """Return how many days it is late; 0 or less until then, None where no day was agreed."""
        return None if self.due is None else (today - self.due).days

    def is_overdue(self, today: date) -> bool:
        """Tell whether the day has passed."""
        return self.due is not None and self.due < today


def same_person(one: str | None, other: str | None) -> bool:
    """Tell whether two names are of one person, as the charter's roles are given out."""
    if one is None or other is None:
        return False
    return folded(one) == folded(other)


def of_person(tasks: Iterable[Task], person: str | None) -> list[Task]:
    """Return those of one person."""
    return [task for task in tasks if same_person(task.who, person)]


def in_order(tasks: Iterable[Task], today: date) -> list[Task]:
    """Put the longest overdue first, then what falls due, then alarms, then the rest."""

    def place(task: Task) -> tuple[int, date, int, str, str]:
        is_alarm = task.kind == "alarm"
        rank = 0 if task.is_overdue(today) else 1 if is_alarm else 2 if task.due else 3
        return rank, task.due or date.max, 0 if is_alarm else 1, task.pilot, task.id

    return sorted(tasks, key=place)
