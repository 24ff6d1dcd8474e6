"""How often one may try: against guessing, and never so that somebody is locked out for good."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What wrong attempts are counted for, and how many cost nothing."""

    key: str
    free: int
    is_shared: bool = False
    """By people who have nothing to do with each other: who comes in clears only the own one."""


def limits(*, account: str, address: str, known: str | None = None) -> tuple[Limit, ...]:
    """Return what counts for an attempt. `account` is any name that was typed.

    A browser in which the account's holder has signed in before (`known`) has a limit of its own:
    whoever guesses from elsewhere cannot keep the holder out (OWASP, device cookies).
    """
    if known is not None:
        return (Limit(key=f"browser:{known}", free=FREE_BY_ACCOUNT),)
    return (
        Limit(key=f"account:{account}", free=FREE_BY_ACCOUNT),
        Limit(key=f"address:{address}", free=FREE_BY_ADDRESS, is_shared=True),
    )


def begin_attempt(connection: Connection, held: tuple[Limit, ...], now: datetime) -> None:
    """Count an attempt as wrong before it is looked at, so that many at once gain nothing.

    Raises TooManyError where a wait is not over yet; that costs nothing.
    """
    if connection.dialect.name == "postgresql":
        for key in sorted(each.key for each in held):
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(key))))
    wait = max(_wait(connection, each.key, each.free, now) for each in held)
    if wait > 0:
        raise TooManyError(wait)
    connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.at < now.timestamp() - WINDOW_S))
    for each in held:
        # Two at the same moment are two.
        at = now.timestamp() + secrets.randbelow(10**6) / 1e9
        connection.execute(insert(ATTEMPTS).values(key=each.key, at=at))


def end_attempt(connection: Connection, held: tuple[Limit, ...]) -> None:
    """Forget what an account's holder, who has come in, got wrong before; and this attempt."""
    for each in held:
        gone = delete(ATTEMPTS).where(ATTEMPTS.c.key == each.key)
        if each.is_shared:
            latest = select(func.max(ATTEMPTS.c.at)).where(ATTEMPTS.c.key == each.key)
            gone = gone.where(ATTEMPTS.c.at == latest.scalar_subquery())
        connection.execute(gone)


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
