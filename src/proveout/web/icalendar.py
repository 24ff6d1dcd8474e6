"""Days as an iCalendar file (RFC 5545), which every calendar can take in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_OCTETS = 75
"""How long a line may be; what is longer goes on in the next one, which begins with a space."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One day with something in it."""

    uid: str
    """The same each time it is written, so that a calendar knows it again."""
    on: date
    summary: str
    description: str
    url: str


def calendar_text(name: str, events: Iterable[Event], now: datetime) -> str:
    """Return the file; lines end as the format has it."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Proveout//Reviews//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    for event in events:
        lines += _event(event, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _event(event: Event, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{event.on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{_day_after(event.on):%Y%m%d}"
    yield f"SUMMARY:{escaped(event.summary)}"
    yield f"DESCRIPTION:{escaped(event.description)}"
    # An address is no text: nothing in it is escaped, and it holds no line ends.
    yield f"URL:{''.join(event.url.split())}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _day_after(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)


def escaped(text: str) -> str:
    r"""Write a text as a value.

    >>> escaped("a; b, c\\n")
    'a\\; b\\, c\\\\n'
    """
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    plain = "\\n".join(plain.splitlines())
    return "".join(sign for sign in plain if sign >= " ")


def folded(line: str) -> Iterator[str]:
    """Yield a line in pieces of at most 75 octets, none of which cuts a character in two."""
    piece, size = "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > _OCTETS:
            yield piece
            piece, size = " ", 1
        piece, size = piece + sign, size + width
    yield piece
