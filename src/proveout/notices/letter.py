"""What one person is told at once: all that waits becomes one message. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

from proveout.notices.preferences import TellKind

MOST_ITEMS = 30
"""More than that is not read; the rest is counted, and stands in the dashboard."""

_HEADINGS: dict[TellKind, str] = {
    "alarm": "Alarms",
    "escalation": "Not done by others, and now with you",
    "overdue": "Overdue",
    "due": "Due now",
    "assignment": "New for you",
    "digest": "All that waits for you",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a letter. Free of secrets, and of what requests and answers hold."""

    kind: TellKind
    pilot: str
    """Its name for people; '' where it is of several."""
    what: str
    due: str | None = None
    """The day, as YYYY-MM-DD."""
    whose: str | None = None
    """Whose task it is, where it is another's."""
    path: str = ""
    """Where it is done; a path of the dashboard."""
    lines: tuple[str, ...] = ()
    """Of a digest: its lines."""

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form which is stored."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Rebuild from the plain form."""
        return cls(**{**plain, "lines": tuple(plain["lines"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message as it is sent."""

    title: str
    text: str
    kind: str
    """Apprise's: info, warning, failure."""


def letter(items: Sequence[Item], base_url: str) -> Letter:
    """Write one message of all that is to be told to one person."""
    ordered = [item for kind in _HEADINGS for item in items if item.kind == kind]
    lines: list[str] = []
    shown = ordered[:MOST_ITEMS]
    for kind, heading in _HEADINGS.items():
        of_kind = [item for item in shown if item.kind == kind]
        if of_kind:
            lines += ["", f"{heading}:", *(line for each in of_kind for line in _lines(each))]
    if left := len(ordered) - len(shown):
        lines += ["", f"And {left:,} more."]
    lines += ["", f"All of it: {base_url}/tasks", f"How you are told: {base_url}/me/notices"]
    kinds = {item.kind for item in items}
    return Letter(
        title=_title(ordered),
        text="\n".join(lines).strip(),
        kind="failure" if "alarm" in kinds else "warning" if kinds & _LATE else "info",
    )


_LATE: frozenset[TellKind] = frozenset({"overdue", "escalation"})


def item_line(what: str, pilot: str, *, due: date | None, today: date) -> str:
    """Write one line of a digest: '3 days overdue: Sign off as legal (invoice-reader)'."""
    if due is None:
        return f"{what} ({pilot})"
    days = (today - due).days
    if days > 0:
        return f"{days:,} {'day' if days == 1 else 'days'} overdue: {what} ({pilot})"
    return f"due {due.isoformat()}: {what} ({pilot})"


def _lines(item: Item) -> list[str]:
    if item.kind == "digest":
        return [f"- {_in_one_line(line)}" for line in item.lines]
    told = f"- {_in_one_line(item.what)}"
    told += "" if item.pilot == "" else f" ({item.pilot})"
    if item.due is not None:
        told += f", {'was due' if item.kind in _LATE else 'due'} {item.due}"
    if item.whose is not None:
        told += f"; it was with {item.whose}"
    return [told]


def _in_one_line(text: str) -> str:
    """Return what people wrote without line breaks: it is no header, nor a line of ours."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", " ", text).split())


def _title(items: Sequence[Item]) -> str:
    """Write the line that a telephone shows."""
    first = items[0]
    if first.kind == "digest":
        n = len(first.lines)
        return f"Proveout: {n:,} {'thing waits' if n == 1 else 'things wait'} for you"
    what = _in_one_line(first.what)
    named = what if len(what) <= 80 else f"{what[:79]}…"
    more = len(items) - 1
    return f"Proveout: {named}" + (f", and {more:,} more" if more else "")
