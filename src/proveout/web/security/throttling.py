"""How often one may try: against guessing, and never so that somebody is locked out for good."""

from __future__ import annotations

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


def refuse_when_too_many(
    connection: Connection, *, account: str, address: str, now: datetime
) -> None:
    """Raise TooManyError where a wait is not over yet. `account` need not exist."""
    waits = (
        _wait(connection, f"account:{account}", FREE_BY_ACCOUNT, now),
        _wait(connection, f"address:{address}", FREE_BY_ADDRESS, now),
    )
    if max(waits) > 0:
        raise TooManyError(max(waits))


def note_wrong(connection: Connection, *, account: str, address: str, now: datetime) -> None:
    """Note a wrong attempt, and forget what is long past."""
    moment = now.timestamp()
    connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.at < moment - WINDOW_S))
    for key in (f"account:{account}", f"address:{address}"):
        latest = select(func.max(ATTEMPTS.c.at)).where(ATTEMPTS.c.key == key)
        last = connection.execute(latest).scalar()
        # Two at the same moment are two.
        at = moment if last is None else max(moment, last + 1e-3)
        connection.execute(insert(ATTEMPTS).values(key=key, at=at))


def forget(connection: Connection, *, account: str) -> None:
    """Forget the wrong attempts of an account: its holder has come in."""
    connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.key == f"account:{account}"))


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
