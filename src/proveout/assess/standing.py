"""Where the pilots of a ledger stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from proveout.evidence.ledger.port import Entry


@dataclass(slots=True, kw_only=True)
class PilotStanding:
    """One pilot, from its first entry to its last verdict."""

    pilot: str
    since: datetime
    """When it first appeared in the ledger."""
    last_entry: datetime
    sealed_by: str | None = None
    sealed_at: datetime | None = None
    stage: str | None = None
    """Gate of the last verdict."""
    decision: str | None = None
    decided_at: datetime | None = None
    summary: str = ""
    holding: int = 0
    """How many criteria held the gate then."""

    def as_dict(self, now: datetime) -> dict[str, Any]:
        """Return the plain form, with ages in whole days."""
        return {
            "pilot": self.pilot,
            "since": self.since.isoformat(),
            "age_days": (now - self.since).days,
            "last_entry": self.last_entry.isoformat(),
            "sealed_by": self.sealed_by,
            "sealed_at": None if self.sealed_at is None else self.sealed_at.isoformat(),
            "stage": self.stage,
            "decision": self.decision,
            "decided_at": None if self.decided_at is None else self.decided_at.isoformat(),
            "decision_age_days": (
                None if self.decided_at is None else (now - self.decided_at).days
            ),
            "summary": self.summary,
            "criteria_not_met": self.holding,
        }


def standings(entries: Iterable[Entry]) -> list[PilotStanding]:
    """Return every pilot of a ledger, in the order in which they appeared."""
    found: dict[str, PilotStanding] = {}
    for entry in entries:
        pilot = found.setdefault(
            entry.pilot,
            PilotStanding(pilot=entry.pilot, since=entry.recorded_at, last_entry=entry.recorded_at),
        )
        pilot.last_entry = entry.recorded_at
        if entry.kind == "seal" and pilot.sealed_by is None:
            pilot.sealed_by = entry.body["who"]
            pilot.sealed_at = datetime.fromisoformat(entry.body["at"])
        elif entry.kind == "verdict":
            pilot.stage, pilot.decision = entry.body["stage"], entry.body["decision"]
            pilot.decided_at = datetime.fromisoformat(entry.body["decided_at"])
            pilot.summary = entry.body["summary"]
            pilot.holding = len(entry.body["fix_first"])
    return list(found.values())
