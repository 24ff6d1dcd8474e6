"""What happened over time, on a terminal: a series of files, and findings since the last audit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from proveout.checks.readiness.remediation.register import Entry
    from proveout.checks.readiness.series.timeline import Timeline

_EVENTS_SHOWN = 10
_LEFT_SHOWN = 8
_STYLES = {
    "changed": "yellow", "missing": "red", "late": "red", "repeated": "yellow", "odd": "yellow",
}  # fmt: skip
_STATUS_STYLES = {
    "new": "yellow", "back": "red", "worse": "red", "same": "dim", "better": "green",
    "gone": "green", "not looked at": "dim",
}  # fmt: skip
_WORDS = {"same": "the same"}


def series_lines(story: Timeline, width: int, *, every: bool) -> Iterator[Text]:
    """Tell the story of a series: a strip with a sign for each delivery, and what it means."""
    from proveout.checks.readiness.series.timeline import QUIET, SIGNS

    rhythm = "" if story.rhythm is None else f", {story.rhythm}"
    yield Text.assemble(
        " ", (f"{story.n_deliveries:,} deliveries{rhythm}", "bold"),
        (f", in order of {story.ordered_by}", "dim"),
    )  # fmt: skip
    cells = story.strip()
    if len(cells) + len(story.labels[0]) + len(story.labels[-1]) + 8 <= width:
        line = Text(f"   {story.labels[0]} ", "dim")
        for _, kind in cells:
            line.append(*((QUIET, "dim") if kind is None else (SIGNS[kind], _STYLES[kind])))
        yield line.append(f" {story.labels[-1]}", "dim")
    listed = story.events if every else story.events[:_EVENTS_SHOWN]
    for event in listed:
        yield Text.assemble("   ", (SIGNS[event.kind], _STYLES[event.kind]), f" {event.what}")
    if left := len(story.events) - len(listed):
        yield Text(f"   … and {left:,} more: --all", "dim")
    if not story.events:
        yield Text("   Nothing changed, and none is missing or came twice.", "green")


def since_line(entries: Sequence[Entry], since: str, at: str) -> Text:
    """Say in one line what became of the findings: 'Since 2026-05-01: 3 gone, 1 back, …'."""
    from datetime import datetime

    from proveout.checks.readiness.remediation.register import counts

    told = counts(entries, datetime.fromisoformat(at))
    line = Text.assemble((f"Since {since[:10]}: ", "bold"))
    for n, status in enumerate(told):
        line.append(", " if n else "")
        line.append(f"{told[status]} {_WORDS.get(status, status)}", _STATUS_STYLES[status])
    return line if told else line.append("nothing was found then, and nothing now")


def left_lines(entries: Sequence[Entry], at: str, *, every: bool) -> Iterator[Text]:
    """List what is gone since the last audit, and what was not looked at."""
    for status, title in (("gone", "Gone"), ("not looked at", "Not looked at this time")):
        mine = [
            entry for entry in entries
            if entry.status == status and (status != "gone" or entry.status_since == at)
        ]  # fmt: skip
        if not mine:
            continue
        yield Text(f"\n{title}", "bold")
        for entry in mine if every else mine[:_LEFT_SHOWN]:
            yield Text.assemble(
                ("  ✓ " if status == "gone" else "  ? ", _STATUS_STYLES[status]),
                entry.sentence.rstrip("."),
                (f"  ({entry.why}; first seen {entry.first_seen[:10]})", "dim"),
            )
        if not every and len(mine) > _LEFT_SHOWN:
            yield Text(f"  … and {len(mine) - _LEFT_SHOWN:,} more: --all", "dim")


def status_words(status: str, trend: str, first_seen: str) -> Text:
    """Say how one finding moved: 'worse: 25 of 1,000 before, 80 of 1,200 now; since 2026-05-01'."""
    text = Text(f"{_WORDS.get(status, status).capitalize()}", _STATUS_STYLES.get(status, ""))
    if trend:
        text.append(f": {trend}", "not bold")
    return text.append(f"; first seen {first_seen}", "not bold dim")
