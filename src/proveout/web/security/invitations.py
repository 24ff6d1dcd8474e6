"""Links by which somebody sets a password: for one account, once, for a week."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from proveout.desk.tables.accounts import INVITATIONS
from proveout.web.security.drawing import drawn, hashed

if TYPE_CHECKING:
    from sqlalchemy import Connection

LASTS_S = 7 * 86400
PATH = "/invitation"


def invite(connection: Connection, account: str, *, now: datetime) -> str:
    """Make a link's path; those before it for the same account end."""
    token, moment = drawn(), now.timestamp()
    connection.execute(delete(INVITATIONS).where(INVITATIONS.c.account == account))
    connection.execute(
        insert(INVITATIONS).values(
            hash=hashed(token), account=account, made_at=moment, ends_at=moment + LASTS_S
        )
    )
    return f"{PATH}/{token}"


def invited(connection: Connection, token: str, *, now: datetime) -> str | None:
    """Return the account that a link is for, while it may be used."""
    wanted = select(INVITATIONS.c.account).where(
        INVITATIONS.c.hash == hashed(token),
        INVITATIONS.c.used_at.is_(None),
        INVITATIONS.c.ends_at > now.timestamp(),
    )
    return connection.execute(wanted).scalar_one_or_none()


def use(connection: Connection, token: str, *, now: datetime) -> str | None:
    """Use a link up; return its account. Of several who try at once, one succeeds."""
    account = invited(connection, token, now=now)
    used = update(INVITATIONS).where(
        INVITATIONS.c.hash == hashed(token), INVITATIONS.c.used_at.is_(None)
    )
    done = connection.execute(used.values(used_at=now.timestamp())).rowcount == 1
    return account if done else None


def withdraw(connection: Connection, account: str) -> None:
    """End what is open for an account."""
    connection.execute(delete(INVITATIONS).where(INVITATIONS.c.account == account))


def open_until(connection: Connection, account: str, *, now: datetime) -> float | None:
    """Return until when an account has a link that may be used."""
    wanted = select(INVITATIONS.c.ends_at).where(
        INVITATIONS.c.account == account,
        INVITATIONS.c.used_at.is_(None),
        INVITATIONS.c.ends_at > now.timestamp(),
    )
    return connection.execute(wanted).scalar_one_or_none()
