"""What comes in by the thousand: kept once each, however often it is sent, with every import."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

    from proveout.desk.port import Desk

_AT_ONCE = 500
"""Ids that are looked up in one statement."""
REFUSED_SHOWN = 3


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where one kind of thing is kept: rows with pilot, id and at, and what came in."""

    rows: Table
    imports: Table
    completed_by: tuple[str, ...] = ()
    """While a kept row has none of these columns, the same row again replaces it."""

    def add(
        self, desk: Desk, pilot: str, given: Mapping[str, Mapping[str, Any]], n_given: int, *,
        act_id: str, by: str, source: str, now: datetime, n_refused: int = 0,
        refused: Sequence[Mapping[str, Any]] = (),
    ) -> Import:  # fmt: skip
        """Keep the rows, by id, that are new, and note the import; all of it or nothing."""
        with desk.writing() as connection:
            known = self._known(connection, pilot, list(given))
            new = [row for id_, row in given.items() if id_ not in known]
            added: set[str] = set()
            if new:
                # Told as they are added: somebody may send the same at this very moment.
                once = _insert_once(desk.dialect, self.rows).returning(self.rows.c.id)
                added = set(connection.execute(once, new).scalars())
            n_new = len(added)
            self._complete(connection, [row for id_, row in given.items() if id_ not in added])
            done = Import(
                id=act_id, at=now, by=by, source=source, n_new=n_new, n_known=n_given - n_new,
                n_refused=n_refused, refused=tuple(refused[:REFUSED_SHOWN]),
            )  # fmt: skip
            if given or n_refused:
                connection.execute(
                    _insert_once(desk.dialect, self.imports), [_import_row(pilot, done)]
                )
        return done

    def kept(self, desk: Desk, pilot: str, *, most: int = 5) -> Kept:
        """Tell what is there; counted by what was imported, never row by row."""
        from sqlalchemy import func, select

        imports, at = self.imports, self.rows.c.at
        of_pilot, mine = imports.c.pilot == pilot, self.rows.c.pilot == pilot
        with desk.reading() as connection:
            n = connection.execute(select(func.sum(imports.c.n_new)).where(of_pilot)).scalar()
            first = connection.execute(select(func.min(at)).where(mine)).scalar()
            last = connection.execute(select(func.max(at)).where(mine)).scalar()
            rows = connection.execute(
                select(imports).where(of_pilot).order_by(imports.c.at.desc()).limit(most)
            ).all()
        return Kept(
            n=int(n or 0),
            first_at=_moment(first),
            last_at=_moment(last),
            imports=tuple(
                Import(
                    id=row.id, at=datetime.fromtimestamp(row.at, UTC), by=row.by,
                    source=row.source, n_new=row.n_new, n_known=row.n_known,
                    n_refused=row.n_refused, refused=tuple(json.loads(row.refused)),
                )
                for row in rows
            ),
        )  # fmt: skip

    def _complete(self, connection: Connection, again: Sequence[Mapping[str, Any]]) -> None:
        """Put rows in the place of those that were not complete."""
        from sqlalchemy import and_, bindparam, update

        if not self.completed_by or not again:
            return
        columns = self.rows.c
        is_open = and_(*(columns[name].is_(None) for name in self.completed_by))
        keys = {"pilot": columns.pilot, "id": columns.id}
        same = and_(*(column == bindparam(f"of_{name}") for name, column in keys.items()))
        others = [each.name for each in columns if each.name not in keys]
        statement = (
            update(self.rows)
            .where(same, is_open)
            .values({name: bindparam(f"new_{name}") for name in others})
        )
        connection.execute(
            statement,
            [
                {f"{'of' if name in keys else 'new'}_{name}": value for name, value in row.items()}
                for row in again
            ],
        )

    def _known(self, connection: Connection, pilot: str, ids: Sequence[str]) -> set[str]:
        from sqlalchemy import select

        columns = self.rows.c
        found: set[str] = set()
        for first in range(0, len(ids), _AT_ONCE):
            part = ids[first : first + _AT_ONCE]
            asked = select(columns.id).where(columns.pilot == pilot, columns.id.in_(part))
            found.update(connection.execute(asked).scalars())
        return found


def _insert_once(dialect: str, table: Any) -> Any:
    """Whoever else sends the same at this moment is not in the way."""
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert

        return insert(table).on_conflict_do_nothing()
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table).on_conflict_do_nothing()


def _import_row(pilot: str, done: Import) -> dict[str, Any]:
    return {
        "pilot": pilot, "at": done.at.timestamp(), "id": done.id, "by": done.by,
        "source": done.source, "n_new": done.n_new, "n_known": done.n_known,
        "n_refused": done.n_refused, "refused": json.dumps(list(done.refused), ensure_ascii=False),
    }  # fmt: skip


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
