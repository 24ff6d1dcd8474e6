"""When each ledger was last verified as a whole, and what was wrong with it.

It stands here, beside the ledgers and not in them: the hash of the last entry is the one thing that
finds a ledger which was rewritten as a whole, and is worth nothing where whoever rewrites it can.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from proveout.desk import keeping
from proveout.desk.port import Desk
from proveout.desk.tables.outbox import KEEPING

PREFIX = "ledger "
"""Of the rows among the jobs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How a ledger was found."""

    at: float
    whole_at: float | None
    """When it was last found whole."""
    n_entries: int
    """Then."""
    head: str
    """Hash of the last entry, then; '' where it never was."""
    broken: str | None
    """What is wrong with it since; None where nothing is."""


def name_of(location: str) -> str:
    """Return under which name a ledger stands: its address may hold a password."""
    return PREFIX + hashlib.sha256(location.encode()).hexdigest()[:16]


def last_walk(desk: Desk, location: str) -> Walk | None:
    """Return how a ledger was found the last time; None where nobody has looked."""
    query = select(KEEPING).where(KEEPING.c.job == name_of(location))
    with desk.reading() as reading:
        row = reading.execute(query).mappings().first()
    if row is None or row["ended_at"] is None:
        return None
    said = json.loads(row["says"] or "{}")
    return Walk(
        at=row["ended_at"],
        whole_at=row["went_well_at"],
        n_entries=said.get("entries", 0),
        head=said.get("head", ""),
        broken=row["failure"],
    )


def note_walk(
    desk: Desk,
    location: str,
    *,
    began: float,
    ended: float,
    n_entries: int,
    head: str,
    problems: Sequence[str],
) -> None:
    """Note how it was found; where it is broken, the hash of when it was whole is kept."""
    says = json.dumps({"entries": n_entries, "head": head})
    failure = None
    if problems:
        before = last_walk(desk, location)
        known = {} if before is None else {"entries": before.n_entries, "head": before.head}
        says, more = json.dumps(known), len(problems) - 5
        failure = "; ".join(problems[:5]) + (f"; and {more:,} more" if more > 0 else "")
    keeping.note(desk, name_of(location), began=began, ended=ended, says=says, failure=failure)


def accept(desk: Desk, name: str) -> bool:
    """Forget the hash of a ledger, because it was restored; tell whether it is known."""
    with desk.writing() as writing:
        done = writing.execute(
            update(KEEPING)
            .where(KEEPING.c.job == name, KEEPING.c.job.startswith(PREFIX))
            .values(says="{}", ended_at=None)
        )
        return done.rowcount == 1
