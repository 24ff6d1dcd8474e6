"""The queue of exceptions of one pilot, in the store that all of its gateways share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, RowMapping, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from proveout.errors import InputError
from proveout.runtime.exceptions.entry import Entry, Handling, Resolution, entry_of, said_at
from proveout.runtime.exceptions.labels import (
    CONFIRMATION,
    CORRECTION,
    Label,
    withdraw_labels,
    write_labels,
)
from proveout.runtime.record import Record
from proveout.runtime.store.port import Store
from proveout.runtime.store.schema import EXCEPTIONS

_IDS = 500
"""Ids that are asked for at once."""
Which = Literal["open", "overdue", "resolved", "all"]

_table = EXCEPTIONS.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated:
    """What an escalation did."""

    entries: tuple[Entry, ...]
    """Escalated now."""
    nobody: int = 0
    """Late entries for which the charter names nobody."""


class ExceptionQueue:
    """Every act is one transaction; acts by several people at once exclude one another."""

    def __init__(self, store: Store, pilot: str, handling: Handling | None = None) -> None:
        self.store, self.pilot = store, pilot
        self.handling = Handling() if handling is None else handling

    def enqueue(self, records: Iterable[Record]) -> int:
        """Queue those that a person has to look at; return how many are new.

        To queue a record again changes nothing. Raises StoreError, UnreachableError.
        """
        made = (entry_of(record, self.handling) for record in records)
        return self.put([each for each in made if each is not None])

    def put(self, entries: Sequence[Entry]) -> int:
        """Queue entries; return how many are new."""
        if not entries:
            return 0
        with self.store.writing() as connection:
            return self._insert(connection, [_row(each) for each in entries])

    def entries(
        self,
        which: Which = "open",
        *,
        now: float,
        owner: str | None = None,
        reason: str | None = None,
        limit: int | None = None,
    ) -> list[Entry]:
        """List entries, those due first; `owner` also finds who took it or has it escalated."""
        query = select(EXCEPTIONS).where(*self._which(which, now=now, owner=owner))
        if reason is not None:
            query = query.where(_table.reasons.like(f'%"{reason}"%'))
        order = (_table.due_at, _table.id) if which != "resolved" else (_table.resolved_at.desc(),)
        with self.store.reading() as connection:
            found = connection.execute(query.order_by(*order).limit(limit))
            return [_entry(row) for row in found.mappings()]

    def counts(self, *, now: float) -> dict[str, int]:
        """Count: open, overdue, escalated, taken, resolved, all."""

        def number(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
            return func.count(_table.id).filter(*conditions)

        is_open = _table.resolved_at.is_(None)
        query = select(
            number(is_open).label("open"),
            number(is_open, _table.due_at < now).label("overdue"),
            number(is_open, _table.escalated_at.is_not(None)).label("escalated"),
            number(is_open, _table.taken_at.is_not(None)).label("taken"),
            number(_table.resolved_at.is_not(None)).label("resolved"),
            func.count(_table.id).label("all"),
        ).where(_table.pilot == self.pilot)
        with self.store.reading() as connection:
            row = connection.execute(query).mappings().one()
            return {str(name): int(value or 0) for name, value in row.items()}

    def get(self, id_: str) -> Entry:
        """Find one by its id, its beginning, or the id of its call. Raises InputError."""
        with self.store.reading() as connection:
            return self._one(connection, id_)

    def of_call(self, call: str) -> list[Entry]:
        """Return the entries of one request."""
        with self.store.reading() as connection:
            query = select(EXCEPTIONS).where(_table.pilot == self.pilot, _table.call == call)
            return [_entry(row) for row in connection.execute(query).mappings()]

    def take(self, id_: str, *, who: str, now: float, from_other: bool = False) -> Entry:
        """Say that one works on it. Raises InputError where it is done, or another does."""
        with self.store.writing() as connection:
            entry = self._one(connection, id_, lock=True)
            _refuse_resolved(entry)
            if entry.taken_by not in (None, who) and not from_other:
                raise InputError(
                    f"{entry.taken_by} has taken {entry.id} ({said_at(entry.taken_at)}).",
                    hint="Ask them first; then take it over: --from-other",
                )
            return self._change(connection, entry, taken_by=who, taken_at=now)

    def take_next(self, *, who: str, now: float, reason: str | None = None) -> Entry | None:
        """Give somebody the next one: what they have taken already, else what is due first."""
        conditions = list(self._which("open", now=now))
        if reason is not None:
            conditions.append(_table.reasons.like(f'%"{reason}"%'))
        with self.store.writing() as connection:
            # One after the other, since each has an index that no question for both could use.
            for is_his in (_table.taken_by == who, _table.taken_by.is_(None)):
                query = select(EXCEPTIONS).where(*conditions, is_his)
                query = query.order_by(_table.due_at, _table.id).limit(1)
                if self.store.dialect == "postgresql":
                    query = query.with_for_update(skip_locked=True)
                row = connection.execute(query).mappings().first()
                if row is not None:
                    entry = _entry(row)
                    since = entry.taken_at or now
                    return self._change(connection, entry, taken_by=who, taken_at=since)
            return None

    def hand_over(self, id_: str, *, to: str | None, who: str, now: float) -> Entry:
        """Give one to somebody else, or back to all where `to` is None; its notes tell by whom.

        Raises InputError.
        """
        with self.store.writing() as connection:
            entry = self._one(connection, id_, lock=True)
            _refuse_resolved(entry)
            if entry.taken_by == to:
                return entry
            done = "put back" if to is None else f"handed over to {to}"
            return self._change(
                connection,
                entry,
                taken_by=to,
                taken_at=None if to is None else now,
                notes=(*entry.notes, f"{done} by {who} on {said_at(now)}"),
            )

    def resolve(
        self,
        id_: str,
        outcome: Resolution,
        *,
        who: str,
        why: str,
        now: float,
        correction: Mapping[int, str] | None = None,
        right_answers: Mapping[int, str] | None = None,
    ) -> Entry:
        """End it. What was corrected becomes a label, and so does what was confirmed.

        `correction` are the true answers by row, as proposed by the user where it is None;
        `right_answers` the system's own where they are confirmed. Raises InputError.
        """
        if not who.strip() or not why.strip():
            raise InputError(
                "Who resolves it and why is part of the resolution.",
                hint='Say both: --who "Ada Vale" --why "the invoice names the other account"',
            )
        with self.store.writing() as connection:
            entry = self._one(connection, id_, lock=True)
            _refuse_resolved(entry)
            true = dict(entry.correction if correction is None else correction)
            _refuse_contradiction(entry, outcome, true, is_given=correction is not None)
            labels = true if outcome == "corrected" else {}
            if outcome == "confirmed-right":
                labels = dict(right_answers or {})
            source = CORRECTION if outcome == "corrected" else CONFIRMATION
            write_labels(
                connection,
                self.store.dialect,
                [
                    Label(entry.call, row, entry.pilot, label, source, who, now)
                    for row, label in labels.items()
                ],
            )
            return self._change(
                connection,
                entry,
                outcome=outcome,
                resolved_by=who,
                resolved_at=now,
                correction=true if outcome == "corrected" else {},
                why=why,
            )

    def reopen(self, id_: str, *, who: str, why: str, now: float) -> Entry:
        """Open it again, and take back the true answers that came of it.

        Who had resolved it, how and why stays in its notes. Raises InputError.
        """
        with self.store.writing() as connection:
            entry = self._one(connection, id_, lock=True)
            if entry.is_open:
                raise InputError(
                    f"{entry.id} is open.", hint=f"proveout exceptions show {entry.id}"
                )
            assert entry.resolved_at is not None  # noqa: S101  # it is not open
            withdraw_labels(connection, pilot=entry.pilot, call=entry.call, at=entry.resolved_at)
            was = f"{entry.outcome} by {entry.resolved_by} on {said_at(entry.resolved_at)}"
            note = f"reopened by {who} on {said_at(now)}: {why} (it was {was}: {entry.why})"
            return self._change(
                connection,
                entry,
                outcome=None,
                resolved_by=None,
                resolved_at=None,
                why=None,
                taken_by=None,
                taken_at=None,
                notes=(*entry.notes, note),
            )

    def escalate(self, id_: str, *, to: str, now: float) -> Entry:
        """Hand one on to somebody by name. Raises InputError."""
        with self.store.writing() as connection:
            entry = self._one(connection, id_, lock=True)
            _refuse_resolved(entry)
            return self._change(connection, entry, escalated_to=to, escalated_at=now)

    def escalate_due(self, now: float) -> Escalated:
        """Hand on all that nobody has resolved in time, as the charter says; each once."""
        handling = self.handling
        late = _table.due_at < now
        if handling.escalates_after_hours is not None:
            late = _table.at < now - handling.escalates_after_hours * 3600.0
        conditions = [*self._which("open", now=now), late, _table.escalated_at.is_(None)]
        if handling.escalates_to is None:
            with self.store.reading() as connection:
                query = select(func.count()).select_from(EXCEPTIONS).where(*conditions)
                return Escalated(entries=(), nobody=int(connection.execute(query).scalar_one()))
        with self.store.writing() as connection:
            changed = connection.execute(
                update(EXCEPTIONS)
                .where(*conditions)
                .values(escalated_to=handling.escalates_to, escalated_at=now)
                .returning(EXCEPTIONS)
            )
            entries = sorted(map(_entry, changed.mappings()), key=lambda each: each.due_at)
        return Escalated(entries=tuple(entries))

    def forget(self, *, before: float) -> int:
        """Delete what requests and answers held of entries that were resolved before then."""
        with self.store.writing() as connection:
            held = or_(_table.request.is_not(None), _table.answer.is_not(None))
            changed = connection.execute(
                update(EXCEPTIONS)
                .where(_table.pilot == self.pilot, _table.resolved_at < before, held)
                .values(request=None, answer=None)
            )
            return int(changed.rowcount)

    def _which(
        self, which: Which, *, now: float, owner: str | None = None
    ) -> Iterator[ColumnElement[bool]]:
        yield _table.pilot == self.pilot
        if which == "resolved":
            yield _table.resolved_at.is_not(None)
        elif which != "all":
            yield _table.resolved_at.is_(None)
        if which == "overdue":
            yield _table.due_at < now
        if owner is not None:
            columns = (_table.taken_by, _table.escalated_to, _table.owner)
            yield or_(*(column == owner for column in columns))

    def _one(self, connection: Connection, id_: str, *, lock: bool = False) -> Entry:
        wanted = _storable(id_.strip())
        # By whole ids, for which there are indexes, before all of a long queue is looked through.
        ways = (
            _table.id == wanted.lower(),
            _table.call == wanted,
            _table.id.startswith(wanted.lower(), autoescape=True),
        )
        found: list[Entry] = []
        for way in ways:
            query = select(EXCEPTIONS).where(_table.pilot == self.pilot, way)
            if lock and self.store.dialect == "postgresql":
                query = query.with_for_update()
            found = [_entry(row) for row in connection.execute(query.limit(9)).mappings()]
            if found:
                break
        if len(found) == 1 and wanted:
            return found[0]
        if not found or not wanted:
            raise InputError(
                f"There is no exception '{id_}' of the pilot '{self.pilot}'.",
                hint="See those that are open: proveout exceptions list",
            )
        raise InputError(
            f"'{id_}' may be {', '.join(each.id for each in found)}.", hint="Give more of it."
        )

    def _change(self, connection: Connection, entry: Entry, **changes: Any) -> Entry:
        changed = replace(entry, **changes)
        row = {name: value for name, value in _row(changed).items() if name in changes}
        connection.execute(update(EXCEPTIONS).where(_table.id == entry.id).values(**row))
        return changed

    def _insert(self, connection: Connection, rows: list[dict[str, Any]]) -> int:
        ids = [row["id"] for row in rows]
        known: set[str] = set()
        for first in range(0, len(ids), _IDS):
            query = select(_table.id).where(_table.id.in_(ids[first : first + _IDS]))
            known |= set(connection.execute(query).scalars())
        new = {row["id"]: row for row in rows if row["id"] not in known}
        if new:
            insert = sqlite.insert if self.store.dialect == "sqlite" else postgresql.insert
            # Another host may have queued the same meanwhile.
            connection.execute(insert(EXCEPTIONS).on_conflict_do_nothing(), list(new.values()))
        return len(new)


def _refuse_resolved(entry: Entry) -> None:
    if not entry.is_open:
        raise InputError(
            f"{entry.id} was resolved by {entry.resolved_by} on {said_at(entry.resolved_at)}: "
            f"{entry.outcome} ({entry.why}).",
            hint=f"Open it again first: proveout exceptions reopen {entry.id} --who … --why …",
        )


def _refuse_contradiction(
    entry: Entry, outcome: Resolution, correction: Mapping[int, str], *, is_given: bool
) -> None:
    if outcome == "corrected" and not correction:
        raise InputError(
            f"{entry.id}: 'corrected' needs the true answer.",
            hint="Give it: --correction TEXT. Where there is none: --outcome rejected",
        )
    if outcome != "corrected" and is_given and correction:
        raise InputError(
            f"{entry.id}: a true answer was given, and the outcome is '{outcome}'.",
            hint="Where the answer was wrong: --outcome corrected",
        )


def _row(entry: Entry) -> dict[str, Any]:
    names = (column.name for column in EXCEPTIONS.columns)
    lists = {"reasons": list(entry.reasons), "notes": list(entry.notes)}
    correction = {str(row): label for row, label in entry.correction.items()}
    return {
        **{name: _storable(getattr(entry, name)) for name in names},
        **{name: json.dumps(value, ensure_ascii=False) for name, value in lists.items()},
        "correction": json.dumps(correction, ensure_ascii=False) if correction else None,
    }


def _storable(value: Any) -> Any:
    """Return a value that each store takes: PostgreSQL knows no text with a NUL in it, and one
    entry that it refuses would hold up all that wait behind it."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value


def _entry(row: RowMapping) -> Entry:
    correction = json.loads(row["correction"]) if row["correction"] else {}
    return Entry(
        **{
            **row,
            "reasons": tuple(json.loads(row["reasons"])),
            "notes": tuple(json.loads(row["notes"])),
            "correction": {int(place): label for place, label in correction.items()},
        }
    )
