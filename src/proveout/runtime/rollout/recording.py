"""Switches as evidence: each becomes one entry of the ledger, never lost and never twice.

The switch itself comes first, because speed matters then; whoever comes by next writes what is
missing: the command that threw it, the next one, the monitor.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update

from proveout.evidence.canonical import canonical_json
from proveout.evidence.ledger.port import Ledger, NewEntry
from proveout.runtime.rollout.keeping import Switched, read_line
from proveout.runtime.store.port import Store
from proveout.runtime.store.schema import SWITCHED


def record_switches(store: Store, ledger: Ledger, pilot: str) -> int:
    """Write to the ledger what is missing there of a pilot's switches; return how many that were.

    Safe when several do so at once, and when one of them dies between ledger and mark. Raises what
    ledger and store raise; what is missing then is written by the next.
    """
    if not _missing(store, pilot):
        return 0
    with _alone(store, pilot) as missing:
        bodies = [body(each) for each in missing]
        there = {
            canonical_json(entry.body) for entry in ledger.entries(pilot=pilot, kinds=("switch",))
        }
        new = [each for each in bodies if canonical_json(each) not in there]
        ledger.append([NewEntry(pilot=pilot, kind="switch", body=each) for each in new])
    return len(new)


def body(switched: Switched) -> dict[str, Any]:
    """Return what the ledger keeps of a switch, in plain JSON."""
    said = switched.said
    return {
        "pilot": switched.pilot,
        "generation": switched.generation,
        "at": datetime.fromtimestamp(said.at, UTC).isoformat(timespec="microseconds"),
        "act": said.act,
        "who": said.who,
        "why": said.why,
        "rule": said.rule,
        "before": msgspec.to_builtins(switched.before),
        "after": msgspec.to_builtins(switched.after),
    }


@contextmanager
def _alone(store: Store, pilot: str) -> Iterator[list[Switched]]:
    """Give the switches that are missing to nobody else meanwhile; mark them afterwards."""
    if store.dialect == "postgresql":
        # Lines of the history are locked by nobody but us, so that no request waits.
        with store.writing() as connection:
            missing = _read(connection, pilot, lock=True)
            yield missing
            _mark(connection, missing)
        return
    # A write transaction on SQLite would make every gateway wait for the ledger.
    with Path(f"{store.place}.switches").open("a") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        missing = _missing(store, pilot)
        yield missing
        with store.writing() as connection:
            _mark(connection, missing)


def _missing(store: Store, pilot: str) -> list[Switched]:
    with store.reading() as connection:
        return _read(connection, pilot)


def _read(connection: Connection, pilot: str, *, lock: bool = False) -> list[Switched]:
    is_missing = (SWITCHED.c.pilot == pilot) & SWITCHED.c.is_in_ledger.is_(False)
    query = select(SWITCHED).where(is_missing).order_by(SWITCHED.c.generation)
    found = connection.execute(query.with_for_update() if lock else query)
    return [read_line(row) for row in found]


def _mark(connection: Connection, written: list[Switched]) -> None:
    for each in written:
        mine = (SWITCHED.c.pilot == each.pilot) & (SWITCHED.c.generation == each.generation)
        connection.execute(update(SWITCHED).where(mine).values(is_in_ledger=True))
