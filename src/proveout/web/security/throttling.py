"""How often one may try: against guessing, and never so that somebody is locked out for good."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select

from proveout.desk.tables.accounts import ATTEMPTS
from proveout.errors import InputError

if TYPE_CHECKING:
    from sqlalchemy import Connection

WINDOW_S = 15 * 60
"""Attempts are forgotten after so long: no lock outlasts it."""
FREE_BY_ACCOUNT = 5
FREE_BY_ADDRESS = 20
"""So many wrong ones cost nothing: a company may share one address."""
FIRST_WAIT_S = 2
LONGEST_WAIT_S = 60
"""The wait doubles with each further wrong one, up to this."""


class TooManyError(InputError):
    """Too many wrong attempts."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"Too many wrong attempts. Wait {wait_s} seconds.", hint="Then try again.")
        self.wait_s = wait_s


def begin_attempt(connection: Connection, *, account: str, address: str, now: datetime) -> None:
    """Count an attempt as wrong before it is looked at, so that many at once gain nothing.

    `account` is any name that was typed, and need not exist. Raises TooManyError where a wait is
    not over yet; that costs nothing.
    """
    keys = (f"account:{account}", f"address:{address}")
    if connection.dialect.name == "postgresql":
        for key in sorted(keys):
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(key))))
    free = (FREE_BY_ACCOUNT, FREE_BY_ADDRESS)
    wait = max(_wait(connection, key, n, now) for key, n in zip(keys, free, strict=True))
    if wait > 0:
        raise TooManyError(wait)
    connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.at < now.timestamp() - WINDOW_S))
    for key in keys:
        # Two at the same moment are two.
        at = now.timestamp() + secrets.randbelow(10**6) / 1e9
        connection.execute(insert(ATTEMPTS).values(key=key, at=at))


def end_attempt(connection: Connection, *, account: str, address: str) -> None:
    """Forget what an account's holder, who has come in, got wrong before; and this attempt."""
    connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.key == f"account:{account}"))
    key = f"address:{address}"
    latest = select(func.max(ATTEMPTS.c.at)).where(ATTEMPTS.c.key == key).scalar_subquery()
    connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.key == key, ATTEMPTS.c.at == latest))


def wait_after(wrong: int, free: int) -> int:
    """Return the seconds to wait after so many wrong attempts."""
    over = wrong - free
    return 0 if over < 0 else min(LONGEST_WAIT_S, FIRST_WAIT_S << min(over, 10))


def _wait(connection: Connection, key: str, free: int, now: datetime) -> int:
    moment = now.timestamp()
    found = connection.execute(
        select(func.count(), func.max(ATTEMPTS.c.at)).where(
            ATTEMPTS.c.key == key, ATTEMPTS.c.at > moment - WINDOW_S
        )
    ).one()
    wrong, last = found
    if not wrong:
        return 0
    left = last + wait_after(wrong, free) - moment
    return max(0, int(left + 0.999))
