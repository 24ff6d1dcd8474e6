"""What is to be done: the viewer's own first, then what others have to do in what one leads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import BaseModel, Field

from proveout.portfolio.tasks import KnownTasks, Task, TaskKind, in_order, of_person, tasks_in
from proveout.portfolio.tasks.task import same_person
from proveout.web.asked import Asked, Page
from proveout.web.pages.task_counts import counted_in
from proveout.web.permissions import Permission

PAGE = 50
_KNOWN = KnownTasks()
"""Of this process; what it holds is of books, and never older than they are."""


class TaskLine(BaseModel):
    """One thing to do."""

    id: str
    kind: TaskKind
    pilot: str
    pilot_title: str
    who: str
    role: str
    what: str
    why: str
    path: str
    """Where it is done."""
    since: datetime | None
    due: date | None
    days_over: int | None
    """Days late; 0 or less until then, None where no day was agreed."""
    is_overdue: bool


class TasksPage(BaseModel):
    """Tasks."""

    person: str | None
    """As whom the charters know the viewer; without it nothing can be one's own."""
    mine: list[TaskLine]
    n_mine: int
    overdue: int
    """Of one's own."""
    others: list[TaskLine]
    """Of the pilots that one answers for; so many from `start`."""
    n_others: int
    sees_others: bool
    start: int
    next_start: int | None


class AskedTasks(BaseModel):
    """Which part of a long list."""

    start: int = Field(default=0, ge=0, le=1_000_000)
    late: bool = False
    """Of others', those overdue alone."""


def tasks(asked: Asked, asks: AskedTasks) -> TasksPage:
    """Show what the viewer has to do, and what others have to where the viewer answers for it."""
    today, books = asked.now.date(), asked.visible()
    leads = [book for book in books if asked.viewer.may(Permission.prepare, book)]
    found = list(tasks_in(books, asked.now, counted_in(asked.parts.desk, books), _KNOWN))
    person = asked.viewer.person
    own = in_order(of_person(found, person), today)
    led = {book.pilot for book in leads}
    others = in_order(
        (
            each
            for each in found
            if each.pilot in led
            and not same_person(each.who, person)
            and (not asks.late or each.is_overdue(today))
        ),
        today,
    )
    shown = others[asks.start : asks.start + PAGE]
    end = asks.start + len(shown)
    return TasksPage(
        person=person,
        mine=_lines(own[:200], today),
        n_mine=len(own),
        overdue=sum(each.is_overdue(today) for each in own),
        others=_lines(shown, today),
        n_others=len(others),
        sees_others=bool(leads),
        start=asks.start,
        next_start=end if end < len(others) else None,
    )


def _lines(found: Iterable[Task], today: date) -> list[TaskLine]:
    return [
        TaskLine(
            id=each.id, kind=each.kind, pilot=each.pilot, pilot_title=each.pilot_title,
            who=each.who, role=each.role, what=each.what, why=each.why, path=each.path,
            since=each.since, due=each.due, days_over=each.days_over(today),
            is_overdue=each.is_overdue(today),
        )
        for each in found
    ]  # fmt: skip


PAGES = (
    Page(
        path="/tasks",
        title="Tasks",
        template="tasks.html.j2",
        needs=Permission.signed_in,
        view=tasks,
        shows=TasksPage,
        asks=AskedTasks,
    ),
)
