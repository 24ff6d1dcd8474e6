"""Lists of feedback, a page at a time, and counts: by indexes, however much there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.sql.selectable import Select

from proveout.desk.feedback.item import STATES, Item, Kind, item_of, storable
from proveout.desk.port import Desk
from proveout.desk.tables.feedback import FEEDBACK, FEEDBACK_COUNTS
from proveout.errors import InputError

PAGE = 50
MOST_COUNTED = 1_000
"""Late ones are counted up to here; more are 'more than'."""

Show = Literal[
    "waiting", "overdue", "new", "triaged", "answered", "changed", "declined", "everything"
]
_table = FEEDBACK.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which items."""

    show: Show = "waiting"
    kind: Kind | None = None
    team: str | None = None
    owner: str | None = None
    after: str | None = None
    """Where the page before ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of them."""

    items: Sequence[Item]
    next: str | None
    """For `after` of the next page."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Reads the feedback of one pilot."""

    desk: Desk
    pilot: str

    def page(self, wanted: Filter, *, now: datetime, size: int = PAGE) -> Listed:
        """Return a page: what waits due first, all else the latest first."""
        is_waiting = wanted.show in ("waiting", "overdue")
        moment, is_rising = (_table.due_at, True) if is_waiting else (_table.said_at, False)
        conditions = [_table.pilot == self.pilot, *_conditions(wanted, now)]
        if wanted.after is not None:
            conditions.append(_beyond(moment, wanted.after, is_rising=is_rising))
        order = (moment, _table.id) if is_rising else (moment.desc(), _table.id.desc())
        query = select(FEEDBACK).where(*conditions).order_by(*order).limit(size + 1)
        found = self._items(query)
        items, name = found[:size], moment.name
        last = items[-1] if len(found) > size else None
        end = None if last is None else f"{getattr(last, name).timestamp()!r}:{last.id}"
        return Listed(items=items, next=end)

    def counts(self) -> dict[str, int]:
        """Return how many items there are of each state."""
        table = FEEDBACK_COUNTS.c
        query = select(table.state, table.n).where(table.pilot == self.pilot)
        with self.desk.reading() as connection:
            known: dict[str, int] = dict(iter(connection.execute(query)))
        return {state: known.get(state, 0) for state in STATES}

    def overdue(self, now: datetime) -> int:
        """Count those that wait past their time; MOST_COUNTED + 1 stands for more."""
        late = (
            select(_table.id)
            .where(_table.pilot == self.pilot, _table.is_open == true(), *_late(now))
            .limit(MOST_COUNTED + 1)
            .subquery()
        )
        with self.desk.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(late)).scalar_one())

    def of_account(self, account: str, most: int = PAGE) -> list[Item]:
        """Return what somebody said, the latest first."""
        query = select(FEEDBACK).where(_table.account == account, _table.pilot == self.pilot)
        return self._items(query.order_by(_table.said_at.desc()).limit(most))

    def changed(self, most: int = PAGE) -> list[Item]:
        """Return what was changed because somebody said it, the latest first, each change once."""
        query = select(FEEDBACK).where(
            _table.pilot == self.pilot,
            _table.changed_at.is_not(None),
            _table.duplicate_of.is_(None),
        )
        return self._items(query.order_by(_table.changed_at.desc()).limit(most))

    def numbers_of_same(self, ids: Sequence[str]) -> dict[str, int]:
        """Return how many said the same as each of some items."""
        same = _table.duplicate_of
        query = select(same, func.count()).where(same.in_(ids)).group_by(same)
        with self.desk.reading() as connection:
            return dict(iter(connection.execute(query)))

    def same_as(self, id_: str, most: int = PAGE) -> list[Item]:
        """Return those that were merged into one."""
        query = select(FEEDBACK).where(_table.duplicate_of == id_, _table.pilot == self.pilot)
        return self._items(query.order_by(_table.said_at).limit(most))

    def _items(self, query: Select[Any]) -> list[Item]:
        with self.desk.reading() as connection:
            return [item_of(row) for row in connection.execute(query).mappings()]


def _conditions(wanted: Filter, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.show in ("waiting", "overdue"):
        found.append(_table.is_open == true())
    elif wanted.show != "everything":
        found.append(_table.state == wanted.show)
    if wanted.show == "overdue":
        found += _late(now)
    for column, value in (
        (_table.kind, wanted.kind), (_table.team, wanted.team), (_table.owner, wanted.owner),
    ):  # fmt: skip
        if value is not None:
            found.append(column == storable(value))
    return found


def _late(now: datetime) -> list[ColumnElement[bool]]:
    return [_table.due_at < now.timestamp()]


def _beyond(moment: Any, after: str, *, is_rising: bool) -> ColumnElement[bool]:
    number, _, id_ = (storable(after) or "").partition(":")
    try:
        at = float(number)
    except ValueError:
        raise InputError(f"'{after[:40]}' is no end of a page.", hint="Begin anew.") from None
    if is_rising:
        return and_(moment >= at, or_(moment > at, _table.id > id_))
    return and_(moment <= at, or_(moment < at, _table.id < id_))
