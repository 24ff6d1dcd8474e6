"""A request, as pages and deeds see it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from proveout.assess.registry import Registry
from proveout.desk import Desk
from proveout.errors import InputError, NotAllowedError
from proveout.portfolio import Library, PilotBook
from proveout.register import Act, Recorded, record
from proveout.web.permissions import NEEDS_NO_PILOT, Permission, Role, may, roles_by_name
from proveout.web.security.cookies import Cookie
from proveout.web.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the dashboard is made of. One per process."""

    library: Library
    desk: Desk
    registry: Registry
    settings: Settings
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who asks. Without an account, nobody in particular."""

    account: str | None = None
    name: str = ""
    email: str = ""
    person: str | None = None
    """The name by which charters know the holder; None for somebody whom none names."""
    roles: frozenset[Role] = frozenset()
    """Those in the company: administrator, auditor."""
    grants: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    """Roles in pilots besides those by name; '*' stands for every pilot."""
    scopes: frozenset[str] | None = None
    """What an API token is limited to ('read', 'write', 'say'); None for a session."""
    csrf: str = ""
    """What forms must send back."""

    @property
    def is_signed_in(self) -> bool:
        """Whether it is somebody."""
        return self.account is not None

    def roles_in(self, book: PilotBook) -> frozenset[Role]:
        """Return all roles in one pilot."""
        granted = self.grants.get(book.pilot, frozenset()) | self.grants.get("*", frozenset())
        return self.roles | granted | roles_by_name(self.person, book.charter)

    def may(self, permission: Permission, book: PilotBook) -> bool:
        """Tell whether the viewer may do it in one pilot."""
        return self.is_signed_in and may(self.roles_in(book), permission)


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """How a request came, for those few deeds that sign somebody in or out."""

    address: str = ""
    """Of whoever sent it."""
    agent: str = ""
    """What the browser calls itself."""
    session: str | None = None
    """The session that it belongs to, by its id."""
    cookies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request."""

    viewer: Viewer
    parts: Parts
    now: datetime
    path: Mapping[str, str] = field(default_factory=dict)
    """Values of the path: {'pilot': 'flights'}."""
    act_id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    """Of the form, or the header Idempotency-Key: the same one again does nothing twice."""
    pilot: PilotBook | None = None
    came: Came = field(default_factory=Came)

    @property
    def book(self) -> PilotBook:
        """The pilot of a path that names one."""
        if self.pilot is None:
            msg = "the path names no pilot"
            raise LookupError(msg)
        return self.pilot

    @property
    def who(self) -> str:
        """The name under which acts of the viewer stand in the ledger.

        An account is called whatever it was called when it was made. Where that is the name of
        somebody to whom the charter gives a role, and no administrator has said that they are
        one, the address tells them apart: else one would sign as the other.
        """
        viewer = self.viewer
        if viewer.person is not None:
            return viewer.person
        if self.pilot is not None and roles_by_name(viewer.name, self.pilot.charter):
            return f"{viewer.name} ({viewer.email or 'another account'})"
        return viewer.name

    def may(self, permission: Permission) -> bool:
        """Tell whether the viewer may do it here; without a pilot, whether anywhere."""
        if permission is Permission.anybody:
            return True
        viewer = self.viewer
        if not viewer.is_signed_in or permission is Permission.signed_in:
            return viewer.is_signed_in
        if self.pilot is not None and permission not in NEEDS_NO_PILOT:
            return viewer.may(permission, self.pilot)
        if may(viewer.roles, permission) or permission is Permission.administer:
            return may(viewer.roles, permission)
        return any(viewer.may(permission, book) for book in self.parts.library.pilots())

    def refuse_unless(self, permission: Permission) -> None:
        """Raise NotAllowedError where the viewer may not."""
        if not self.viewer.is_signed_in and permission is not Permission.anybody:
            raise NotAllowedError("Nobody is signed in.", hint="Sign in first.")
        if not self.may(permission):
            raise NotAllowedError(
                f"You may not do this: {permission.value}.",
                hint="Ask an administrator of the dashboard for the role that it needs.",
            )

    def visible(self) -> list[PilotBook]:
        """Return the pilots that the viewer may see."""
        books = self.parts.library.pilots()
        return [book for book in books if self.viewer.may(Permission.see, book)]

    def record(self, kind: str, says: Mapping[str, Any]) -> Recorded:
        """Record what the viewer did in this pilot. Raises InputError, and as the ledger does."""
        if not self.who.strip():
            raise InputError("Your account has no name.", hint="Ask an administrator to set it.")
        act = Act(
            id=self.act_id,
            pilot=self.book.pilot,
            kind=kind,
            who=self.who,
            at=self.now,
            says=says,
            account=self.viewer.account,
        )
        return record(
            act,
            loaded=self.book.loaded,
            ledger=self.book.ledger,
            catalogue=self.parts.registry.catalogue,
            now=self.now,
            known=self.parts.library.known(self.book),
        )


class Nothing(BaseModel):
    """A page that asks for nothing, or a deed that takes and gives nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Something to see: one view, as HTML at `path` and as JSON at `/api` + `path`."""

    path: str
    """'/pilots/{pilot}/signoffs'; a part in braces is text, `pilot` is a pilot's id."""
    title: str
    template: str
    """In web/templates; is given `page` (what the view returned), `asked`, and the macros."""
    needs: Permission
    view: Callable[[Asked, Any], BaseModel]
    shows: type[BaseModel]
    """What the view returns: the document of the API."""
    asks: type[BaseModel] = Nothing
    """Query parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a deed did."""

    says: str
    """One sentence for whoever did it."""
    goes_to: str
    """The page that is shown next; a path of this dashboard."""
    result: BaseModel = field(default_factory=Nothing)
    """What the API returns."""
    cookies: tuple[Cookie, ...] = ()
    """To be set in the browser: for those who sign in or out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something to do: a form at `path` (POST), and JSON at `/api` + `path`."""

    path: str
    needs: Permission
    takes: type[BaseModel]
    do: Callable[[Asked, Any], Done]
    gives: type[BaseModel] = Nothing
    is_in_api: bool = True
    """False for what makes sense in a browser alone: signing in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A document to take away."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file to take away, at `path` and at `/api` + `path`."""

    path: str
    title: str
    needs: Permission
    make: Callable[[Asked, Any], File]
    media_type: str
    asks: type[BaseModel] = Nothing
    """Query parameters."""
