"""What stands in the dashboard's database and becomes tasks: counted by index, for all pilots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from proveout.desk import Desk
from proveout.portfolio import PilotBook
from proveout.portfolio.tasks import Counted, Waiting

if TYPE_CHECKING:
    from sqlalchemy import Connection

_AT_ONCE = 400
"""So many pilots are asked for in one query."""


def counted_in(desk: Desk, books: Iterable[PilotBook]) -> dict[str, Counted]:
    """Return by pilot what waits there."""
    pilots = [book.pilot for book in books]
    said: dict[str, list[Waiting]] = {}
    queued: dict[str, list[Waiting]] = {}
    with desk.reading() as reading:
        for start in range(0, len(pilots), _AT_ONCE):
            part = pilots[start : start + _AT_ONCE]
            for pilot, waiting in _feedback(reading, part):
                said.setdefault(pilot, []).append(waiting)
            for pilot, waiting in _exceptions(reading, part):
                queued.setdefault(pilot, []).append(waiting)
    return {
        pilot: Counted(feedback=tuple(said.get(pilot, ())), exceptions=tuple(queued.get(pilot, ())))
        for pilot in {*said, *queued}
    }


def _feedback(reading: Connection, pilots: Sequence[str]) -> list[tuple[str, Waiting]]:
    from sqlalchemy import func, select

    from proveout.desk.tables.feedback import FEEDBACK

    columns = FEEDBACK.c
    query = (
        select(columns.pilot, columns.owner, func.count(), func.min(columns.due_at))
        .where(columns.pilot.in_(pilots), columns.is_open)
        .group_by(columns.pilot, columns.owner)
    )
    return [_waiting(*row) for row in reading.execute(query)]


def _exceptions(reading: Connection, pilots: Sequence[str]) -> list[tuple[str, Waiting]]:
    from sqlalchemy import select

    from proveout.desk.tables.outbox import EXCEPTIONS_WAITING

    columns = EXCEPTIONS_WAITING.c
    query = select(columns.pilot, columns.who, columns.n, columns.due_at)
    return [_waiting(*row) for row in reading.execute(query.where(columns.pilot.in_(pilots)))]


def _waiting(pilot: str, who: str | None, n: int, due: float) -> tuple[str, Waiting]:
    return pilot, Waiting(who=who, n=n, due=datetime.fromtimestamp(due, UTC).date())
