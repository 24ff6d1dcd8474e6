"""What waits in numbers: what users said, and exceptions. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from proveout.gate.owners import NOBODY
from proveout.portfolio.tasks.ground import Ground, Waiting
from proveout.portfolio.tasks.making import task
from proveout.portfolio.tasks.task import Task


def feedback(ground: Ground) -> Iterator[Task]:
    """Yield what users said and who is to answer it; who owns the pilot triages the rest."""
    people = ground.book.charter.people
    lead = people.reviewer or people.production_owner or people.project_owner
    for waiting in ground.counted.feedback:
        who = waiting.who or (NOBODY if lead is None else lead.name)
        items = "1 thing" if waiting.n == 1 else f"{waiting.n:,} things"
        verb = "Answer" if waiting.who else "Triage"
        yield task(
            ground.book, "feedback", f"{verb.lower()}/{who}/{waiting.due}", who=who,
            role="answers users", what=f"{verb} {items} that users said",
            why="Whoever is not heard goes back to the old way.",
            page="/feedback", due=waiting.due,
        )  # fmt: skip


def exceptions(ground: Ground) -> Iterator[Task]:
    """Yield the exceptions that wait for each person."""
    for waiting in ground.counted.exceptions:
        who = _who(ground, waiting)
        n = "1 exception" if waiting.n == 1 else f"{waiting.n:,} exceptions"
        yield task(
            ground.book, "exception", f"{who}/{waiting.due}", who=who,
            role="resolves exceptions", what=f"Resolve {n}",
            why="Each is a case that the system was not sure of, and somebody waits for it.",
            page="/exceptions", due=waiting.due,
        )  # fmt: skip


def _who(ground: Ground, waiting: Waiting) -> str:
    agreed = ground.book.charter.governance.exceptions
    return waiting.who or (NOBODY if agreed is None else agreed.goes_to)
