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
from proveout.evidence.model import WINDOW_INPUT

BATCH = 200
"""Events per append at most: each append waits for the disk once."""


def record(events: Iterable[Event], ledger: Ledger, *, pilot: str) -> Iterator[Event]:
    """Write what events say, and pass each on once what it says is on disk.

    The run is on disk before its first check begins, so that a check without an outcome is known
    to be interrupted; an outcome is never on disk before all its evidence.
    """
    entries: list[NewEntry] = []
    held: list[Event] = []
    for event in events:
        held.append(event)
        match event:
            case RunStarted():
                entries.append(_opening(event))
            case EvidenceFound():
                body = event.evidence.as_dict()
                entries.append(NewEntry(pilot=pilot, kind="evidence", body=body))
            case CheckEnded():
                body = event.outcome.as_dict()
                entries.append(NewEntry(pilot=pilot, kind="outcome", body=body))
            case CheckStarted() | CheckProgress() | CouldNotMeasure() | RunEnded():
                pass
        if isinstance(event, EvidenceFound | CouldNotMeasure) and len(held) < BATCH:
            continue
        if entries:
            ledger.append(entries)
        yield from held
        entries, held = [], []


def _opening(event: RunStarted) -> NewEntry:
    return NewEntry(
        pilot=event.pilot,
        kind="run",
        body={
            "run": event.run,
            "at": event.at.isoformat(),
            "checks": list(event.checks),
            "charter": event.charter_hash,
            **({} if event.window is None else {WINDOW_INPUT: event.window}),
        },
    )
