"""Sets of cases and attempts at them, in the dashboard's database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from proveout.desk.port import Desk
from proveout.desk.tables.training import ATTEMPTS, CASES, SETS, TRIES
from proveout.errors import InputError, NotFoundError
from proveout.training.case import Case
from proveout.training.practising import Attempt, Try

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

State = Literal["draft", "approved", "withdrawn"]
MOST_SETS = 50
"""Sets of a pilot that are listed, the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSet:
    """Cases that belong together."""

    id: str
    pilot: str
    training: str
    """Name of the training (`register.training.training_names`)."""
    state: State
    """Trainees see what is approved; what is approved never changes."""
    made_at: datetime
    made_by: str
    approved_at: datetime | None
    approved_by: str | None
    says: Mapping[str, Any]
    """Where the cases come from and how they were chosen (`drawing.Drawn.as_dict`)."""
    n_cases: int
    n_begun: int = 0
    """People who began."""
    n_signed: int = 0
    """People who signed off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """How far one person is with a set."""

    done: int
    """Cases answered in the latest attempt."""
    is_signed: bool


@dataclass(frozen=True, slots=True)
class Classroom:
    """All of training that the dashboard keeps for one pilot."""

    desk: Desk
    pilot: str

    def make(
        self, id_: str, training: str, cases: Iterable[Case], *, says: Mapping[str, Any],
        who: str, now: datetime,
    ) -> None:  # fmt: skip
        """Keep a draft; the same one again changes nothing."""
        rows = [
            {"set_id": id_, "number": number, "body": case.numbered(number).as_json()}
            for number, case in enumerate(cases, start=1)
        ]
        with self.desk.writing() as connection:
            is_new = _once(
                connection,
                SETS,
                id=id_,
                pilot=self.pilot,
                training=training,
                state="draft",
                made_at=now.timestamp(),
                made_by=who,
                says=json.dumps(dict(says)),
            )
            if is_new and rows:
                connection.execute(insert(CASES), rows)

    def sets(self) -> list[CaseSet]:
        """Return the latest sets with their counts."""
        with self.desk.reading() as connection:
            found = connection.execute(
                select(SETS)
                .where(SETS.c.pilot == self.pilot)
                .order_by(SETS.c.made_at.desc(), SETS.c.id)
                .limit(MOST_SETS)
            ).all()
            ids = [row.id for row in found]
            n_cases = _counted(connection, CASES.c.set_id, func.count(), ids)
            people = func.count(ATTEMPTS.c.account.distinct())
            begun = _counted(connection, ATTEMPTS.c.set_id, people, ids)
            is_signed = ATTEMPTS.c.signed_at.is_not(None)
            signed = _counted(connection, ATTEMPTS.c.set_id, people, ids, is_signed)
        return [
            _set(row, n_cases.get(row.id, 0), begun.get(row.id, 0), signed.get(row.id, 0))
            for row in found
        ]

    def set(self, id_: str) -> tuple[CaseSet, list[Case]]:
        """Return one with its cases. Raises NotFoundError."""
        with self.desk.reading() as connection:
            row = self._needed(connection, id_)
            cases = _cases(connection, id_)
        return _set(row, len(cases)), cases

    def approve(self, id_: str, *, who: str, now: datetime) -> None:
        """Let trainees see a draft; nothing of it changes from now on. Raises InputError."""
        with self.desk.writing() as connection:
            row = self._needed(connection, id_, locks=True)
            if row.state == "approved":
                return
            if row.state == "withdrawn":
                raise InputError("The set was withdrawn.", hint="Make another one.")
            if not _cases(connection, id_):
                raise InputError("There is no case in it.", hint="Enter or draw some first.")
            self._set_state(
                connection, id_, "approved", approved_at=now.timestamp(), approved_by=who
            )

    def withdraw(self, id_: str) -> None:
        """Take a set back; what was practised on it stays."""
        with self.desk.writing() as connection:
            self._needed(connection, id_)
            self._set_state(connection, id_, "withdrawn")

    def add(self, id_: str, cases: Sequence[Case], *, most: int) -> int:
        """Add cases to a draft, and return how many; one that is there already is not added.

        Raises InputError where it is no draft, or would grow too long.
        """
        with self.desk.writing() as connection:
            self._draft(connection, id_)
            before = _cases(connection, id_)
            known = {case.numbered(0) for case in before}
            new = [case for case in dict.fromkeys(cases) if case.numbered(0) not in known]
            if len(before) + len(new) > most:
                raise InputError(
                    f"A set has at most {most} cases, and there would be {len(before) + len(new)}.",
                    hint="Begin another set.",
                )
            self._rewrite(connection, id_, [*before, *new])
        return len(new)

    def drop_case(self, id_: str, number: int) -> None:
        """Take a case out of a draft for good. Raises InputError where it is no draft."""
        with self.desk.writing() as connection:
            self._draft(connection, id_)
            kept = [case for case in _cases(connection, id_) if case.number != number]
            self._rewrite(connection, id_, kept)

    def drop_columns(self, id_: str, columns: Sequence[str]) -> None:
        """Take columns out of a draft for good. Raises InputError where nothing would be left."""
        with self.desk.writing() as connection:
            self._draft(connection, id_)
            kept = [case.without(columns) for case in _cases(connection, id_)]
            if not all(case.shown for case in kept):
                raise InputError(
                    "No column would be left that a trainee could see.",
                    hint="Keep at least one column.",
                )
            self._rewrite(connection, id_, kept)

    def mine(self, ids: Sequence[str], account: str) -> dict[str, Mine]:
        """Return how far one person is with some sets: the latest attempt at each."""
        with self.desk.reading() as connection:
            begun = connection.execute(
                select(ATTEMPTS)
                .where(ATTEMPTS.c.set_id.in_(ids), ATTEMPTS.c.account == account)
                .order_by(ATTEMPTS.c.turn)
            ).all()
            done = {
                (row[0], row[1]): row[2]
                for row in connection.execute(
                    select(TRIES.c.set_id, TRIES.c.turn, func.count())
                    .where(TRIES.c.set_id.in_(ids), TRIES.c.account == account)
                    .group_by(TRIES.c.set_id, TRIES.c.turn)
                )
            }
        return {
            row.set_id: Mine(
                done=done.get((row.set_id, row.turn), 0), is_signed=row.signed_at is not None
            )
            for row in begun
        }

    def attempt(self, id_: str, account: str) -> Attempt:
        """Return the latest attempt of one person; an empty first one where there is none."""
        with self.desk.reading() as connection:
            return _attempt(connection, id_, account)

    def answer(self, id_: str, account: str, number: int, *, answer: str, now: datetime) -> None:
        """Note the own answer to a case; the first one stands."""
        with self.desk.writing() as connection:
            attempt = _attempt(connection, id_, account)
            _begin(connection, attempt, now)
            _once(
                connection,
                TRIES,
                set_id=id_,
                account=account,
                turn=attempt.turn,
                number=number,
                answer=answer,
                answered_at=now.timestamp(),
            )

    def decide(
        self, id_: str, account: str, number: int, *, lets_stand: bool, why: str, now: datetime
    ) -> None:
        """Note whether the system's answer may stand; the first word stands."""
        with self.desk.writing() as connection:
            attempt = _attempt(connection, id_, account)
            if number not in attempt.tries:
                raise InputError("Say your own answer first.", hint="Open the case again.")
            connection.execute(
                update(TRIES)
                .where(
                    TRIES.c.set_id == id_,
                    TRIES.c.account == account,
                    TRIES.c.turn == attempt.turn,
                    TRIES.c.number == number,
                    TRIES.c.decided_at.is_(None),
                )
                .values(lets_stand=lets_stand, why=why, decided_at=now.timestamp())
            )

    def sign(self, attempt: Attempt, *, now: datetime) -> None:
        """Note that an attempt was signed off."""
        with self.desk.writing() as connection:
            connection.execute(
                update(ATTEMPTS)
                .where(_is(attempt), ATTEMPTS.c.signed_at.is_(None))
                .values(signed_at=now.timestamp())
            )

    def again(self, id_: str, account: str, *, now: datetime) -> None:
        """Begin anew, once the latest attempt is signed off; before that, nothing happens."""
        with self.desk.writing() as connection:
            latest = _attempt(connection, id_, account)
            if latest.signed_at is not None:
                _begin(connection, Attempt(set_id=id_, account=account, turn=latest.turn + 1), now)

    def _needed(self, connection: Connection, id_: str, *, locks: bool = False) -> Row[Any]:
        """Return a set's row; locked, whoever else would change it waits."""
        query = select(SETS).where(SETS.c.id == id_, SETS.c.pilot == self.pilot)
        row = connection.execute(query.with_for_update() if locks else query).first()
        if row is None:
            raise NotFoundError("There is no such set of cases.", hint="See the training page.")
        return row

    def _draft(self, connection: Connection, id_: str) -> None:
        if self._needed(connection, id_, locks=True).state != "draft":
            raise InputError(
                "The set is approved or withdrawn, and does not change any more.",
                hint="Begin another set.",
            )

    def _set_state(self, connection: Connection, id_: str, state: State, **more: Any) -> None:
        connection.execute(
            update(SETS)
            .where(SETS.c.id == id_, SETS.c.pilot == self.pilot)
            .values(state=state, **more)
        )

    def _rewrite(self, connection: Connection, id_: str, cases: Sequence[Case]) -> None:
        connection.execute(delete(CASES).where(CASES.c.set_id == id_))
        rows = [
            {"set_id": id_, "number": number, "body": case.numbered(number).as_json()}
            for number, case in enumerate(cases, start=1)
        ]
        if rows:
            connection.execute(insert(CASES), rows)


def _is(attempt: Attempt) -> Any:
    return (
        (ATTEMPTS.c.set_id == attempt.set_id)
        & (ATTEMPTS.c.account == attempt.account)
        & (ATTEMPTS.c.turn == attempt.turn)
    )


def _once(connection: Connection, table: Table, **values: Any) -> bool:
    """Insert a row, and tell whether it is new: the same one again changes nothing."""
    speak = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = speak.insert(table).values(**values).on_conflict_do_nothing()
    # Counts of rows are not told by every driver; what was inserted is.
    done = connection.execute(statement.returning(*table.primary_key.columns))
    return done.first() is not None


def _begin(connection: Connection, attempt: Attempt, now: datetime) -> None:
    _once(
        connection,
        ATTEMPTS,
        set_id=attempt.set_id,
        account=attempt.account,
        turn=attempt.turn,
        began_at=now.timestamp(),
    )


def _attempt(connection: Connection, id_: str, account: str) -> Attempt:
    row = connection.execute(
        select(ATTEMPTS)
        .where(ATTEMPTS.c.set_id == id_, ATTEMPTS.c.account == account)
        .order_by(ATTEMPTS.c.turn.desc())
        .limit(1)
    ).first()
    if row is None:
        return Attempt(set_id=id_, account=account, turn=1)
    tries = connection.execute(
        select(TRIES).where(
            TRIES.c.set_id == id_, TRIES.c.account == account, TRIES.c.turn == row.turn
        )
    ).all()
    return Attempt(
        set_id=id_,
        account=account,
        turn=row.turn,
        tries={
            each.number: Try(
                number=each.number,
                answer=each.answer,
                lets_stand=each.lets_stand,
                why=each.why or "",
            )
            for each in tries
        },
        signed_at=_moment(row.signed_at),
    )


def _cases(connection: Connection, id_: str) -> list[Case]:
    query = select(CASES.c.body).where(CASES.c.set_id == id_).order_by(CASES.c.number)
    return [Case.from_json(row.body) for row in connection.execute(query)]


def _counted(
    connection: Connection, column: Any, what: Any, ids: Sequence[str], *conditions: Any
) -> dict[str, int]:
    query = select(column, what).where(column.in_(ids), *conditions).group_by(column)
    return {row[0]: row[1] for row in connection.execute(query)}


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _set(row: Row[Any], n_cases: int, n_begun: int = 0, n_signed: int = 0) -> CaseSet:
    return CaseSet(
        id=row.id,
        pilot=row.pilot,
        training=row.training,
        state=row.state,
        made_at=datetime.fromtimestamp(row.made_at, UTC),
        made_by=row.made_by,
        approved_at=_moment(row.approved_at),
        approved_by=row.approved_by,
        says=json.loads(row.says),
        n_cases=n_cases,
        n_begun=n_begun,
        n_signed=n_signed,
    )
