"""What stands in the dashboard's database and becomes tasks: counted by index, for all pilots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from proveout.desk import Desk
from proveout.portfolio import PilotBook
from proveout.portfolio.tasks import Counted, Waiting

_AT_ONCE = 400
"""So many pilots are asked for in one query."""


def counted_in(desk: Desk, books: Iterable[PilotBook]) -> dict[str, Counted]:
    """Return by pilot what waits there."""
    pilots = [book.pilot for book in books]
    found: dict[str, list[Waiting]] = {}
    for start in range(0, len(pilots), _AT_ONCE):
        for pilot, waiting in _feedback(desk, pilots[start : start + _AT_ONCE]):
            found.setdefault(pilot, []).append(waiting)
    return {pilot: Counted(feedback=tuple(each)) for pilot, each in found.items()}


def _feedback(desk: Desk, pilots: Sequence[str]) -> list[tuple[str, Waiting]]:
    from sqlalchemy import func, select

    from proveout.desk.tables.feedback import FEEDBACK

    columns = FEEDBACK.c
    query = (
        select(columns.pilot, columns.owner, func.count(), func.min(columns.due_at))
        .where(columns.pilot.in_(pilots), columns.is_open)
        .group_by(columns.pilot, columns.owner)
    )
    with desk.reading() as reading:
        rows = reading.execute(query).all()
    return [
        (pilot, Waiting(who=owner, n=n, due=datetime.fromtimestamp(due, UTC).date()))
        for pilot, owner, n, due in rows
    ]
