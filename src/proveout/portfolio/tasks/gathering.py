"""All tasks of a pilot, from every room that gives some. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime

from proveout.portfolio.book import PilotBook
from proveout.portfolio.tasks import calendar, governance, people, verdict
from proveout.portfolio.tasks import counted as in_numbers
from proveout.portfolio.tasks.ground import Counted, Ground
from proveout.portfolio.tasks.task import Task

Source = Callable[[Ground], Iterable[Task]]

_OF_BOOK: tuple[Source, ...] = (
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
)
_OF_NUMBERS: tuple[Source, ...] = (in_numbers.feedback, in_numbers.exceptions)


def tasks_of(book: PilotBook, now: datetime, counted: Counted | None = None) -> list[Task]:
    """Return what people have to do for one pilot; two of one id are one."""
    return [*_of_book(book, now), *_of_numbers(book, now, counted)]


def tasks_in(
    books: Iterable[PilotBook],
    now: datetime,
    counted: Mapping[str, Counted] | None = None,
    known: KnownTasks | None = None,
) -> Iterator[Task]:
    """Yield those of many pilots; `counted` by pilot, `known` to ask again for what is the same."""
    numbers = counted or {}
    for book in books:
        yield from _of_book(book, now) if known is None else known.of(book, now)
        yield from _of_numbers(book, now, numbers.get(book.pilot))


class KnownTasks:
    """Remembers what follows from a book, as long as it is the same book and the same day.

    A book is replaced by another one when anything in it changes. Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[PilotBook, date, tuple[Task, ...]]] = {}

    def of(self, book: PilotBook, now: datetime) -> tuple[Task, ...]:
        """Return the tasks of a book."""
        known = self._known.get(book.pilot)
        if known is None or known[0] is not book or known[1] != now.date():
            known = book, now.date(), _of_book(book, now)
            self._known[book.pilot] = known
        return known[2]


def _of_book(book: PilotBook, now: datetime) -> tuple[Task, ...]:
    return _from(_OF_BOOK, Ground(book=book, now=now))


def _of_numbers(book: PilotBook, now: datetime, counted: Counted | None) -> tuple[Task, ...]:
    if counted is None:
        return ()
    return _from(_OF_NUMBERS, Ground(book=book, now=now, counted=counted))


def _from(sources: Iterable[Source], ground: Ground) -> tuple[Task, ...]:
    return tuple({task.id: task for source in sources for task in source(ground)}.values())
