"""Make the task of a pilot: what all of them have in common, in one place."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from urllib.parse import quote

from proveout.charter.schema import Charter
from proveout.charter.sealing.signing import folded
from proveout.gate.owners import NOBODY
from proveout.portfolio.book import PilotBook
from proveout.portfolio.tasks.going_up import next_up
from proveout.portfolio.tasks.task import Task, TaskKind

_NOBODY = (NOBODY, "nobody is named")
"""As the gate and the queue write it, and as alarms do."""


def task(
    book: PilotBook,
    kind: TaskKind,
    about: str,
    *,
    who: str,
    role: str,
    what: str,
    why: str,
    page: str,
    since: datetime | None = None,
    due: date | None = None,
    is_for_all: bool = False,
) -> Task:
    """Return it; `about` tells it from others of its kind, `page` is the pilot's: '/signoffs'.

    With `is_for_all` the page is one for all pilots.
    """
    who = somebody(who, book.charter)
    base = "" if is_for_all else f"/pilots/{quote(book.pilot, safe='')}"
    return Task(
        id=f"{book.pilot}/{kind}/{about}",
        kind=kind,
        pilot=book.pilot,
        pilot_title=book.title,
        who=who,
        role=role,
        what=what,
        why=why,
        path=f"{base}{page}",
        since=since,
        due=due,
        next_up=next_up(who, book.charter),
    )


def somebody(who: str, charter: Charter) -> str:
    """Return whose it is: what is left to nobody falls to who answers for the pilot, if anybody."""
    if not who.startswith(_NOBODY):
        return who
    people = charter.people
    ladder = (people.production_owner, people.project_owner, people.executive_sponsor)
    return next((each.name for each in ladder if each is not None), NOBODY)


def short(text: str) -> str:
    """Return a short mark of a text, for ids."""
    return hashlib.sha256(folded(text).encode()).hexdigest()[:10]
