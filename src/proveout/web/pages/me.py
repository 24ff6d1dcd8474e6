"""What is one's own: roles, sessions, tokens, password."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, Field

from proveout.errors import InputError, NotAllowedError, NotFoundError
from proveout.web.asked import Asked, Deed, Done, Nothing, Page
from proveout.web.permissions import Permission
from proveout.web.security import access_log, accounts, sessions, tokens
from proveout.web.security.coming_in import account_by_password, begin_session
from proveout.web.security.passwords import SHORTEST, check_password, hashed_password
from proveout.web.security.typed import Name, Password

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST_TOKEN_DAYS = 366
MOST_TOKENS = 50


class PilotRoles(BaseModel):
    """One's roles in a pilot."""

    pilot: str
    title: str
    roles: list[str]


class SessionLine(BaseModel):
    """One browser in which one is signed in."""

    mark: str
    is_this: bool
    browser: str
    since: datetime
    last_used: datetime
    ends: datetime


class TokenLine(BaseModel):
    """One API token, without what it opens with."""

    id: str
    name: str
    scopes: list[str]
    made: datetime
    ends: datetime | None
    last_used: datetime | None
    is_over: bool


class MePage(BaseModel):
    """What is known of the viewer."""

    name: str
    email: str
    person: str | None
    """The name by which charters know one."""
    in_company: list[str]
    pilots: list[PilotRoles]
    sessions: list[SessionLine]
    tokens: list[TokenLine]
    has_password: bool
    shortest_password: int = SHORTEST


class ChangePassword(BaseModel):
    """The password so far, and the one from now on."""

    current: Password
    new: Password


class EndSession(BaseModel):
    """Which session is to end."""

    session: Annotated[str, Field(max_length=64)]


class MakeToken(BaseModel):
    """What a new token is for."""

    name: Name
    scopes: Annotated[list[Literal["read", "write", "say"]], Field(min_length=1, max_length=3)]
    days: Annotated[int, Field(ge=1, le=LONGEST_TOKEN_DAYS)] = 90


class RevokeToken(BaseModel):
    """Which token is to end."""

    token: Annotated[str, Field(max_length=64)]


def me(asked: Asked, _: Nothing) -> MePage:
    """Show what is one's own."""
    viewer, account, now = asked.viewer, _account(asked), asked.now
    with asked.parts.desk.reading() as connection:
        has_password = accounts.password_of(connection, account) is not None
        browsers = sessions.of_account(connection, account, now=now)
        keys = tokens.of_account(connection, account)
    held = [(book, viewer.roles_in(book) - viewer.roles) for book in asked.visible()]
    return MePage(
        name=viewer.name,
        email=viewer.email,
        person=viewer.person,
        in_company=sorted(role.value for role in viewer.roles),
        pilots=[
            PilotRoles(
                pilot=book.pilot, title=book.title, roles=sorted(role.value for role in roles)
            )
            for book, roles in held
            if roles
        ],
        sessions=[
            SessionLine(
                mark=each.mark, is_this=each.id == asked.came.session,
                browser=each.agent or "an unknown browser", since=each.made_at,
                last_used=each.seen_at, ends=each.ends_at,
            )
            for each in browsers
        ],
        tokens=[
            TokenLine(
                id=each.id, name=each.name, scopes=sorted(each.scopes), made=each.made_at,
                ends=each.ends_at, last_used=each.used_at, is_over=not each.is_valid(now),
            )
            for each in keys
        ],
        has_password=has_password,
    )  # fmt: skip


def change_password(asked: Asked, given: ChangePassword) -> Done:
    """Change the password; all other sessions end."""
    viewer, account = asked.viewer, _account(asked)
    found = account_by_password(asked, viewer.email, given.current)
    check_password(given.new, about=(viewer.name, viewer.email))
    password_hash = hashed_password(given.new)
    with asked.parts.desk.writing() as connection:
        by = accounts.By(who=viewer.name, now=asked.now)
        accounts.set_password(connection, account, password_hash, by)
        cookies = begin_session(connection, asked, found)
    says = "Your password is changed; every other browser is signed out."
    return Done(says=says, goes_to="/me", cookies=cookies)


def end_session(asked: Asked, given: EndSession) -> Done:
    """Sign out in one of one's other browsers."""
    with asked.parts.desk.writing() as connection:
        if not sessions.end_marked(connection, _account(asked), given.session):
            raise NotFoundError("There is no such session of yours.", hint="It may be over: /me")
    return Done(says="That browser is signed out.", goes_to="/me")


def make_token(asked: Asked, given: MakeToken) -> Done:
    """Make an API token; it is shown this once."""
    if asked.viewer.scopes is not None:
        raise NotAllowedError("A token cannot make another.", hint="Sign in with a browser.")
    ends_at = asked.now + timedelta(days=given.days)
    with asked.parts.desk.writing() as connection:
        if len(tokens.of_account(connection, _account(asked))) >= MOST_TOKENS:
            raise InputError(
                f"You have {MOST_TOKENS} tokens already.", hint="Revoke those that nobody uses."
            )
        text = tokens.make(
            connection, _account(asked), name=given.name, scopes=frozenset(given.scopes),
            ends_at=ends_at, now=asked.now,
        )  # fmt: skip
        _note(connection, asked, "made an API token", given.name)
    return Done(says=f"Copy the token now, it is not shown again: {text}", goes_to="/me")


def revoke_token(asked: Asked, given: RevokeToken) -> Done:
    """Revoke an API token: it opens nothing from now on."""
    with asked.parts.desk.writing() as connection:
        if not tokens.revoke(connection, _account(asked), given.token, asked.now):
            raise NotFoundError("There is no such token of yours.", hint="See: /me")
        _note(connection, asked, "revoked an API token", given.token)
    return Done(says="The token is revoked.", goes_to="/me")


def _account(asked: Asked) -> str:
    account = asked.viewer.account
    assert account is not None  # noqa: S101 - nobody else is let in
    return account


def _note(connection: Connection, asked: Asked, what: str, about: str) -> None:
    access_log.note(
        connection, now=asked.now, who=asked.viewer.name, account=asked.viewer.account,
        what=what, about=about,
    )  # fmt: skip


_MINE = Permission.signed_in
PAGES = (
    Page(
        path="/me", title="My account", template="me.html.j2", needs=_MINE, view=me, shows=MePage
    ),
)  # fmt: skip
DEEDS = (
    Deed(path="/me/password", needs=_MINE, takes=ChangePassword, do=change_password,
         is_in_api=False),
    Deed(path="/me/sessions/end", needs=_MINE, takes=EndSession, do=end_session, is_in_api=False),
    Deed(path="/me/tokens", needs=_MINE, takes=MakeToken, do=make_token, is_in_api=False),
    Deed(path="/me/tokens/revoke", needs=_MINE, takes=RevokeToken, do=revoke_token,
         is_in_api=False),
)  # fmt: skip
"""In the browser alone: a token must not be able to make itself more than it is."""
