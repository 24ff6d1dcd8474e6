"""Sessions: begun by signing in, known by what a cookie holds, ended by time or by will."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, delete, insert, select, update

from proveout.desk.tables.accounts import SESSIONS
from proveout.web.security.drawing import drawn, hashed

if TYPE_CHECKING:
    from sqlalchemy import Connection

IDLE_S = 2 * 3600
"""A session that nobody used for so long is over."""
LONGEST_S = 12 * 3600
"""After a working day one signs in anew."""
NOTE_EVERY_S = 60
"""Use is noted so often, not with each request."""
AGENT_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser of somebody."""

    id: str
    """The hash of what its cookie holds."""
    account: str
    csrf: str
    made_at: datetime
    seen_at: datetime
    ends_at: datetime
    agent: str

    @property
    def mark(self) -> str:
        """A short name for people and forms; it opens nothing."""
        return self.id[:16]


def begin(connection: Connection, account: str, *, now: datetime, agent: str = "") -> str:
    """Begin one; return what its cookie holds. Sessions that are over are cleared away."""
    ticket, moment = drawn(), now.timestamp()
    connection.execute(delete(SESSIONS).where(_is_over(moment)))
    connection.execute(
        insert(SESSIONS).values(
            hash=hashed(ticket),
            account=account,
            csrf=drawn(),
            made_at=moment,
            seen_at=moment,
            ends_at=moment + LONGEST_S,
            agent=agent[:AGENT_LENGTH],
        )
    )
    return ticket


def find(connection: Connection, ticket: str, *, now: datetime) -> Session | None:
    """Return the session of a cookie, if it still is one."""
    moment = now.timestamp()
    found = connection.execute(
        select(SESSIONS).where(SESSIONS.c.hash == hashed(ticket), ~_is_over(moment))
    ).one_or_none()
    return None if found is None else _session(found)


def of_account(connection: Connection, account: str, *, now: datetime) -> list[Session]:
    """Return the sessions of somebody, the last used first."""
    wanted = select(SESSIONS).where(
        SESSIONS.c.account == account, ~_is_over(now.timestamp())
    ).order_by(SESSIONS.c.seen_at.desc(), SESSIONS.c.hash)  # fmt: skip
    return [_session(row) for row in connection.execute(wanted)]


def is_worth_noting(session: Session, now: datetime) -> bool:
    """Tell whether the last note of its use is old enough for another."""
    return (now - session.seen_at).total_seconds() >= NOTE_EVERY_S


def note(connection: Connection, session: Session, now: datetime) -> None:
    """Note that it is used."""
    connection.execute(
        update(SESSIONS).where(SESSIONS.c.hash == session.id).values(seen_at=now.timestamp())
    )


def end(connection: Connection, session_id: str) -> None:
    """End one."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.hash == session_id))


def end_marked(connection: Connection, account: str, mark: str) -> bool:
    """End one of somebody's own, by its mark; tell whether there was one."""
    wanted = delete(SESSIONS).where(
        SESSIONS.c.account == account, SESSIONS.c.hash.startswith(mark, autoescape=True)
    )
    return len(mark) == 16 and connection.execute(wanted).rowcount > 0


def end_all(connection: Connection, account: str, *, but: str | None = None) -> int:
    """End all of somebody's, but one; return how many."""
    gone = delete(SESSIONS).where(SESSIONS.c.account == account, SESSIONS.c.hash != (but or ""))
    return connection.execute(gone).rowcount


def _is_over(moment: float) -> ColumnElement[bool]:
    return (SESSIONS.c.ends_at <= moment) | (SESSIONS.c.seen_at <= moment - IDLE_S)


def _session(row: Any) -> Session:
    return Session(
        id=row.hash,
        account=row.account,
        csrf=row.csrf,
        made_at=datetime.fromtimestamp(row.made_at, UTC),
        seen_at=datetime.fromtimestamp(row.seen_at, UTC),
        ends_at=datetime.fromtimestamp(row.ends_at, UTC),
        agent=row.agent,
    )
