"""Signing in, and out."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from proveout.web.asked import Asked, Deed, Done, Nothing, Page
from proveout.web.permissions import Permission
from proveout.web.security import access_log, sessions, setting_up
from proveout.web.security.coming_in import OUT, account_by_password, begin_session
from proveout.web.security.typed import Password

Path = Annotated[str, Field(max_length=500)]


class SignInAsks(BaseModel):
    """Where one wanted to go."""

    next: Path = "/"


class SignInPage(BaseModel):
    """How one may sign in."""

    next: str
    is_signed_in: bool
    needs_set_up: bool
    """Nobody has an account yet."""
    company: str | None
    """What the button for the company's account says, where there is one."""


class SignIn(BaseModel):
    """What one signs in with."""

    email: Annotated[str, Field(max_length=254)]
    password: Password
    next: Path = "/"


def show_sign_in(asked: Asked, asks: SignInAsks) -> SignInPage:
    """Ask for e-mail and password, or offer the company's account."""
    oidc = asked.parts.settings.oidc
    with asked.parts.desk.reading() as connection:
        needs_set_up = setting_up.is_needed(connection)
    return SignInPage(
        next=asks.next,
        is_signed_in=asked.viewer.is_signed_in,
        needs_set_up=needs_set_up,
        company=None if oidc is None else oidc.label,
    )


def sign_in(asked: Asked, given: SignIn) -> Done:
    """Sign in by e-mail and password."""
    account = account_by_password(asked, given.email.strip().lower(), given.password)
    with asked.parts.desk.writing() as connection:
        cookies = begin_session(connection, asked, account)
    return Done(says=f"Welcome, {account.name}.", goes_to=given.next, cookies=cookies)


def sign_out(asked: Asked, _: Nothing) -> Done:
    """End the session of this browser."""
    if asked.came.session is not None:
        with asked.parts.desk.writing() as connection:
            sessions.end(connection, asked.came.session)
    return Done(says="You are signed out.", goes_to="/sign-in", cookies=OUT)


def sign_out_everywhere(asked: Asked, _: Nothing) -> Done:
    """End all sessions of one's own, this one included."""
    account = asked.viewer.account
    assert account is not None  # noqa: S101 - nobody else is let in
    with asked.parts.desk.writing() as connection:
        ended = sessions.end_all(connection, account)
        access_log.note(
            connection, now=asked.now, who=asked.viewer.name, account=account,
            what="signed out everywhere", about=f"{ended} sessions",
        )  # fmt: skip
    return Done(says="You are signed out everywhere.", goes_to="/sign-in", cookies=OUT)


PAGES = (
    Page(
        path="/sign-in", title="Sign in", template="sign_in.html.j2", needs=Permission.anybody,
        view=show_sign_in, shows=SignInPage, asks=SignInAsks,
    ),
)  # fmt: skip
DEEDS = (
    Deed(
        path="/sign-in", needs=Permission.anybody, takes=SignIn, do=sign_in, is_in_api=False
    ),
    Deed(
        path="/sign-out", needs=Permission.signed_in, takes=Nothing, do=sign_out, is_in_api=False
    ),
    Deed(
        path="/sign-out/everywhere", needs=Permission.signed_in, takes=Nothing,
        do=sign_out_everywhere, is_in_api=False,
    ),
)  # fmt: skip
