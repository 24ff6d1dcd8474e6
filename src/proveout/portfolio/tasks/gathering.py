"""All tasks of a pilot, from every room that gives some. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from proveout.portfolio.book import PilotBook
from proveout.portfolio.tasks import calendar, governance, people, verdict
from proveout.portfolio.tasks import counted as in_numbers
from proveout.portfolio.tasks.ground import Counted, Ground
from proveout.portfolio.tasks.task import Task

Source = Callable[[Ground], Iterable[Task]]

SOURCES: tuple[Source, ...] = (
    governance.sealing,
    governance.signing,
    governance.legal,
    governance.handing_over,
    verdict.alarms,
    verdict.waivers,
    verdict.fixes,
    calendar.reviews,
    calendar.inventory,
    people.representatives,
    people.managers,
    people.trainings,
    people.incentives,
    people.obstacles,
    in_numbers.feedback,
    in_numbers.exceptions,
)


def tasks_of(book: PilotBook, now: datetime, counted: Counted | None = None) -> list[Task]:
    """Return what people have to do for one pilot; two of one id are one."""
    ground = Ground(book=book, now=now, counted=counted or Counted())
    found = {task.id: task for source in SOURCES for task in source(ground)}
    return list(found.values())


def tasks_in(
    books: Iterable[PilotBook], now: datetime, counted: Mapping[str, Counted] | None = None
) -> Iterator[Task]:
    """Yield those of many pilots; `counted` by pilot."""
    known = counted or {}
    for book in books:
        yield from tasks_of(book, now, known.get(book.pilot))
