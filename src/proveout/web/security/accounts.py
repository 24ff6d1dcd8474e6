"""Accounts, and the roles that they hold besides those that charters give by name."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, or_, select, update

from proveout.desk.tables.accounts import ACCOUNTS, GRANTS
from proveout.errors import InputError, NotFoundError
from proveout.web.permissions import Role
from proveout.web.security import access_log, invitations, sessions, tokens

if TYPE_CHECKING:
    from sqlalchemy import Connection

EVERYWHERE = "*"
IN_COMPANY = {Role.administrator: "is_administrator", Role.auditor: "is_auditor"}
"""Roles that are held in the company, not in a pilot; and the column that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may sign in."""

    id: str
    email: str
    name: str
    person: str | None
    is_administrator: bool
    is_auditor: bool
    is_active: bool
    has_password: bool
    has_company_sign_in: bool
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who changes something, and when."""

    who: str
    now: datetime


def make(
    connection: Connection,
    *,
    email: str,
    name: str,
    by: By,
    is_administrator: bool = False,
    oidc_subject: str | None = None,
) -> str:
    """Make an account without any role; return its id. Raises InputError where there is one."""
    if find_by_email(connection, email) is not None:
        raise InputError(
            f"There is an account for {email} already.", hint="Look for it in the list."
        )
    made = f"a-{secrets.token_hex(8)}"
    connection.execute(
        insert(ACCOUNTS).values(
            id=made,
            email=email.lower(),
            name=name,
            oidc_subject=oidc_subject,
            is_administrator=is_administrator,
            is_auditor=False,
            is_active=True,
            made_at=by.now.timestamp(),
            made_by=by.who,
            wrong_passwords=0,
        )
    )
    what = "made an account"
    access_log.note(connection, now=by.now, who=by.who, account=made, what=what, about=email)
    return made


def find(connection: Connection, account: str) -> Account:
    """Return one. Raises NotFoundError."""
    row = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.id == account)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such account.", hint="See the list of all.")
    return _account(row)


def find_by_email(connection: Connection, email: str) -> Account | None:
    """Return the account of an address, in whatever case it is written."""
    wanted = select(ACCOUNTS).where(ACCOUNTS.c.email == email.lower())
    row = connection.execute(wanted).one_or_none()
    return None if row is None else _account(row)


def password_of(connection: Connection, account: str) -> str | None:
    """Return the hash of somebody's password."""
    wanted = select(ACCOUNTS.c.password_hash).where(ACCOUNTS.c.id == account)
    return connection.execute(wanted).scalar_one_or_none()


def page(
    connection: Connection, *, most: int, after: str = "", containing: str = ""
) -> list[Account]:
    """Return accounts by e-mail, from behind one address on; of those that contain a text."""
    wanted = select(ACCOUNTS).where(ACCOUNTS.c.email > after.lower())
    if containing:
        wanted = wanted.where(
            or_(
                ACCOUNTS.c.email.contains(containing.lower(), autoescape=True),
                func.lower(ACCOUNTS.c.name).contains(containing.lower(), autoescape=True),
            )
        )
    return [
        _account(row) for row in connection.execute(wanted.order_by(ACCOUNTS.c.email).limit(most))
    ]


def grants(connection: Connection, account: str) -> list[tuple[str, str]]:
    """Return (pilot, role) of all that was granted to somebody in pilots."""
    wanted = select(GRANTS.c.pilot, GRANTS.c.role).where(GRANTS.c.account == account)
    rows = connection.execute(wanted.order_by(GRANTS.c.pilot, GRANTS.c.role))
    return [(row.pilot, row.role) for row in rows]


def grant(connection: Connection, account: str, role: Role, pilot: str, by: By) -> None:
    """Give a role, in a pilot or in all ('*'). Raises InputError for one that is not of pilots."""
    held = find(connection, account)
    if role in IN_COMPANY:
        if pilot != EVERYWHERE:
            raise InputError(
                f"One is {role.value} in the company, not in one pilot.",
                hint="Choose all pilots for it.",
            )
        _update(connection, account, **{IN_COMPANY[role]: True})
    else:
        taken = (GRANTS.c.account == account) & (GRANTS.c.pilot == pilot)
        if connection.execute(
            select(func.count()).select_from(GRANTS).where(taken, GRANTS.c.role == role.value)
        ).scalar_one():
            return
        connection.execute(
            insert(GRANTS).values(
                account=account,
                pilot=pilot,
                role=role.value,
                made_at=by.now.timestamp(),
                made_by=by.who,
            )
        )
    _note(connection, held, "granted a role", f"{role.value}, {_where(pilot)}", by)


def revoke(connection: Connection, account: str, role: Role, pilot: str, by: By) -> None:
    """Take a role away. Raises InputError for the last active administrator."""
    held = find(connection, account)
    if role in IN_COMPANY:
        if role is Role.administrator:
            _refuse_for_the_last(connection, account)
        _update(connection, account, **{IN_COMPANY[role]: False})
    else:
        connection.execute(
            delete(GRANTS).where(
                GRANTS.c.account == account, GRANTS.c.pilot == pilot, GRANTS.c.role == role.value
            )
        )
    _note(connection, held, "revoked a role", f"{role.value}, {_where(pilot)}", by)


def link_person(connection: Connection, account: str, person: str | None, by: By) -> None:
    """Say by which name charters know somebody. Raises InputError where another account has it."""
    held = find(connection, account)
    if person is not None:
        linked = select(ACCOUNTS.c.email, ACCOUNTS.c.person).where(
            ACCOUNTS.c.person.is_not(None), ACCOUNTS.c.id != account, ACCOUNTS.c.is_active
        )
        # As roles are given by name: however it is written.
        name = person.casefold().strip()
        rows = connection.execute(linked.order_by(ACCOUNTS.c.email))
        other = next((row.email for row in rows if row.person.casefold().strip() == name), None)
        if other is not None:
            raise InputError(
                f"{person} is linked to the account {other} already.",
                hint="Unlink it there first: what one signs must be one's own.",
            )
    _update(connection, account, person=person)
    about = "nobody" if person is None else person
    _note(connection, held, "linked to a person of the charters", about, by)


def set_password(connection: Connection, account: str, password_hash: str, by: By) -> None:
    """Set it, and end what was open by the one before: other sessions and invitations."""
    held = find(connection, account)
    _update(connection, account, password_hash=password_hash)
    invitations.withdraw(connection, account)
    sessions.end_all(connection, account)
    _note(connection, held, "set a password", "", by)


def renew_hash(connection: Connection, account: str, password_hash: str) -> None:
    """Keep the same password with today's parameters."""
    _update(connection, account, password_hash=password_hash)


def link_company_account(connection: Connection, account: str, subject: str, by: By) -> None:
    """Note which account of the company's provider is theirs."""
    held = find(connection, account)
    _update(connection, account, oidc_subject=subject)
    _note(connection, held, "linked to the company's account", "", by)


def by_company_account(connection: Connection, subject: str) -> Account | None:
    """Return who has this account at the company's provider."""
    wanted = select(ACCOUNTS).where(ACCOUNTS.c.oidc_subject == subject)
    row = connection.execute(wanted).one_or_none()
    return None if row is None else _account(row)


def deactivate(connection: Connection, account: str, by: By) -> None:
    """Let somebody in no more, from this moment on. Raises InputError for the last administrator.

    Sessions, tokens and invitations end; what was done under the name stays.
    """
    held = find(connection, account)
    _refuse_for_the_last(connection, account)
    _update(connection, account, is_active=False)
    sessions.end_all(connection, account)
    tokens.revoke_all(connection, account, by.now)
    invitations.withdraw(connection, account)
    _note(connection, held, "deactivated an account", "", by)


def activate(connection: Connection, account: str, by: By) -> None:
    """Let somebody in again, with the roles that the account has."""
    held = find(connection, account)
    _update(connection, account, is_active=True)
    if held.person is not None:
        link_person(connection, account, held.person, by)  # unless another has it by now
    _note(connection, held, "activated an account again", "", by)


def _refuse_for_the_last(connection: Connection, account: str) -> None:
    # Locked (where the database does not lock the whole file anyway): two administrators who
    # remove each other at the same moment must not both succeed.
    active = select(ACCOUNTS.c.id).where(ACCOUNTS.c.is_administrator, ACCOUNTS.c.is_active)
    found = set(connection.execute(active.order_by(ACCOUNTS.c.id).with_for_update()).scalars())
    if found == {account}:
        raise InputError(
            "This is the last administrator: nobody could manage accounts any more.",
            hint="Make somebody else an administrator first.",
        )


def _update(connection: Connection, account: str, **values: Any) -> None:
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account).values(**values))


def _note(connection: Connection, held: Account, what: str, about: str, by: By) -> None:
    said = f"{held.email}: {about}" if about else held.email
    access_log.note(connection, now=by.now, who=by.who, account=held.id, what=what, about=said)


def _where(pilot: str) -> str:
    return "everywhere" if pilot == EVERYWHERE else f"pilot {pilot}"


def _account(row: Any) -> Account:
    return Account(
        id=row.id,
        email=row.email,
        name=row.name,
        person=row.person,
        is_administrator=bool(row.is_administrator),
        is_auditor=bool(row.is_auditor),
        is_active=bool(row.is_active),
        has_password=row.password_hash is not None,
        has_company_sign_in=row.oidc_subject is not None,
        made_at=datetime.fromtimestamp(row.made_at, UTC),
    )
