"""What a report is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from proveout.charter.loaded import LoadedCharter
from proveout.evidence.alarm import Alarm
from proveout.evidence.catalogue import Catalogue
from proveout.evidence.model import Evidence, Scope, Subject
from proveout.gate.model import Verdict
from proveout.gate.notes import is_rehearsed


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A verdict with the evidence behind it, ready to be shown in any form."""

    verdict: Verdict
    loaded: LoadedCharter
    evidence: tuple[Evidence, ...]
    """Of the latest run of each check."""
    catalogue: Catalogue
    generated_at: datetime
    ledger_head: tuple[int, str]
    """Last sequence number and hash of the ledger when the verdict was made."""
    version: str
    """Version of Proveout."""
    alarms: tuple[Alarm, ...] = ()
    """Those that nobody has resolved, the oldest first."""

    def of(self, metric: str, *, scope: Scope | None = None) -> list[Evidence]:
        """Return the evidence on one metric, optionally of one scope."""
        return [
            found
            for found in self.evidence
            if found.metric == metric and (scope is None or found.scope == scope)
        ]

    def one(
        self, metric: str, *, scope: Scope | None = None, subject: Subject | None = None
    ) -> Evidence | None:
        """Return the first evidence on a metric and subject (the pilot as a whole when None)."""
        wanted = Subject() if subject is None else subject
        return first(found for found in self.of(metric, scope=scope) if found.subject == wanted)

    @property
    def rehearsal(self) -> str | None:
        """Say that figures come from a simulated system; None where none does."""
        if not any(is_rehearsed(found) for found in self.evidence):
            return None
        return "A rehearsal: a simulation stood in for the system, and what is found so is no pass."

    @property
    def other_notes(self) -> tuple[str, ...]:
        """Notes besides those on what was loosened, which every form shows in its own way."""
        told = tuple(change.what for change in self.verdict.loosenings)
        return tuple(
            note
            for note in self.verdict.notes
            if not (note.startswith("Loosened since the seal") and any(w in note for w in told))
        )


def first(found: Iterable[Evidence]) -> Evidence | None:
    """Return the first, or None."""
    return next(iter(found), None)
