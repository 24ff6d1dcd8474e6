"""Exceptions as people read them on a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.text import Text

if TYPE_CHECKING:
    from proveout.runtime.exceptions.entry import Entry, Handling

WIDEST = 16
"""Letters of a column beside the note."""
LEAST = 70
"""So narrow a terminal may be; a narrower one folds lines."""
SHOWN = 4_000
"""Letters of a request or answer that are shown unless more is asked for."""


def listed(entries: Sequence[Entry], *, now: float, width: int) -> Text:
    """Draw a list, one line each on a terminal of this width; what finds no room is in `show`.

    Who has them is left out where it is the same person for all: `whose` says it.
    """
    has_several = len({entry.acts for entry in entries}) > 1
    names = ["id", "due", *(["with"] if has_several else []), "why", "note"]
    lines = [{name: Text(name, style="bold") for name in names}]
    lines += [_told(entry, now) for entry in entries]
    drawn = Text(no_wrap=True)
    room = max(width, LEAST)
    widths = {name: min(WIDEST, max(line[name].cell_len for line in lines)) for name in names}
    widths["note"] = room - sum(widths[name] + 2 for name in names[:-1])
    for line in lines:
        for name in names:
            line[name].truncate(widths[name], overflow="ellipsis", pad=name != names[-1])
        drawn.append(Text("  ").join(line[name] for name in names)).append("\n")
    drawn.rstrip()
    return drawn


def _told(entry: Entry, now: float) -> dict[str, Text]:
    due = span(entry.due_at - now) if entry.is_open else str(entry.outcome)
    note = entry.said or next(iter(entry.notes), "")
    return {
        "id": Text(entry.id),
        "due": Text(due, style="red" if entry.is_overdue(now) else ""),
        "with": Text(_line(entry.acts)),
        "why": Text(", ".join(entry.reasons)),
        "note": Text(_line(note)),
    }


def whose(entries: Sequence[Entry], counts: Mapping[str, int], *, is_all_open: bool) -> str:
    """Say what a list does not: with whom all of it is, and how many are not shown."""
    people = {entry.acts for entry in entries}
    said = f"With {_line(people.pop())}. " if len(people) == 1 else ""
    left = counts["open"] - len(entries) if is_all_open else 0
    return said + (f"{left:,} more are open: --limit {counts['open']}. " if left > 0 else "")


def shown(entry: Entry, handling: Handling, *, now: float, whole: bool = False) -> Text:
    """Write one in full: what was asked and answered, and what to do."""
    from proveout.runtime.exceptions.entry import labels_text

    most = None if whole else SHOWN
    lines = [
        ("Exception", entry.id),
        ("Answer", f"{entry.call} ({_moment(entry.at)}; version {entry.version or 'unknown'})"),
        ("Why", ", ".join(entry.reasons)),
        *(("", note) for note in entry.notes),
        ("Confidence", None if entry.confidence is None else f"{entry.confidence:.3g}"),
        ("Reported by", entry.reported_by or None),
        ("They say", entry.said),
        ("Asked", _readable(entry.request, most)),
        ("Answered", _answered(entry, most)),
        ("Should be", labels_text(list(entry.correction.items())) or None),
        ("With", f"{entry.acts}{'' if entry.acts == entry.owner else f' (owner: {entry.owner})'}"),
        ("Due", _due(entry, now)),
        ("Outcome", _outcome(entry)),
    ]
    text = Text(no_wrap=False)
    for name, value in lines:
        if value:
            text.append(f"{name + ':' if name else '':<12} ", style="bold")
            text.append(_indented(_harmless(value)) + "\n")
    if entry.is_open:
        for step in handling.steps:
            text.append(f"{'To do:':<12} ", style="bold").append(step + "\n")
    text.rstrip()
    return text


def stood(counts: Mapping[str, int], handling: Handling) -> Text:
    """Say how things stand in one line."""
    said = f"{counts['open']:,} open"
    if counts["overdue"]:
        said += f", {counts['overdue']:,} of them overdue"
    if counts["escalated"]:
        said += f", {counts['escalated']:,} escalated"
    line = f"{said}; {counts['resolved']:,} resolved."
    if not handling.is_agreed:
        line += " The charter names nobody who looks at them: governance.exceptions"
    return Text(line)


def span(seconds: float) -> str:
    """Write how much time is left, or how long it is over: 'in 3.5 h', '2 d late'."""
    hours = abs(seconds) / 3600
    size = f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} d"
    if hours < 10:
        size = f"{hours:.1f} h"
    return f"in {size}" if seconds >= 0 else f"{size} late"


def _due(entry: Entry, now: float) -> str | None:
    return f"{_moment(entry.due_at)} ({span(entry.due_at - now)})" if entry.is_open else None


def _outcome(entry: Entry) -> str | None:
    if entry.is_open:
        return None
    return f"{entry.outcome} by {entry.resolved_by}, {_moment(entry.resolved_at)}: {entry.why}"


def _moment(at: float | None) -> str:
    return "" if at is None else f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"


def _answered(entry: Entry, most: int | None) -> str | None:
    # What was asked is kept, so an answer would be.
    is_none = entry.answer is None and entry.request is not None
    return "nothing" if is_none else _readable(entry.answer, most)


def _readable(body: str | None, most: int | None) -> str | None:
    if body is None:
        return "not kept (gateway.log.payload)"
    try:
        told: Any = json.loads(body)
    except ValueError:
        told = None
    text = body if told is None else json.dumps(told, ensure_ascii=False, indent=2)
    return text if most is None else _cut(text, most)


def _line(text: str) -> str:
    return _harmless(" ".join(text.split()))


def _harmless(text: str) -> str:
    """Take out what would move the cursor or colours of the terminal: users wrote these texts."""
    return "".join(
        each if each.isprintable() or each in "\n\t" else "\N{REPLACEMENT CHARACTER}"
        for each in text
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _indented(value: str) -> str:
    return value.replace("\n", "\n" + " " * 13)
