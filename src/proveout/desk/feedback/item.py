"""One thing that a user said, and how far it has come."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from sqlalchemy import RowMapping

from proveout.errors import LedgerMovedError, ProveoutError

Kind = Literal["wrong", "unclear", "slow", "missing", "disagree"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""The answer is wrong; it is not understood; it comes too late; something is lacking; somebody
disagrees, or wants to know whom to ask."""

State = Literal["new", "triaged", "answered", "changed", "declined"]
STATES: tuple[State, ...] = get_args(State)
WAITING: tuple[State, ...] = ("new", "triaged")
"""Nobody has answered."""
SETTLED: tuple[State, ...] = ("changed", "declined")
DUE_DAYS = 14.0
"""Until it is answered, where the charter says nothing of it."""

_MOMENTS = ("said_at", "due_at", "triaged_at", "answered_at", "changed_at", "blanked_at")


class MovedError(LedgerMovedError):
    """Somebody else has changed it since it was looked at."""

    def __init__(self, item: str, who: str | None) -> None:
        by = who or "Somebody else"
        ProveoutError.__init__(
            self,
            f"{by} has changed '{item}' since you opened it.",
            hint="Open it again: your answer may be there already.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a user says, as it comes."""

    act: str
    """Id of the form: the same one again is the same item."""
    pilot: str
    kind: Kind
    words: str
    now: datetime
    due_at: datetime
    account: str | None
    """Of who says it; it makes the id, and is kept unless it is nameless."""
    name: str | None
    is_nameless: bool = False
    team: str | None = None
    call: str | None = None
    """Id of the answer that it is about (`proveout-id`)."""
    shown_case: str | None = None
    """The case in their own words."""

    @property
    def id(self) -> str:
        """Derive the id: 12 letters and digits, which nobody can guess or trace back."""
        told = f"{self.pilot}\n{self.account}\n{self.act}".encode()
        return base64.b32encode(hashlib.sha256(told).digest())[:12].decode().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the table, with moments as such."""

    id: str
    pilot: str
    kind: Kind
    words: str | None
    shown_case: str | None
    call: str | None
    team: str | None
    account: str | None
    name: str | None
    said_at: datetime
    due_at: datetime
    state: State
    is_open: bool
    version: int
    owner: str | None
    triaged_by: str | None
    triaged_at: datetime | None
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None
    gist: str | None
    """What was said, in one line that everybody may read."""
    change: str | None
    change_link: str | None
    changed_by: str | None
    changed_at: datetime | None
    duplicate_of: str | None
    blanked_by: str | None
    blanked_at: datetime | None
    blanked_why: str | None
    exception: str | None
    """Of the runtime's queue, where it is looked at."""
    is_to_queue: bool
    """It is to go there, and has not yet."""

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether its answer is late."""
        return self.is_open and now > self.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was done to an item."""

    kind: str
    who: str
    at: datetime
    says: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What those who prepare a pilot allow."""

    may_be_nameless: bool = False
    may_show_case: bool = True
    set_by: str | None = None


def moment(seconds: float | None) -> datetime | None:
    """Return a stored moment."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def item_of(row: RowMapping) -> Item:
    """Return a stored row as an item."""
    moments = {name: moment(row[name]) for name in _MOMENTS}
    return Item(**{**row, **moments})


def storable(text: str | None) -> str | None:
    """Return a text that each database takes: PostgreSQL knows none with a NUL in it."""
    return None if text is None else text.replace("\0", "\N{REPLACEMENT CHARACTER}")
