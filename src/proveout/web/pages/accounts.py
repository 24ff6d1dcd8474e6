"""Administration: who may come in, and as what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, Field

from proveout.errors import InputError, NotAllowedError, NotFoundError
from proveout.web.asked import Asked, Deed, Done, Nothing, Page
from proveout.web.permissions import Permission, Role, expected_in
from proveout.web.security import access_log, accounts, invitations
from proveout.web.security.accounts import EVERYWHERE, IN_COMPANY, By
from proveout.web.security.typed import Email, Name

if TYPE_CHECKING:
    from sqlalchemy import Connection

A_PAGE = 50

Text = Annotated[str, Field(max_length=254)]


class AccountLine(BaseModel):
    """One account in the list."""

    id: str
    name: str
    email: str
    person: str | None
    in_company: list[str]
    is_active: bool
    can_sign_in: bool
    """False until an invitation is taken."""


class NotedLine(BaseModel):
    """One line of the access log."""

    id: int
    at: datetime
    who: str
    what: str
    about: str


class AccountsAsks(BaseModel):
    """Which accounts."""

    containing: Text = ""
    """A part of name or e-mail."""
    after: Text = ""
    """The e-mail with which the page before ended."""


class AccountsPage(BaseModel):
    """Accounts, and what was changed last."""

    containing: str
    accounts: list[AccountLine]
    next: str | None
    """To ask for the next page with: `after`."""
    log: list[NotedLine]


class GrantLine(BaseModel):
    """One role that was granted."""

    role: str
    pilot: str
    """'*' stands for every pilot."""


class AccountPage(BaseModel):
    """One account."""

    id: str
    name: str
    email: str
    person: str | None
    is_active: bool
    is_me: bool
    has_password: bool
    has_company_sign_in: bool
    invited_until: datetime | None
    made: datetime
    granted: list[GrantLine]
    people: list[str]
    """Names that the charters give, to link the account with."""
    roles: list[str]
    """To choose from; what gives most comes last."""
    pilots: list[str]
    log: list[NotedLine]


class AccessLogAsks(BaseModel):
    """Which part of the access log."""

    before: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class AccessLogPage(BaseModel):
    """Who changed who may do what."""

    lines: list[NotedLine]
    next: int | None


class MakeAccount(BaseModel):
    """Whom an account is for."""

    email: Email
    name: Name


class Invited(BaseModel):
    """A new link by which somebody sets a password."""

    account: str
    link: str
    """Shown this once: whoever has it can sign in as them."""


class LinkPerson(BaseModel):
    """By which name charters know the holder; empty for nobody."""

    person: Text = ""


class Grant(BaseModel):
    """A role, and where."""

    role: Role
    pilot: Annotated[str, Field(max_length=200)] = EVERYWHERE


class Activity(BaseModel):
    """Whether somebody may come in."""

    becomes: Literal["active", "inactive"]


def list_accounts(asked: Asked, asks: AccountsAsks) -> AccountsPage:
    """Show who has an account, and what was changed last."""
    with asked.parts.desk.reading() as connection:
        found = accounts.page(
            connection, most=A_PAGE + 1, after=asks.after, containing=asks.containing.strip()
        )
        log = access_log.latest(connection, most=10)
    return AccountsPage(
        containing=asks.containing,
        accounts=[_line(each) for each in found[:A_PAGE]],
        next=found[A_PAGE - 1].email if len(found) > A_PAGE else None,
        log=[_noted(each) for each in log],
    )


def show_account(asked: Asked, _: Nothing) -> AccountPage:
    """Show one account, with its roles and what was changed of it."""
    with asked.parts.desk.reading() as connection:
        found = accounts.find(connection, asked.path["account"])
        held = accounts.grants(connection, found.id)
        until = invitations.open_until(connection, found.id, now=asked.now)
        log = access_log.latest(connection, most=20, account=found.id)
    books = asked.parts.library.pilots()
    people = {name for book in books for name in expected_in(book.charter)}
    in_company = [GrantLine(role=role, pilot=EVERYWHERE) for role in _in_company(found)]
    return AccountPage(
        id=found.id, name=found.name, email=found.email, person=found.person,
        is_active=found.is_active, is_me=found.id == asked.viewer.account,
        has_password=found.has_password, has_company_sign_in=found.has_company_sign_in,
        invited_until=None if until is None else datetime.fromtimestamp(until, UTC),
        made=found.made_at,
        granted=[*in_company, *(GrantLine(role=role, pilot=pilot) for pilot, role in held)],
        people=sorted(people | ({found.person} if found.person else set())),
        roles=[role.value for role in reversed(Role)],
        pilots=[book.pilot for book in books],
        log=[_noted(each) for each in log],
    )  # fmt: skip


def show_log(asked: Asked, asks: AccessLogAsks) -> AccessLogPage:
    """Show who changed who may do what, and who came in."""
    with asked.parts.desk.reading() as connection:
        found = access_log.latest(connection, most=A_PAGE + 1, before=asks.before)
    return AccessLogPage(
        lines=[_noted(each) for each in found[:A_PAGE]],
        next=found[A_PAGE - 1].id if len(found) > A_PAGE else None,
    )


def make_account(asked: Asked, given: MakeAccount) -> Done:
    """Make an account without any role, and a link by which its holder sets a password."""
    with asked.parts.desk.writing() as connection:
        made = accounts.make(connection, email=given.email, name=given.name, by=_by(asked))
        path = invitations.invite(connection, made, now=asked.now)
    return _invited(asked, made, path, f"The account of {given.name} is made.")


def invite(asked: Asked, _: Nothing) -> Done:
    """Make a new link by which somebody sets a password; the one before ends."""
    with asked.parts.desk.writing() as connection:
        found = accounts.find(connection, asked.path["account"])
        if not found.is_active:
            raise InputError("The account is not active.", hint="Activate it first.")
        can_sign_in = found.has_password or found.has_company_sign_in
        if asked.viewer.scopes is not None and can_sign_in:
            # The link opens a session: a token could make itself its holder, or somebody else.
            raise NotAllowedError(
                f"{found.name} can sign in; a token cannot have the password set anew.",
                hint="Sign in with a browser for that.",
            )
        path = invitations.invite(connection, found.id, now=asked.now)
        access_log.note(
            connection, now=asked.now, who=asked.viewer.name, account=found.id,
            what="made an invitation", about=found.email,
        )  # fmt: skip
    return _invited(asked, found.id, path, f"{found.name} is invited anew.")


def link_person(asked: Asked, given: LinkPerson) -> Done:
    """Say by which name the charters know somebody: that gives the roles of that name."""
    person = given.person.strip() or None
    books = asked.parts.library.pilots()
    if person is not None and not any(person in expected_in(book.charter) for book in books):
        raise InputError(
            f"No charter names '{person}'.", hint="Choose one of the names that charters give."
        )

    def change(connection: Connection, account: str) -> None:
        accounts.link_person(connection, account, person, _by(asked))

    says = "The account is linked to nobody." if person is None else f"Linked to {person}."
    return _changed(asked, change, says)


def grant(asked: Asked, given: Grant) -> Done:
    """Grant a role, in one pilot or in all."""
    _refuse_unknown(asked, given.pilot)

    def change(connection: Connection, account: str) -> None:
        accounts.grant(connection, account, given.role, given.pilot, _by(asked))

    return _changed(asked, change, f"Granted: {given.role.value}, {_where(given.pilot)}.")


def revoke(asked: Asked, given: Grant) -> Done:
    """Revoke a role that was granted."""

    def change(connection: Connection, account: str) -> None:
        accounts.revoke(connection, account, given.role, given.pilot, _by(asked))

    return _changed(asked, change, f"Revoked: {given.role.value}, {_where(given.pilot)}.")


def change_activity(asked: Asked, given: Activity) -> Done:
    """Let somebody in no more, from this moment on; or again."""

    def change(connection: Connection, account: str) -> None:
        if given.becomes == "inactive":
            accounts.deactivate(connection, account, _by(asked))
        else:
            accounts.activate(connection, account, _by(asked))

    return _changed(asked, change, f"The account is {given.becomes}.")


def _changed(asked: Asked, change: Callable[[Connection, str], None], says: str) -> Done:
    account = asked.path["account"]
    with asked.parts.desk.writing() as connection:
        change(connection, account)
    return Done(says=says, goes_to=f"/admin/accounts/{account}")


def _invited(asked: Asked, account: str, path: str, says: str) -> Done:
    link = asked.parts.settings.base_url + path
    return Done(
        says=f"Pass on this link; it is shown once and lasts a week:\n{link}\n{says}",
        goes_to=f"/admin/accounts/{account}",
        result=Invited(account=account, link=link),
    )


def _refuse_unknown(asked: Asked, pilot: str) -> None:
    if pilot != EVERYWHERE and pilot not in {book.pilot for book in asked.parts.library.pilots()}:
        raise NotFoundError(f"There is no pilot '{pilot}'.", hint="Choose one of the list.")


def _by(asked: Asked) -> By:
    return By(who=asked.viewer.name, now=asked.now)


def _where(pilot: str) -> str:
    return "everywhere" if pilot == EVERYWHERE else pilot


def _in_company(found: accounts.Account) -> list[str]:
    return [role.value for role, column in IN_COMPANY.items() if getattr(found, column)]


def _line(found: accounts.Account) -> AccountLine:
    return AccountLine(
        id=found.id, name=found.name, email=found.email, person=found.person,
        in_company=_in_company(found), is_active=found.is_active,
        can_sign_in=found.has_password or found.has_company_sign_in,
    )  # fmt: skip


def _noted(noted: access_log.Noted) -> NotedLine:
    return NotedLine(id=noted.id, at=noted.at, who=noted.who, what=noted.what, about=noted.about)


_ADMIN, _ONE = Permission.administer, "/admin/accounts/{account}"
PAGES = (
    Page(path="/admin", title="Accounts", template="accounts.html.j2", needs=_ADMIN,
         view=list_accounts, shows=AccountsPage, asks=AccountsAsks),
    Page(path=_ONE, title="Account", template="account.html.j2", needs=_ADMIN,
         view=show_account, shows=AccountPage),
    Page(path="/admin/log", title="Access log", template="access_log.html.j2", needs=_ADMIN,
         view=show_log, shows=AccessLogPage, asks=AccessLogAsks),
)  # fmt: skip
DEEDS = (
    Deed(path="/admin/accounts", needs=_ADMIN, takes=MakeAccount, do=make_account, gives=Invited),
    Deed(path=f"{_ONE}/invite", needs=_ADMIN, takes=Nothing, do=invite, gives=Invited),
    Deed(path=f"{_ONE}/person", needs=_ADMIN, takes=LinkPerson, do=link_person),
    Deed(path=f"{_ONE}/grant", needs=_ADMIN, takes=Grant, do=grant),
    Deed(path=f"{_ONE}/revoke", needs=_ADMIN, takes=Grant, do=revoke),
    Deed(path=f"{_ONE}/activity", needs=_ADMIN, takes=Activity, do=change_activity),
)
