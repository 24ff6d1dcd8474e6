"""What people are to be told, kept until it was sent: nothing is lost, and nothing sent twice.

A row is written once, whoever writes it: its key is made of person, thing, kind and day. Who sends
takes a lease on rows first, and marks them as sent afterwards. Killed in between, the rows come
free when the lease ends, and are sent once more: at most one repeat.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from proveout.desk.port import Desk
from proveout.desk.tables.accounts import ACCOUNTS
from proveout.desk.tables.outbox import OUTBOX, PREFERENCES

LEASE_S = 600.0
GIVE_UP_AFTER_S = 7 * 86_400.0
"""What was not taken for a week is no news any more; it is told as given up."""
FORGET_AFTER_S = 180 * 86_400.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 60.0, 6 * 3600.0
_SET_BACK_S = 3600.0
"""What waits for longer than any pause was written under a clock that has been set back since."""
_AT_ONCE = 400

_row = OUTBOX.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing to tell one person."""

    key: str
    account: str
    kind: str
    pilot: str
    says: Mapping[str, Any] = field(default_factory=dict)
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What became of something that one person was to be told."""

    kind: str
    says: Mapping[str, Any]
    made_at: float
    sent_at: float | None
    given_up_at: float | None
    attempts: int
    failure: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Somebody's preferences, and where they are reached."""

    account: str
    email: str
    person: str | None
    settings: Mapping[str, Any]
    is_administrator: bool = False


def preferences_of(desk: Desk, account: str) -> Mapping[str, Any] | None:
    """Return what somebody chose; None where nothing was chosen yet."""
    query = select(PREFERENCES.c.settings).where(PREFERENCES.c.account == account)
    with desk.reading() as reading:
        found = reading.execute(query).scalar_one_or_none()
    return None if found is None else dict(json.loads(found))


def choose(desk: Desk, account: str, settings: Mapping[str, Any], now: float) -> None:
    """Keep what somebody chose."""
    values = {"account": account, "settings": json.dumps(dict(settings)), "changed_at": now}
    insert = _insert(desk)(PREFERENCES).values(values)
    changed = {key: insert.excluded[key] for key in ("settings", "changed_at")}
    with desk.writing() as writing:
        writing.execute(insert.on_conflict_do_update(index_elements=["account"], set_=changed))


def all_chosen(desk: Desk) -> list[Chosen]:
    """Return the preferences of all active accounts."""
    account = ACCOUNTS.c
    query = (
        select(
            account.id,
            account.email,
            account.person,
            PREFERENCES.c.settings,
            account.is_administrator,
        )
        .join(PREFERENCES, PREFERENCES.c.account == account.id)
        .where(account.is_active)
        .order_by(account.id)
    )
    with desk.reading() as reading:
        rows = reading.execute(query).all()
    return [
        Chosen(
            account=id_,
            email=email,
            person=person,
            settings=json.loads(settings),
            is_administrator=is_administrator,
        )
        for id_, email, person, settings, is_administrator in rows
    ]


def known(desk: Desk, keys: Sequence[str]) -> set[str]:
    """Return which of these keys stand in the outbox, sent or not."""
    found: set[str] = set()
    with desk.reading() as reading:
        for start in range(0, len(keys), _AT_ONCE):
            part = keys[start : start + _AT_ONCE]
            found |= set(reading.execute(select(_row.key).where(_row.key.in_(part))).scalars())
    return found


def put(desk: Desk, rows: Iterable[Row], now: float) -> int:
    """Write down what is to be told; return how many are new."""
    values = [
        {
            "key": row.key, "account": row.account, "kind": row.kind, "pilot": row.pilot,
            "says": json.dumps(dict(row.says)), "made_at": now, "not_before": now, "attempts": 0,
        }
        for row in rows
    ]  # fmt: skip
    new = 0
    with desk.writing() as writing:
        for start in range(0, len(values), _AT_ONCE):
            insert = _insert(desk)(OUTBOX).values(values[start : start + _AT_ONCE])
            statement = insert.on_conflict_do_nothing(index_elements=["key"])
            new += len(writing.execute(statement.returning(_row.key)).all())
    return new


def waiting(desk: Desk, now: float) -> list[str]:
    """Return the accounts for which something waits that may be tried now."""
    query = select(_row.account).where(_free(now)).distinct().order_by(_row.account)
    with desk.reading() as reading:
        return list(reading.execute(query).scalars())


def take(
    desk: Desk, account: str, *, holder: str, now: float, kinds: Sequence[str] | None = None
) -> list[Row]:
    """Take a lease on all that one person is to be told now, of these kinds."""
    wanted = and_(_free(now), _row.account == account)
    if kinds is not None:
        wanted = and_(wanted, _row.kind.in_(kinds))
    statement = (
        update(OUTBOX)
        .where(wanted)
        .values(leased_by=holder, leased_until=now + LEASE_S, attempts=_row.attempts + 1)
        .returning(_row.key, _row.kind, _row.pilot, _row.says, _row.attempts, _row.made_at)
    )
    with desk.writing() as writing:
        rows = writing.execute(statement).all()
    return [
        Row(
            key=key, account=account, kind=kind, pilot=pilot, says=json.loads(says),
            attempts=attempts,
        )
        for key, kind, pilot, says, attempts, _ in sorted(rows, key=lambda row: (row[5], row[0]))
    ]  # fmt: skip


def mark_sent(
    desk: Desk, rows: Sequence[Row], *, holder: str, now: float, failure: str | None = None
) -> None:
    """Note that they were sent; `failure` names channels that did not take them, of several."""
    _finish(desk, rows, holder, sent_at=now, leased_by=None, leased_until=None, failure=failure)


def drop(desk: Desk, account: str, *, now: float, why: str) -> None:
    """Give up what waits for somebody who is not to be told any more."""
    with desk.writing() as writing:
        writing.execute(
            update(OUTBOX)
            .where(_row.account == account, _free(now))
            .values(given_up_at=now, failure=why)
        )


def mark_failed(desk: Desk, rows: Sequence[Row], *, holder: str, now: float, failure: str) -> None:
    """Note that they were not taken: tried again after growing pauses, and given up after a week.

    `failure` is without secrets.
    """
    pause = pause_after(max((row.attempts for row in rows), default=1))
    _finish(
        desk, rows, holder, leased_by=None, leased_until=None, failure=failure[:500],
        not_before=now + pause,
    )  # fmt: skip
    with desk.writing() as writing:
        for start in range(0, len(rows), _AT_ONCE):
            writing.execute(
                update(OUTBOX)
                .where(_row.key.in_([row.key for row in rows[start : start + _AT_ONCE]]))
                .where(_row.sent_at.is_(None), _row.made_at < now - GIVE_UP_AFTER_S)
                .values(given_up_at=now)
            )


def forget(desk: Desk, now: float) -> int:
    """Delete what was told long ago of days that are over; return how many.

    What is told once and for as long as it stands (new, escalated, an alarm) is kept: without its
    key it would be told again.
    """
    with desk.writing() as writing:
        gone = writing.execute(
            delete(OUTBOX)
            .where(
                _row.kind.in_(("due", "overdue", "digest")),
                _row.made_at < now - FORGET_AFTER_S,
                or_(_row.sent_at.is_not(None), _row.given_up_at.is_not(None)),
            )
            .returning(_row.key)
        )
        return len(gone.all())


def pause_after(attempts: int) -> float:
    """Return the seconds to wait: a minute, two, four … six hours."""
    return min(_FIRST_PAUSE_S * 2.0 ** min(attempts - 1, 30), _LONGEST_PAUSE_S)


def sendings(desk: Desk, account: str, *, most: int = 20) -> list[Sending]:
    """Return what one person was told, or is to be, the latest first."""
    query = (
        select(
            _row.kind, _row.says, _row.made_at, _row.sent_at, _row.given_up_at, _row.attempts,
            _row.failure,
        )
        .where(_row.account == account)
        .order_by(_row.made_at.desc(), _row.key)
        .limit(most)
    )  # fmt: skip
    with desk.reading() as reading:
        rows = reading.execute(query).all()
    return [
        Sending(
            kind=kind, says=json.loads(says), made_at=made, sent_at=sent, given_up_at=up,
            attempts=attempts, failure=failure,
        )
        for kind, says, made, sent, up, attempts, failure in rows
    ]  # fmt: skip


def counts(desk: Desk) -> tuple[int, int]:
    """Return how many wait to be sent, and how many were given up."""
    with desk.reading() as reading:
        waits = select(func.count()).where(_row.sent_at.is_(None), _row.given_up_at.is_(None))
        up = select(func.count()).where(_row.sent_at.is_(None), _row.given_up_at.is_not(None))
        return reading.execute(waits).scalar_one(), reading.execute(up).scalar_one()


def _finish(desk: Desk, rows: Sequence[Row], holder: str, **values: Any) -> None:
    with desk.writing() as writing:
        for start in range(0, len(rows), _AT_ONCE):
            keys = [row.key for row in rows[start : start + _AT_ONCE]]
            writing.execute(
                update(OUTBOX).where(_row.key.in_(keys), _row.leased_by == holder).values(**values)
            )


def _free(now: float) -> ColumnElement[bool]:
    return and_(
        _row.sent_at.is_(None),
        _row.given_up_at.is_(None),
        or_(_row.not_before <= now, _row.not_before > now + _LONGEST_PAUSE_S + _SET_BACK_S),
        or_(
            _row.leased_until.is_(None),
            _row.leased_until <= now,
            _row.leased_until > now + LEASE_S + _SET_BACK_S,
        ),
    )


def _insert(desk: Desk) -> Any:
    return sqlite.insert if desk.dialect == "sqlite" else postgresql.insert
