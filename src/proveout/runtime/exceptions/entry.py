"""One answer that a person has to look at, and what came of it. Pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from proveout.charter.schema import Charter
from proveout.runtime.record import Record

NOBODY = "nobody named"
"""Who looks at exceptions where no charter says so."""
DUE_HOURS = 24.0
"""And until when."""
_HOUR_S = 3600.0

Resolution = Literal["confirmed-right", "corrected", "rejected", "duplicate", "cannot-tell"]
RESOLUTIONS: tuple[str, ...] = get_args(Resolution)
"""The answer was right; it was wrong and the true one is given; it was thrown away and there is no
true one; another entry is about the same; it cannot be told."""
MADE_WRONG: tuple[Resolution, ...] = ("corrected", "rejected")
"""People overruled the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """Who looks at exceptions, until when, and who is called after that."""

    goes_to: str = NOBODY
    due_hours: float = DUE_HOURS
    escalates_to: str | None = None
    escalates_after_hours: float | None = None
    """After it came; when it is overdue where this is None."""
    steps: tuple[str, ...] = ()
    channel: str | None = None

    @property
    def is_agreed(self) -> bool:
        """Tell whether a charter says it."""
        return self.goes_to != NOBODY

    def escalates_at(self, at: float, due_at: float) -> float:
        """Return from when on an open entry is escalated."""
        after = self.escalates_after_hours
        return due_at if after is None else at + after * _HOUR_S


def handling_of(charter: Charter) -> Handling:
    """Read governance.exceptions; the defaults where it is not there."""
    protocol = charter.governance.exceptions
    if protocol is None:
        return Handling()
    return Handling(
        goes_to=protocol.goes_to,
        due_hours=protocol.due_hours,
        escalates_to=protocol.escalates_to,
        escalates_after_hours=protocol.escalates_after_hours,
        steps=protocol.steps,
        channel=protocol.channel,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the queue. Moments are seconds since 1970, UTC."""

    id: str
    call: str
    """Of the request: it stood in the reply as `proveout-id`."""
    pilot: str
    version: str | None = None
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """In words; what was done to the entry is added at the end."""
    confidence: float | None = None
    request: str | None = None
    """As the payload policy lets it be kept."""
    answer: str | None = None
    team: str | None = None
    reported_by: str = ""
    """The user who called it wrong; empty where the gateway found it."""
    said: str | None = None
    at: float
    due_at: float
    owner: str
    escalated_to: str | None = None
    escalated_at: float | None = None
    taken_by: str | None = None
    taken_at: float | None = None
    outcome: Resolution | None = None
    resolved_by: str | None = None
    resolved_at: float | None = None
    correction: Mapping[int, str] = field(default_factory=dict)
    """True answers by their place in the request's rows, from 0; as a user proposed them, until it
    is resolved."""
    why: str | None = None

    @property
    def is_open(self) -> bool:
        """Nobody has resolved it yet."""
        return self.resolved_at is None

    def is_overdue(self, now: float) -> bool:
        """Tell whether it is open past its time."""
        return self.is_open and now > self.due_at

    @property
    def acts(self) -> str:
        """Who has it: who took it, else who it was escalated to, else its owner."""
        return self.taken_by or self.escalated_to or self.owner

    @property
    def hours(self) -> float | None:
        """How long it took."""
        return None if self.resolved_at is None else (self.resolved_at - self.at) / _HOUR_S

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form, with moments as text."""
        moments = {
            name: said_at(getattr(self, name))
            for name in ("at", "due_at", "escalated_at", "taken_at", "resolved_at")
        }
        names = (
            "id", "call", "pilot", "version", "confidence", "request", "answer", "team", "said",
            "owner", "escalated_to", "taken_by", "outcome", "resolved_by", "why",
        )  # fmt: skip
        return {
            **{name: getattr(self, name) for name in names},
            **moments,
            "reasons": list(self.reasons),
            "notes": list(self.notes),
            "reported_by": self.reported_by or None,
            "correction": {str(row): label for row, label in self.correction.items()},
        }


def entry_of(record: Record, handling: Handling) -> Entry | None:
    """Make the entry of a record; None where nobody has to look at it.

    The same record always makes the same entry, so that it may be made again after a crash. What
    a version in the shadow answered was seen by nobody, and goes to nobody.
    """
    if not record.reasons or record.shadow_of is not None:
        return None
    at = record.at + record.seconds
    return Entry(
        id=entry_id(record.id),
        call=record.id,
        pilot=record.pilot,
        version=record.version,
        reasons=tuple(record.reasons),
        notes=tuple(record.notes),
        confidence=record.confidence,
        request=record.request,
        answer=record.answer,
        team=record.team,
        at=at,
        due_at=at + handling.due_hours * _HOUR_S,
        owner=handling.goes_to,
    )


def entry_id(call: str, reported_by: str = "") -> str:
    """Derive an id that is short enough to type: 12 letters and digits.

    >>> entry_id("01JD0000000000000000000000")
    'kuxf5tmy5qyl'
    """
    digest = hashlib.sha256(f"{call}\n{reported_by}".encode()).digest()
    return base64.b32encode(digest)[:12].decode().lower()


def said_at(moment: float | None) -> str | None:
    """Write a moment."""
    return None if moment is None else datetime.fromtimestamp(moment, UTC).isoformat()


def labels_text(labels: Sequence[tuple[int, str]]) -> str:
    """Write true answers for people: 'pay', or '0: pay, 3: ask' where there are several."""
    if len(labels) == 1 and labels[0][0] == 0:
        return labels[0][1]
    return ", ".join(f"{row}: {label}" for row, label in sorted(labels))
