"""What feedback is called on pages, and how an item is shown there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints, model_validator

from proveout.charter.schema import Charter
from proveout.desk.feedback import Item, Kind, State
from proveout.desk.feedback.item import DUE_DAYS

KIND_WORDS: Mapping[Kind, str] = {
    "wrong": "It is wrong",
    "unclear": "It is unclear",
    "slow": "It is too slow",
    "missing": "Something is missing",
    "disagree": "I disagree, or want to ask somebody",
}
STATE_WORDS: Mapping[State, str] = {
    "new": "new",
    "triaged": "being looked at",
    "answered": "answered",
    "changed": "answered and changed",
    "declined": "answered: stays as it is",
}
EXCERPT = 220

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Asks(BaseModel):
    """Query parameters of a form, which sends what was left empty as empty."""

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, given: Any) -> Any:
        if isinstance(given, Mapping):
            return {key: value for key, value in given.items() if value != ""}
        return given


class FeedbackLine(BaseModel):
    """One thing that was said."""

    id: str
    kind: Kind
    kind_words: str
    words: str
    """Cut short; all of it is on its own page."""
    said_by: str
    team: str | None
    said_at: datetime
    due_at: datetime
    state: State
    state_words: str
    owner: str | None
    is_overdue: bool
    answer: str | None
    change: str | None
    duplicate_of: str | None


def line(item: Item, now: datetime) -> FeedbackLine:
    """Show an item in a list."""
    return FeedbackLine(
        id=item.id,
        kind=item.kind,
        kind_words=KIND_WORDS[item.kind],
        words=excerpt(item),
        said_by=said_by(item),
        team=item.team,
        said_at=item.said_at,
        due_at=item.due_at,
        state=item.state,
        state_words=STATE_WORDS[item.state],
        owner=item.owner,
        is_overdue=item.is_overdue(now),
        answer=item.answer,
        change=item.change,
        duplicate_of=item.duplicate_of,
    )


def excerpt(item: Item) -> str:
    """Return the words, cut short."""
    words = item.words
    if words is None:
        return "(taken out)"
    return words if len(words) <= EXCERPT else f"{words[: EXCERPT - 1]}…"


def said_by(item: Item) -> str:
    """Name who said it."""
    return item.name or "without a name"


def due_of(charter: Charter, now: datetime) -> datetime:
    """Return until when something said now is answered: as exceptions are, else in two weeks."""
    protocol = charter.governance.exceptions
    if protocol is None:
        return now + timedelta(days=DUE_DAYS)
    return now + timedelta(hours=protocol.due_hours)


def end_of(day: date) -> datetime:
    """Return the end of a day, UTC."""
    return datetime.combine(day, time(23, 59, 59), UTC)


def people_of(charter: Charter) -> list[str]:
    """Return the people of a charter by name, each once."""
    people, protocol = charter.people, charter.governance.exceptions
    named = [
        people.reviewer, people.production_owner, people.project_owner, people.executive_sponsor,
        *people.engineers,
    ]  # fmt: skip
    names = [each.name for each in named if each is not None]
    if protocol is not None:
        names += [protocol.goes_to, *([protocol.escalates_to] if protocol.escalates_to else [])]
    return list(dict.fromkeys(names))
