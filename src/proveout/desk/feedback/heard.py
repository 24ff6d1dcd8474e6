"""How people were heard: what the check needs of the desk, as one small value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import case, func, select

from proveout.desk.feedback.item import Item, item_of
from proveout.desk.feedback.pulse import Pulse, Result
from proveout.desk.port import Desk
from proveout.desk.tables.feedback import FEEDBACK

DAYS = 90
"""So far back items are looked at."""
EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was said in the last DAYS, and the latest survey that has ended."""

    n_due: int = 0
    """Items that fell due."""
    n_in_time: int = 0
    """Of these, answered by then."""
    waits: tuple[tuple[float, bool, int], ...] = ()
    """(days, whether the answer has come, how many): from being said to the answer, or till now."""
    late: tuple[Item, ...] = ()
    """Three that wait longest past their time."""
    n_late: int = 0
    kinds: tuple[tuple[str, int], ...] = ()
    """How many of each kind were said."""
    survey: Result | None = field(default=None)
    """None where none has ended."""


def heard(desk: Desk, pilot: str, now: datetime) -> Heard:
    """Count it in the database."""
    table, until = FEEDBACK.c, now.timestamp()
    since = (now - timedelta(days=DAYS)).timestamp()
    recent = (table.pilot == pilot, table.said_at > since, table.said_at <= until)
    # What fell due in the span was said before, up to as long again before it.
    fell_due = (table.pilot == pilot, table.due_at > since, table.due_at <= until)
    in_time = func.sum(case((table.answered_at <= table.due_at, 1), else_=0))
    # To the hundredth of a day (14 minutes): what is alike is counted together.
    days = func.round(100.0 * (func.coalesce(table.answered_at, until) - table.said_at) / 86_400.0)
    is_over = table.answered_at.is_not(None)
    late = (table.pilot == pilot, table.is_open, table.due_at < until)
    with desk.reading() as connection:
        n_due, n_in_time = connection.execute(select(func.count(), in_time).where(*fell_due)).one()
        waits = connection.execute(
            select(days.label("days"), is_over.label("over"), func.count().label("n"))
            .where(*recent)
            .group_by("days", "over")
            .order_by("days", "over")
        )
        found = tuple((max(0.0, float(each) / 100), bool(over), n) for each, over, n in waits)
        kinds = connection.execute(
            select(table.kind, func.count().label("n"))
            .where(*recent)
            .group_by(table.kind)
            .order_by(func.count().desc(), table.kind)
        )
        kinds_found = tuple((str(kind), int(n)) for kind, n in kinds)
        oldest = select(FEEDBACK).where(*late).order_by(table.due_at, table.id).limit(EXAMPLES)
        examples = tuple(item_of(row) for row in connection.execute(oldest).mappings())
        n_late = connection.execute(select(func.count()).where(*late)).scalar_one()
    pulse = Pulse(desk, pilot)
    ended = next((each for each in pulse.surveys() if not each.is_open(now)), None)
    return Heard(
        n_due=int(n_due),
        n_in_time=int(n_in_time or 0),
        waits=found,
        late=examples,
        n_late=int(n_late),
        kinds=kinds_found,
        survey=None if ended is None else pulse.result(ended, now),
    )
