"""Who changed who may do what, and who came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from proveout.desk.tables.accounts import ACCESS_LOG

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """One line."""

    id: int
    at: datetime
    who: str
    account: str | None
    what: str
    about: str


def note(
    connection: Connection,
    *,
    now: datetime,
    who: str,
    what: str,
    account: str | None = None,
    about: str = "",
) -> None:
    """Note what was done, in the transaction that does it."""
    connection.execute(
        insert(ACCESS_LOG).values(
            at=now.timestamp(), who=who, account=account, what=what, about=about
        )
    )


def latest(
    connection: Connection, *, most: int, before: int | None = None, account: str | None = None
) -> list[Noted]:
    """Return the latest lines, newest first; before one of them, and of one account."""
    wanted = select(ACCESS_LOG).order_by(ACCESS_LOG.c.id.desc()).limit(most)
    if before is not None:
        wanted = wanted.where(ACCESS_LOG.c.id < before)
    if account is not None:
        wanted = wanted.where(ACCESS_LOG.c.account == account)
    return [
        Noted(
            id=row.id,
            at=datetime.fromtimestamp(row.at, UTC),
            who=row.who,
            account=row.account,
            what=row.what,
            about=row.about,
        )
        for row in connection.execute(wanted)
    ]
