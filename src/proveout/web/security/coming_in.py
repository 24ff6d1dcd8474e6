"""Signing in and out: what is the same by password, by link and by the company's account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proveout.errors import NotAllowedError
from proveout.web.asked import Asked
from proveout.web.security import access_log, accounts, sessions, throttling
from proveout.web.security.cookies import KNOWN, SESSION, VISIT, Cookie, name_of
from proveout.web.security.drawing import drawn, is_same, signed
from proveout.web.security.passwords import hashed_password, is_outdated, is_right

if TYPE_CHECKING:
    from sqlalchemy import Connection

KNOWN_FOR_S = 180 * 86400
OUT = (Cookie(purpose=SESSION), Cookie(purpose=VISIT))


def begin_session(
    connection: Connection, asked: Asked, account: accounts.Account
) -> tuple[Cookie, ...]:
    """Begin a new session; the one that this browser had before ends, whosever it was.

    Returns the cookies of the session, and of a browser that is known from now on.
    """
    if asked.came.session is not None:
        sessions.end(connection, asked.came.session)
    ticket = sessions.begin(connection, account.id, now=asked.now, agent=asked.came.agent)
    access_log.note(
        connection, now=asked.now, who=account.name, account=account.id, what="signed in",
        about=f"{account.email}, from {asked.came.address or 'an unknown address'}",
    )  # fmt: skip
    mark = drawn()
    known = f"{mark}.{_known_mark(asked, account.email, mark)}"
    return (
        Cookie(purpose=SESSION, value=ticket, lasts_s=sessions.LONGEST_S),
        Cookie(purpose=KNOWN, value=known, lasts_s=KNOWN_FOR_S),
    )


def account_by_password(asked: Asked, email: str, password: str) -> accounts.Account:
    """Return the account that address and password open. Raises NotAllowedError, TooManyError.

    The message and the time are the same whether there is such an account, or it is active.
    """
    desk = asked.parts.desk
    limits = throttling.limits(
        account=email, address=asked.came.address, known=_known(asked, email)
    )
    with desk.writing() as connection:
        throttling.begin_attempt(connection, limits, asked.now)
        account = accounts.find_by_email(connection, email)
        kept = None if account is None else accounts.password_of(connection, account.id)
    is_theirs = is_right(kept, password)
    if account is None or kept is None or not is_theirs or not account.is_active:
        raise NotAllowedError(
            "E-mail or password is wrong.",
            hint="Try again, or ask an administrator of the dashboard for a new invitation.",
        )
    newer = hashed_password(password) if is_outdated(kept) else None
    with desk.writing() as connection:
        throttling.end_attempt(connection, limits)
        if newer is not None:
            accounts.renew_hash(connection, account.id, newer)
    return account


def _known(asked: Asked, email: str) -> str | None:
    """Return the mark of a browser in which the holder of an address has signed in before."""
    given = asked.came.cookies.get(name_of(KNOWN, asked.parts.settings), "")
    mark, _, proof = given.partition(".")
    return mark if mark and is_same(proof, _known_mark(asked, email, mark)) else None


def _known_mark(asked: Asked, email: str, mark: str) -> str:
    return signed(asked.parts.settings.secret, "a known browser", f"{email}\n{mark}")
