"""The first administrator, and everybody who is invited: a link by which one sets a password."""

from __future__ import annotations

from pydantic import BaseModel

from proveout.errors import NotFoundError
from proveout.web.asked import Asked, Deed, Done, Nothing, Page
from proveout.web.permissions import Permission
from proveout.web.security import accounts, invitations, setting_up
from proveout.web.security.coming_in import begin_session
from proveout.web.security.passwords import SHORTEST, check_password, hashed_password
from proveout.web.security.typed import Email, Name, Password


class SetUpPage(BaseModel):
    """What is asked of the first administrator."""

    path: str
    shortest: int = SHORTEST


class FirstAdministrator(BaseModel):
    """What the first administrator tells."""

    email: Email
    name: Name
    password: Password


class InvitationPage(BaseModel):
    """Whom an invitation is for."""

    path: str
    name: str
    email: str
    shortest: int = SHORTEST


class NewPassword(BaseModel):
    """A password that is set."""

    password: Password


def show_set_up(asked: Asked, _: Nothing) -> SetUpPage:
    """Ask for the first administrator, behind the link that the terminal showed."""
    token = asked.path["token"]
    with asked.parts.desk.reading() as connection:
        if not setting_up.is_link(connection, token):
            raise _no_link()
    return SetUpPage(path=f"{setting_up.PATH}/{token}")


def set_up(asked: Asked, given: FirstAdministrator) -> Done:
    """Make the first administrator, once."""
    desk, token = asked.parts.desk, asked.path["token"]
    with desk.reading() as connection:
        if not setting_up.is_link(connection, token):
            raise _no_link()
    check_password(given.password, about=(given.name, given.email))
    password_hash = hashed_password(given.password)
    by = accounts.By(who=given.name, now=asked.now)
    with desk.writing() as connection:
        if not setting_up.use(connection, token):
            raise _no_link()
        made = accounts.make(
            connection, email=given.email, name=given.name, by=by, is_administrator=True
        )
        accounts.set_password(connection, made, password_hash, by)
        cookies = begin_session(connection, asked, accounts.find(connection, made))
    return Done(
        says="You are the first administrator. Make accounts for your colleagues here.",
        goes_to="/admin",
        cookies=cookies,
    )


def show_invitation(asked: Asked, _: Nothing) -> InvitationPage:
    """Ask an invited person for a password."""
    token = asked.path["token"]
    with asked.parts.desk.reading() as connection:
        account = _invited(invitations.invited(connection, token, now=asked.now))
        found = accounts.find(connection, account)
    return InvitationPage(path=f"{invitations.PATH}/{token}", name=found.name, email=found.email)


def accept_invitation(asked: Asked, given: NewPassword) -> Done:
    """Set the password that an invitation asks for, and sign in."""
    desk, token = asked.parts.desk, asked.path["token"]
    with desk.reading() as connection:
        account = _invited(invitations.invited(connection, token, now=asked.now))
        found = accounts.find(connection, account)
    check_password(given.password, about=(found.name, found.email))
    password_hash = hashed_password(given.password)
    with desk.writing() as connection:
        account = _invited(invitations.use(connection, token, now=asked.now))
        by = accounts.By(who=found.name, now=asked.now)
        accounts.set_password(connection, account, password_hash, by)
        cookies = begin_session(connection, asked, found)
    return Done(says="Your password is set.", goes_to="/", cookies=cookies)


def _invited(account: str | None) -> str:
    if account is None:
        raise NotFoundError(
            "This invitation was used, replaced or withdrawn, or a week has passed.",
            hint="Sign in with your password, or ask an administrator for a new invitation.",
        )
    return account


def _no_link() -> NotFoundError:
    return NotFoundError(
        "This set-up link was used, or replaced by a later one.",
        hint="Sign in; or, where nobody has an account yet, start the dashboard anew: it shows "
        "a new link on its terminal.",
    )


PAGES = (
    Page(
        path="/set-up/{token}", title="Set up the dashboard", template="set_up.html.j2",
        needs=Permission.anybody, view=show_set_up, shows=SetUpPage,
    ),
    Page(
        path="/invitation/{token}", title="Set your password", template="invitation.html.j2",
        needs=Permission.anybody, view=show_invitation, shows=InvitationPage,
    ),
)  # fmt: skip
DEEDS = (
    Deed(
        path="/set-up/{token}", needs=Permission.anybody, takes=FirstAdministrator, do=set_up,
        is_in_api=False,
    ),
    Deed(
        path="/invitation/{token}", needs=Permission.anybody, takes=NewPassword,
        do=accept_invitation, is_in_api=False,
    ),
)  # fmt: skip
