"""Signing in and out: what is the same by password, by link and by the company's account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proveout.errors import NotAllowedError
from proveout.web.asked import Asked
from proveout.web.security import access_log, accounts, sessions, throttling
from proveout.web.security.cookies import SESSION, VISIT, Cookie
from proveout.web.security.passwords import hashed_password, is_outdated, is_right

if TYPE_CHECKING:
    from sqlalchemy import Connection

OUT = (Cookie(purpose=SESSION), Cookie(purpose=VISIT))


def begin_session(connection: Connection, asked: Asked, account: accounts.Account) -> Cookie:
    """Begin a new session; the one that this browser had before ends, whosever it was."""
    if asked.came.session is not None:
        sessions.end(connection, asked.came.session)
    ticket = sessions.begin(connection, account.id, now=asked.now, agent=asked.came.agent)
    access_log.note(
        connection, now=asked.now, who=account.name, account=account.id, what="signed in",
        about=f"{account.email}, from {asked.came.address or 'an unknown address'}",
    )  # fmt: skip
    return Cookie(purpose=SESSION, value=ticket, lasts_s=sessions.LONGEST_S)


def account_by_password(asked: Asked, email: str, password: str) -> accounts.Account:
    """Return the account that address and password open. Raises NotAllowedError, TooManyError.

    The message and the time are the same whether there is such an account, or it is active.
    """
    address, desk = asked.came.address, asked.parts.desk
    with desk.writing() as connection:
        throttling.begin_attempt(connection, account=email, address=address, now=asked.now)
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
        throttling.end_attempt(connection, account=email, address=address)
        if newer is not None:
            accounts.renew_hash(connection, account.id, newer)
    return account
