"""Write a run into the ledger as it goes, so that a killed process loses nothing acknowledged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from proveout.assess.events import (
    CheckEnded,
    CheckProgress,
    CheckStarted,
    CouldNotMeasure,
    Event,
    EvidenceFound,
    RunEnded,
    RunStarted,
)
from proveout.evidence.ledger.port import Ledger, NewEntry

BATCH = 200
"""Facts per append at most: each append waits for the disk once."""


def record(events: Iterable[Event], ledger: Ledger) -> Iterator[Event]:
    """Pass events on, writing what they say.

    The run is on disk before its first check begins, so that a check without an outcome is known
    to be interrupted; an outcome is never on disk before all its evidence.
    """
    pilot = ""
    waiting: list[NewEntry] = []

    def flush() -> None:
        if waiting:
            ledger.append(waiting)
            waiting.clear()

    for event in events:
        match event:
            case RunStarted():
                pilot = event.pilot
                ledger.append([_opening(event)])
            case EvidenceFound():
                body = event.evidence.as_dict()
                waiting.append(NewEntry(pilot=pilot, kind="evidence", body=body))
                if len(waiting) >= BATCH:
                    flush()
            case CheckProgress():
                flush()
            case CheckEnded():
                body = event.outcome.as_dict()
                waiting.append(NewEntry(pilot=pilot, kind="outcome", body=body))
                flush()
            case CheckStarted() | CouldNotMeasure() | RunEnded():
                pass
        yield event


def _opening(event: RunStarted) -> NewEntry:
    return NewEntry(
        pilot=event.pilot,
        kind="run",
        body={
            "run": event.run,
            "at": event.at.isoformat(),
            "checks": list(event.checks),
            "charter": event.charter_hash,
        },
    )
