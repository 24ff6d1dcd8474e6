"""The ledger on a database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Row,
    Select,
    case,
    cast,
    func,
    insert,
    null,
    or_,
    select,
    update,
)

from proveout.errors import LedgerBrokenError, LedgerMovedError
from proveout.evidence.canonical import canonical_json
from proveout.evidence.ledger.chain import Head, bind, read_row, stored_moment
from proveout.evidence.ledger.database import Database
from proveout.evidence.ledger.port import (
    GENESIS,
    Entry,
    EntryKind,
    Expectations,
    Expected,
    Looked,
    NewEntry,
    News,
    Snapshot,
    Step,
    StoredRow,
    each_of,
    names,
)
from proveout.evidence.ledger.schema import ENTRIES, HEAD

SEE_ALL = "See all that is wrong: proveout ledger verify"
PAGE = 1_000
"""Entries read per query, so that a slow reader holds no transaction open."""

_Columns = tuple[int, str, str, str, str, str, str]
_ROW = (
    ENTRIES.c.seq,
    ENTRIES.c.pilot,
    ENTRIES.c.kind,
    ENTRIES.c.recorded_at,
    ENTRIES.c.body,
    ENTRIES.c.prev_hash,
    ENTRIES.c.hash,
)
_LAST = select(ENTRIES.c.seq, ENTRIES.c.hash).order_by(ENTRIES.c.seq.desc()).limit(1)


class SqlLedger:
    """The port on a database, SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def append(self, entries: Sequence[NewEntry], *, expected: Expectations = None) -> list[Entry]:
        """Append all or none; when this returns, they survive a crash of this process.

        Raises LedgerMovedError when somebody was quicker than `expected` says, LedgerError when
        the store refuses, LedgerBrokenError when the chain has no sound end to build on,
        UnreachableError when the database cannot be reached.
        """
        if not entries:
            return []
        with self._database.writing() as connection:
            head = self._compared(connection, self._head(connection, lock=True))
            for each in each_of(expected):
                _refuse_moved(connection, each)
            rows = bind(head, entries, self._clock())
            connection.execute(insert(ENTRIES), [asdict(row) for row in rows])
            connection.execute(update(HEAD).values(seq=rows[-1].seq, hash=rows[-1].hash))
        return [read_row(row) for row in rows]

    def entries(
        self,
        *,
        pilot: str | None = None,
        kinds: Iterable[EntryKind] | None = None,
        after: int = 0,
    ) -> Iterator[Entry]:
        """Yield the entries that are there now, in order, optionally of one pilot or some kinds.

        With `after`, those behind a position, and only these are counted.

        Raises LedgerBrokenError when entries are missing, or at the first one that is not what was
        recorded.
        """
        query = select(*_ROW).order_by(ENTRIES.c.seq).limit(PAGE)
        if pilot is not None:
            query = query.where(ENTRIES.c.pilot == pilot)
        if kinds is not None:
            query = query.where(ENTRIES.c.kind.in_(tuple(kinds)))
        last, done = self._sound_end(after), after
        while page := self._page(query.where(ENTRIES.c.seq > done, ENTRIES.c.seq <= last)):
            for row in page:
                yield read_row(row)
            done = page[-1].seq

    def evidence(
        self,
        pilot: str | None,
        *,
        runs: Collection[str] = (),
        checks: Collection[str] = (),
        metrics: Collection[str] = (),
        about: Mapping[str, str] | None = None,
        after: int = 0,
        until: int | None = None,
    ) -> Iterator[Entry]:
        """Yield, in order, all evidence of some runs, some checks or on some metrics; or any.

        With `about`, those alone on this subject. Looks for the stored words, so that others may be
        among them: a database that was told to read JSON would refuse everything for one entry that
        was damaged.
        """
        query = select(*_ROW).order_by(ENTRIES.c.seq).limit(PAGE)
        query = query.where(ENTRIES.c.kind == "evidence")
        if pilot is not None:
            query = query.where(ENTRIES.c.pilot == pilot)
        if until is not None:
            query = query.where(ENTRIES.c.seq <= until)
        words = [
            *(canonical_json({"run": run})[1:-1] for run in sorted(runs)),
            *(canonical_json({"check": {"name": name}})[1:-2] for name in sorted(checks)),
            *(canonical_json({"metric": name})[1:-1] for name in sorted(metrics)),
        ]
        subject = [] if about is None else [canonical_json({"subject": dict(about)})[1:-1]]
        for group in filter(None, (words, subject)):
            query = query.where(self._holds(group))
        done = after
        while page := self._page(query.where(ENTRIES.c.seq > done)):
            for row in page:
                yield read_row(row)
            done = page[-1].seq

    def _holds(self, words: Sequence[str]) -> ColumnElement[bool]:
        """Ask whether the stored text holds one of some words."""
        if self._database.dialect == "sqlite":
            stored = cast(ENTRIES.c.body, LargeBinary)
            return func.holds(stored, *(each.encode() for each in words))
        return or_(*(func.strpos(ENTRIES.c.body, each) > 0 for each in words))

    def latest(self, asked: Looked, *, limit: int) -> list[Entry]:
        """Return the latest entries of a pilot that are asked for, the latest first.

        Each kind is looked up by its index, so that a few acts are found among a million facts.
        """
        found: list[Entry] = []
        before = asked.before
        while True:
            rows = self._latest(asked, before, limit)
            entries = [read_row(row) for row in rows]
            found += [entry for entry in entries if names(entry, asked.person)]
            if len(rows) < limit or len(found) >= limit:
                return found[:limit]
            before = rows[-1].seq

    def _latest(self, asked: Looked, before: int | None, limit: int) -> list[StoredRow]:
        query = select(*_ROW).order_by(ENTRIES.c.seq.desc()).limit(limit)
        query = query.where(ENTRIES.c.pilot == asked.pilot)
        if before is not None:
            query = query.where(ENTRIES.c.seq < before)
        if asked.since is not None:
            query = query.where(ENTRIES.c.recorded_at >= stored_moment(asked.since))
        if asked.until is not None:
            query = query.where(ENTRIES.c.recorded_at < stored_moment(asked.until))
        if asked.person is not None:
            at = func.instr if self._database.dialect == "sqlite" else func.strpos
            words = (canonical_json({key: asked.person})[1:-1] for key in ("who", "person"))
            query = query.where(or_(*(at(ENTRIES.c.body, each) > 0 for each in words)))
        if not asked.kinds:
            return self._page(query)
        rows = [
            row for kind in asked.kinds for row in self._page(query.where(ENTRIES.c.kind == kind))
        ]
        rows.sort(key=lambda row: -row.seq)
        return rows[:limit]

    @contextmanager
    def news(self, after: int, *, whole: Collection[EntryKind] | None) -> Iterator[News]:
        """Open what came after a position; of some kinds with their content (None: of all)."""
        body: ColumnElement[str] = ENTRIES.c.body
        if whole is not None:
            body = case((ENTRIES.c.kind.in_(tuple(whole)), body), else_=null())
        columns = (
            ENTRIES.c.seq, ENTRIES.c.pilot, ENTRIES.c.kind, ENTRIES.c.recorded_at,
            ENTRIES.c.prev_hash, ENTRIES.c.hash, body,
        )  # fmt: skip
        with self._database.reading() as connection:
            head = self._head(connection)
            at = select(ENTRIES.c.hash).where(ENTRIES.c.seq == after)
            found = connection.execute(at).scalar() if after else GENESIS
            # Closed in any case: a statement that was left half read would hold an old state open.
            with connection.execution_options(stream_results=True, yield_per=PAGE).execute(
                select(*columns).where(ENTRIES.c.seq > after).order_by(ENTRIES.c.seq)
            ) as rows:
                steps = (Step(*row) for row in rows)
                yield News(head=(head.seq, head.hash), known=found, steps=steps)

    def head(self) -> tuple[int, str]:
        """Return the last sequence number and hash; (0, GENESIS) when empty."""
        with self._database.reading() as connection:
            found = self._head(connection)
        return found.seq, found.hash

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Open a consistent view of the raw rows; appends by others go on meanwhile."""
        with self._database.reading() as connection:
            heads = connection.execute(select(HEAD.c.seq, HEAD.c.hash)).all()
            damage = self._database.damage(connection)
            with connection.execution_options(stream_results=True, yield_per=PAGE).execute(
                select(*_ROW).order_by(ENTRIES.c.seq)
            ) as rows:
                yield Snapshot(
                    heads=[(seq, digest) for seq, digest in heads],
                    rows=(_stored(row) for row in rows),
                    damage=damage,
                )

    def _page(self, query: Select[*_Columns]) -> list[StoredRow]:
        with self._database.reading() as connection:
            return [_stored(row) for row in connection.execute(query)]

    def _head(self, connection: Connection, *, lock: bool = False) -> Head:
        query = select(HEAD.c.seq, HEAD.c.hash)
        found = connection.execute(query.with_for_update() if lock else query).all()
        if len(found) != 1:
            raise LedgerBrokenError(
                f"The ledger {self._database.place} has lost the note of its last entry.",
                hint=SEE_ALL,
            )
        return Head(seq=found[0].seq, hash=found[0].hash)

    def _sound_end(self, after: int) -> int:
        """Return the last position, after checking that all entries up to there are there.

        Otherwise an older fact would stand in for a later one that somebody took away.
        """
        with self._database.reading() as connection:
            last = self._compared(connection, self._head(connection)).seq
            counted = select(func.count()).select_from(ENTRIES)
            if after:
                counted = counted.where(ENTRIES.c.seq > after)
            n = connection.execute(counted).scalar_one()
        if n != max(0, last - after):
            behind = f" behind entry {after}" if after else ""
            raise LedgerBrokenError(
                f"The ledger {self._database.place} should hold {max(0, last - after)} entries"
                f"{behind}, and holds {n}.",
                hint=SEE_ALL,
            )
        return last

    def _compared(self, connection: Connection, head: Head) -> Head:
        last = connection.execute(_LAST).first()
        seq, digest = (0, GENESIS) if last is None else (last.seq, last.hash)
        if (head.seq, head.hash) != (seq, digest):
            # To go on from here would bury what was cut off.
            raise LedgerBrokenError(
                f"The ledger {self._database.place} should end with entry {head.seq}, and ends "
                f"with entry {seq} or another content of it. Nothing was read or recorded.",
                hint=SEE_ALL,
            )
        return head


def _refuse_moved(connection: Connection, expected: Expected) -> None:
    query = select(func.max(ENTRIES.c.seq)).where(
        ENTRIES.c.pilot == expected.pilot, ENTRIES.c.kind == expected.kind
    )
    last = connection.execute(query).scalar_one() or 0
    if last != expected.last_seq:
        raise LedgerMovedError(expected.pilot)


def _stored(row: Row[*_Columns]) -> StoredRow:
    return StoredRow(
        seq=row.seq,
        pilot=row.pilot,
        kind=row.kind,
        recorded_at=row.recorded_at,
        body=row.body,
        prev_hash=row.prev_hash,
        hash=row.hash,
    )
