"""The reviews and refreshes of all pilots, month by month, and as a file for one's own calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date
from itertools import pairwise
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from proveout.portfolio import PilotBook
from proveout.register.refresh import REFRESHES, refresh_due
from proveout.register.reviews import REVIEWS, calendar_of
from proveout.register.schedule import Kind, Occasion, OccasionState
from proveout.web.asked import Asked, Download, File, Nothing, Page
from proveout.web.icalendar import Event, calendar_text
from proveout.web.paths import path_to
from proveout.web.permissions import Permission

_MONTHS = 3
_MOST_OVERDUE = 50


class CalendarAsks(BaseModel):
    """From which month on."""

    month: Annotated[str, StringConstraints(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$")] = ""
    """'2025-03'; the present one when empty."""


class DayLine(BaseModel):
    """One review or refresh."""

    pilot: str
    title: str
    kind: Kind
    name: str
    on: date
    state: OccasionState
    days_overdue: int = 0
    expects: list[str]
    page: str
    """Where it is held and moved."""


class MonthLines(BaseModel):
    """One month."""

    month: str
    title: str
    days: list[DayLine]


class CalendarPage(BaseModel):
    """The calendar of all pilots that one may see."""

    today: date
    n_pilots: int
    overdue: list[DayLine]
    """The longest overdue first; at most fifty."""
    n_overdue: int
    months: list[MonthLines]
    earlier: str
    later: str


def calendar(asked: Asked, asks: CalendarAsks) -> CalendarPage:
    """Show what is overdue, and three months."""
    today = asked.now.astimezone(UTC).date()
    first = _first(asks.month, today)
    books = asked.visible()
    known = [(book, each) for book in books for each in _of(book, today)]
    overdue = [_line(b, each, today) for b, each in known if each.state(today) == "overdue"]
    overdue.sort(key=lambda each: (each.on, each.pilot))
    starts = [_plus(first, number) for number in range(_MONTHS + 1)]
    months = []
    for start, end in pairwise(starts):
        days = [_line(b, each, today) for b, each in known if start <= _on(each) < end]
        days.sort(key=lambda each: (each.on, each.pilot, each.name))
        months.append(MonthLines(month=f"{start:%Y-%m}", title=f"{start:%B %Y}", days=days))
    return CalendarPage(
        today=today,
        n_pilots=len(books),
        overdue=overdue[:_MOST_OVERDUE],
        n_overdue=len(overdue),
        months=months,
        earlier=f"{_plus(first, -_MONTHS):%Y-%m}",
        later=f"{_plus(first, _MONTHS):%Y-%m}",
    )


def all_pilots(asked: Asked, _: Nothing) -> File:
    """Make the file of all pilots that one may see."""
    return _file(asked, asked.visible(), "Reviews of AI pilots", "reviews.ics")


def one_pilot(asked: Asked, _: Nothing) -> File:
    """Make the file of one pilot."""
    book = asked.book
    return _file(asked, [book], f"Reviews: {book.title}", f"{book.pilot}-reviews.ics")


def _file(asked: Asked, books: list[PilotBook], title: str, name: str) -> File:
    today = asked.now.astimezone(UTC).date()
    events = [
        _event(asked, book, each)
        for book in books
        for each in _of(book, today)
        if not each.is_superseded
    ]
    text = calendar_text(title, events, asked.now)
    return File(name=name, media_type="text/calendar", content=text.encode())


def _event(asked: Asked, book: PilotBook, each: Occasion) -> Event:
    expected = ", ".join(each.expects) or "nobody is named"
    held = "" if each.held is None else f"\nHeld on {each.held.on}."
    return Event(
        uid=f"{book.pilot}/{each.kind}/{each.name}/{each.planned}@proveout",
        on=_on(each),
        summary=f"{each.name}: {book.title}",
        description=f"Expected: {expected}{held}",
        url=f"{asked.parts.settings.base_url}{_page(book)}",
    )


def _of(book: PilotBook, today: date) -> Iterator[Occasion]:
    yield from calendar_of(book.register.of(REVIEWS), book.charter, today)
    refresh = refresh_due(book.register.of(REFRESHES), book.charter)
    if refresh is not None:
        yield refresh


def _on(each: Occasion) -> date:
    return each.due if each.held is None else each.held.on


def _line(book: PilotBook, each: Occasion, today: date) -> DayLine:
    return DayLine(
        pilot=book.pilot,
        title=book.title,
        kind=each.kind,
        name=each.name,
        on=_on(each),
        state=each.state(today),
        days_overdue=(
            max(0, (today - each.due).days) if each.is_open() and not each.waits_for_seal else 0
        ),
        expects=list(each.expects),
        page=_page(book),
    )


def _page(book: PilotBook) -> str:
    return path_to(book.pilot, "/reviews")


def _first(month: str, today: date) -> date:
    if not month:
        return today.replace(day=1)
    year, number = (int(part) for part in month.split("-"))
    # The first and last years that a date can hold leave no room for the months around.
    return date(min(max(year, 1900), 9000), number, 1)


def _plus(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


PAGES = (
    Page(
        path="/calendar", title="Calendar", template="calendar.html.j2",
        needs=Permission.see_all, view=calendar, shows=CalendarPage, asks=CalendarAsks,
    ),
)  # fmt: skip
DOWNLOADS = (
    Download(
        path="/calendar.ics", title="Reviews of all pilots, as iCalendar",
        needs=Permission.see_all, make=all_pilots, media_type="text/calendar",
    ),
    Download(
        path="/pilots/{pilot}/calendar.ics", title="Reviews of one pilot, as iCalendar",
        needs=Permission.see, make=one_pilot, media_type="text/calendar",
    ),
)  # fmt: skip
