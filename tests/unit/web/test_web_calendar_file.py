"""Days as an iCalendar file."""

from __future__ import annotations

from datetime import UTC, date, datetime

from proveout.web.icalendar import Event, calendar_text, escaped, folded

NOW = datetime(2025, 3, 3, 9, tzinfo=UTC)


def test_an_event_is_a_whole_day() -> None:
    """It ends on the next day, as the format has it, and has the same id each time."""
    event = Event(
        uid="p/1@proveout", on=date(2025, 12, 31), summary="Review", description="Ada, Bo",
        url="http://x/p",
    )  # fmt: skip

    assert calendar_text("Reviews", [event], NOW).split("\r\n") == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Proveout//Reviews//EN", "CALSCALE:GREGORIAN",
        "X-WR-CALNAME:Reviews", "BEGIN:VEVENT", "UID:p/1@proveout", "DTSTAMP:20250303T090000Z",
        "DTSTART;VALUE=DATE:20251231", "DTEND;VALUE=DATE:20260101", "SUMMARY:Review",
        "DESCRIPTION:Ada\\, Bo", "URL:http://x/p", "TRANSP:TRANSPARENT", "END:VEVENT",
        "END:VCALENDAR", "",
    ]  # fmt: skip


def test_no_text_can_end_a_line() -> None:
    """What would begin a property of its own is part of the text."""
    assert escaped("a;b,c\\d\r\nATTACH:x\u2028y\x00") == "a\\;b\\,c\\\\d\\nATTACH:x\\ny"


def test_long_lines_go_on_and_cut_no_character() -> None:
    """At most 75 octets a line; joined again they are what they were."""
    line = "SUMMARY:" + "Prüfung der Bücher für Łódź 日本語 " * 9

    pieces = list(folded(line))

    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
    assert all(piece.startswith(" ") for piece in pieces[1:])
