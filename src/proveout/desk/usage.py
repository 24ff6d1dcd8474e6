"""Usage that was given to the dashboard: kept once each, however often it is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from proveout.desk.tables.usage import IMPORTS, USAGE

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from proveout.desk.port import Desk

_AT_ONCE = 500
"""Ids that are looked up in one statement."""
REFUSED_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One use, or one case that was done the old way."""

    id: str
    """The sender's: the same one again is the same use."""
    person: str
    at: datetime
    outcome: str | None = None
    case: str | None = None
    way: str | None = None
    team: str | None = None
    role: str | None = None
    volunteer: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What came in at once."""

    id: str
    at: datetime
    by: str
    source: str
    """'API', or the name of a file."""
    n_new: int
    n_known: int
    n_refused: int = 0
    refused: tuple[Mapping[str, Any], ...] = ()
    """The first few rows that could not be read: line, why, row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """All that a pilot's dashboard holds."""

    n: int
    first_at: datetime | None
    last_at: datetime | None
    imports: tuple[Import, ...]
    """The latest first."""


def add_usage(
    desk: Desk, pilot: str, uses: Sequence[Use], *, act_id: str, by: str, source: str,
    now: datetime, n_refused: int = 0, refused: Sequence[Mapping[str, Any]] = (),
) -> Import:  # fmt: skip
    """Keep those that are new, and note the import; all of it or nothing."""
    by_id = {each.id: each for each in uses}
    with desk.writing() as connection:
        known = _known(connection, pilot, list(by_id))
        new = [each for each in by_id.values() if each.id not in known]
        n_new = 0
        if new:
            # Counted as they are added: somebody may send the same at this very moment.
            once = _insert_once(desk.dialect, USAGE).returning(USAGE.c.id)
            added = connection.execute(once, [_row(pilot, each) for each in new])
            n_new = len(added.scalars().all())
        done = Import(
            id=act_id, at=now, by=by, source=source, n_new=n_new, n_known=len(uses) - n_new,
            n_refused=n_refused, refused=tuple(refused[:REFUSED_SHOWN]),
        )  # fmt: skip
        if uses or n_refused:
            connection.execute(_insert_once(desk.dialect, IMPORTS), [_import_row(pilot, done)])
    return done


def kept_usage(desk: Desk, pilot: str, *, most: int = 5) -> Kept:
    """Tell what is there; counted by what was imported, never row by row."""
    from sqlalchemy import func, select

    of_pilot = IMPORTS.c.pilot == pilot
    with desk.reading() as connection:
        n = connection.execute(select(func.sum(IMPORTS.c.n_new)).where(of_pilot)).scalar()
        first = connection.execute(select(func.min(USAGE.c.at)).where(USAGE.c.pilot == pilot))
        last = connection.execute(select(func.max(USAGE.c.at)).where(USAGE.c.pilot == pilot))
        ends = first.scalar(), last.scalar()
        rows = connection.execute(
            select(IMPORTS).where(of_pilot).order_by(IMPORTS.c.at.desc()).limit(most)
        ).all()
    return Kept(
        n=int(n or 0),
        first_at=_moment(ends[0]),
        last_at=_moment(ends[1]),
        imports=tuple(
            Import(
                id=row.id, at=datetime.fromtimestamp(row.at, UTC), by=row.by, source=row.source,
                n_new=row.n_new, n_known=row.n_known, n_refused=row.n_refused,
                refused=tuple(json.loads(row.refused)),
            )
            for row in rows
        ),
    )  # fmt: skip


def _known(connection: Connection, pilot: str, ids: Sequence[str]) -> set[str]:
    from sqlalchemy import select

    found: set[str] = set()
    for first in range(0, len(ids), _AT_ONCE):
        part = ids[first : first + _AT_ONCE]
        asked = select(USAGE.c.id).where(USAGE.c.pilot == pilot, USAGE.c.id.in_(part))
        found.update(connection.execute(asked).scalars())
    return found


def _insert_once(dialect: str, table: Any) -> Any:
    """Whoever else sends the same at this moment is not in the way."""
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert

        return insert(table).on_conflict_do_nothing()
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table).on_conflict_do_nothing()


def _row(pilot: str, use: Use) -> dict[str, Any]:
    return {
        "pilot": pilot, "id": use.id, "person": use.person, "at": use.at.timestamp(),
        "outcome": use.outcome, "case_id": use.case, "way": use.way, "team": use.team,
        "role": use.role, "volunteer": use.volunteer,
    }  # fmt: skip


def _import_row(pilot: str, done: Import) -> dict[str, Any]:
    return {
        "pilot": pilot, "at": done.at.timestamp(), "id": done.id, "by": done.by,
        "source": done.source, "n_new": done.n_new, "n_known": done.n_known,
        "n_refused": done.n_refused, "refused": json.dumps(list(done.refused), ensure_ascii=False),
    }  # fmt: skip


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
