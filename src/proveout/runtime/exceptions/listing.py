"""Long queues on a screen: a page at a time, without what requests and answers hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, text

from proveout.errors import InputError
from proveout.runtime.exceptions.entry import Entry
from proveout.runtime.exceptions.queue import ExceptionQueue
from proveout.runtime.store.schema import EXCEPTIONS

PAGE = 50
SEARCHED = 5_000
"""So many are looked through for words before one is asked whether to go on."""
MOST_COUNTED = 10_000
"""More are 'more than'."""
Which = Literal["open", "overdue", "mine", "free", "resolved"]
_table = EXCEPTIONS.c
_SHOWN = (
    _table.id, _table.call, _table.reasons, _table.notes, _table.said, _table.reported_by,
    _table.team, _table.confidence, _table.at, _table.due_at, _table.owner, _table.escalated_to,
    _table.taken_by, _table.outcome, _table.resolved_by, _table.resolved_at,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries."""

    which: Which = "open"
    who: str = ""
    """Whose, for 'mine'."""
    reason: str | None = None
    team: str | None = None
    words: str | None = None
    """Found in notes, in what users said, and as the id of a request."""
    after: str | None = None
    """Where the page before ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry in a list. Moments are seconds since 1970, UTC."""

    id: str
    call: str
    reasons: tuple[str, ...]
    note: str
    """What the user said, else why it is here."""
    team: str | None
    confidence: float | None
    at: float
    due_at: float
    acts: str
    """Who has it."""
    taken_by: str | None
    is_escalated: bool
    outcome: str | None
    resolved_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How much there is to do; MOST_COUNTED + 1 stands for more."""

    open: int
    overdue: int
    taken: int
    """By the one who asks."""


def lines(
    queue: ExceptionQueue, wanted: Wanted, *, now: float, size: int = PAGE
) -> tuple[list[Line], str | None]:
    """Return a page, those due first (resolved ones the latest first), and where it ended.

    For words at most SEARCHED entries are looked through; then the page may be short or empty, and
    go on all the same.
    """
    is_resolved = wanted.which == "resolved"
    moment = _table.resolved_at if is_resolved else _table.due_at
    conditions = [_table.pilot == queue.pilot, *_conditions(wanted, now)]
    if wanted.after is not None:
        conditions.append(_beyond(moment, wanted.after, is_falling=is_resolved))
    order = (moment.desc(), _table.id.desc()) if is_resolved else (moment, _table.id)
    query = select(*_SHOWN).where(*conditions).order_by(*order)
    last = None
    with queue.store.reading() as connection:
        if wanted.words is not None:
            ends = select(moment, _table.id).where(*conditions).order_by(*order)
            last = connection.execute(ends.offset(SEARCHED - 1).limit(1)).mappings().first()
            if last is not None:
                query = query.where(_until(moment, last, is_falling=is_resolved))
            query = query.where(_says(wanted.words))
        rows = list(connection.execute(query.limit(size + 1)).mappings())
    shown = rows[:size]
    if len(rows) > size:
        last = shown[-1]
    return [_line(row) for row in shown], None if last is None else _end(moment, last)


def standing(queue: ExceptionQueue, *, who: str, now: float) -> Standing:
    """Count by index."""
    is_open = (_table.pilot == queue.pilot, _table.resolved_at.is_(None))
    counted = (is_open, (*is_open, _table.due_at < now), (*is_open, _table.taken_by == who))
    with queue.store.reading() as connection:
        n_open, n_late, n_taken = (
            int(connection.execute(select(func.count()).select_from(found)).scalar_one())
            for found in (
                select(_table.due_at).where(*each).limit(MOST_COUNTED + 1).subquery()
                for each in counted
            )
        )
    return Standing(open=n_open, overdue=n_late, taken=n_taken)


def neighbours(queue: ExceptionQueue, entry: Entry) -> tuple[str | None, str | None]:
    """Return the open entries due before and after one."""
    is_open = (_table.pilot == queue.pilot, _table.resolved_at.is_(None))
    at, id_ = _table.due_at, _table.id
    before = select(id_).where(*is_open, at <= entry.due_at, or_(at < entry.due_at, id_ < entry.id))
    after = select(id_).where(*is_open, at >= entry.due_at, or_(at > entry.due_at, id_ > entry.id))
    with queue.store.reading() as connection:
        return (
            _first(connection.execute(before.order_by(at.desc(), id_.desc()).limit(1)).scalar()),
            _first(connection.execute(after.order_by(at, id_).limit(1)).scalar()),
        )


def _conditions(wanted: Wanted, now: float) -> list[Any]:
    found: list[Any] = []
    if wanted.which == "resolved":
        found.append(_table.resolved_at.is_not(None))
    else:
        found.append(_table.resolved_at.is_(None))
    if wanted.which == "overdue":
        found.append(_table.due_at < now)
    if wanted.which == "free":
        found.append(_table.taken_by.is_(None))
    if wanted.which == "mine":
        columns = (_table.taken_by, _table.escalated_to, _table.owner)
        found.append(or_(*(column == wanted.who for column in columns)))
    if wanted.reason is not None:
        found.append(_table.reasons.contains(f'"{_plain(wanted.reason)}"', autoescape=True))
    if wanted.team is not None:
        # As the index says which teams it holds.
        found += [
            _table.team == _plain(wanted.team),
            text("length(team) <= 200"),
        ]
    return found


def _says(wanted: str) -> ColumnElement[bool]:
    words = _plain(wanted)
    ways = [each.icontains(words, autoescape=True) for each in (_table.said, _table.notes)]
    return or_(*ways, _table.call == words, _table.id == words.lower())


def _end(moment: Any, row: Any) -> str:
    return f"{row[moment.name]!r}:{row['id']}"


def _until(moment: Any, row: Any, *, is_falling: bool) -> ColumnElement[bool]:
    beyond: ColumnElement[bool] = (
        moment < row[moment.name] if is_falling else moment > row[moment.name]
    )
    return not_(beyond)


def _beyond(moment: Any, after: str, *, is_falling: bool) -> ColumnElement[bool]:
    number, _, id_ = _plain(after).partition(":")
    try:
        at = float(number)
    except ValueError:
        raise InputError(f"'{after[:40]}' is no end of a page.", hint="Begin anew.") from None
    if is_falling:
        return and_(moment <= at, or_(moment < at, _table.id < id_))
    return and_(moment >= at, or_(moment > at, _table.id > id_))


def _line(row: Any) -> Line:
    notes: Sequence[str] = json.loads(row["notes"])
    return Line(
        id=row["id"],
        call=row["call"],
        reasons=tuple(json.loads(row["reasons"])),
        note=row["said"] or next(iter(notes), ""),
        team=row["team"],
        confidence=row["confidence"],
        at=row["at"],
        due_at=row["due_at"],
        acts=row["taken_by"] or row["escalated_to"] or row["owner"],
        taken_by=row["taken_by"],
        is_escalated=row["escalated_to"] is not None,
        outcome=row["outcome"],
        resolved_by=row["resolved_by"],
    )


def _plain(text: str) -> str:
    """Return a text that each store takes: PostgreSQL knows none with a NUL in it."""
    return text.replace("\0", "")


def _first(found: Any) -> str | None:
    return None if found is None else str(found)
