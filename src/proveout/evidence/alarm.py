"""An alarm stands from the day on which it is raised until a named person resolves it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from proveout.evidence.canonical import canonical_json
from proveout.evidence.ledger.port import Entry
from proveout.evidence.model import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that is watched has changed for certain."""

    pilot: str
    metric: str
    subject: Subject
    what: str
    """What changed, since when, where, and what it does to results: sentences for people."""
    who_acts: str
    evidence: str
    """Id of the evidence that raised it."""
    raised_at: datetime

    @property
    def id(self) -> str:
        """Rises anew only when what it is about was resolved in between."""
        said = [self.pilot, self.metric, self.subject.as_dict(), self.raised_at.isoformat()]
        return f"al-{hashlib.sha256(canonical_json(said).encode()).hexdigest()[:10]}"

    @property
    def about(self) -> tuple[str, Subject]:
        """While one stands, no second one is raised about the same."""
        return self.metric, self.subject

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form which is stored."""
        return {
            "state": "raised",
            "id": self.id,
            "pilot": self.pilot,
            "metric": self.metric,
            "subject": self.subject.as_dict(),
            "what": self.what,
            "who_acts": self.who_acts,
            "evidence": self.evidence,
            "raised_at": self.raised_at.isoformat(),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Rebuild from the plain form."""
        return cls(
            pilot=plain["pilot"],
            metric=plain["metric"],
            subject=Subject.of(**plain["subject"]),
            what=plain["what"],
            who_acts=plain["who_acts"],
            evidence=plain["evidence"],
            raised_at=datetime.fromisoformat(plain["raised_at"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What a person found out about an alarm, and what was done."""

    alarm: str
    """Its id."""
    who: str
    why: str
    at: datetime

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form which is stored."""
        return {
            "state": "resolved",
            "id": self.alarm,
            "who": self.who,
            "why": self.why,
            "at": self.at.isoformat(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """An alarm that a named person has resolved."""

    alarm: Alarm
    at: datetime
    """When it was resolved: whoever watches begins anew from here on."""


def resolved_alarms(entries: Iterable[Entry]) -> tuple[Resolved, ...]:
    """Return the alarms that were resolved, in the order in which that was done."""
    raised: dict[str, Alarm] = {}
    resolved: list[Resolved] = []
    for entry in entries:
        if entry.kind != "alarm":
            continue
        if entry.body["state"] == "raised":
            raised[entry.body["id"]] = Alarm.from_dict(entry.body)
        elif alarm := raised.pop(entry.body["id"], None):
            at = datetime.fromisoformat(entry.body["at"])
            resolved.append(Resolved(alarm=alarm, at=at))
    return tuple(resolved)


def standing_alarms(entries: Iterable[Entry]) -> tuple[Alarm, ...]:
    """Return the alarms that nobody has resolved, the oldest first.

    Of two about the same, which monitors that ran at once have raised, the first one stands.
    """
    standing: dict[str, Alarm] = {}
    for entry in entries:
        if entry.kind != "alarm":
            continue
        if entry.body["state"] != "raised":
            standing.pop(entry.body["id"], None)
            continue
        alarm = Alarm.from_dict(entry.body)
        if all(alarm.about != each.about for each in standing.values()):
            standing[alarm.id] = alarm
    return tuple(standing.values())
