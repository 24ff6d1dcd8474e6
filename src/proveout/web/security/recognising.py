"""Who asks: by the cookie of a session, or by an API token."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import Request
from sqlalchemy import select

from proveout.desk import Desk
from proveout.desk.tables.accounts import ACCOUNTS, GRANTS
from proveout.web.asked import Viewer
from proveout.web.permissions import Role
from proveout.web.security import sessions, tokens
from proveout.web.security.cookies import SESSION, VISIT, name_of
from proveout.web.security.drawing import drawn, signed
from proveout.web.settings import Settings

BEARER = "bearer "


class Recogniser:
    """Tells who asks. Whoever cannot prove it is nobody."""

    def __init__(self, desk: Desk, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._desk, self._settings, self._clock = desk, settings, clock

    def __call__(self, request: Request) -> Viewer:
        """Return the viewer of a request. Reads the database once, and seldom writes to it."""
        given = request.headers.get("authorization", "")
        if given:
            # A token is for the API. It wins over a cookie, also where it is not valid: else a
            # wrong token would be answered with what somebody else's browser may see.
            is_api = request.url.path.startswith("/api/")
            is_bearer = given[: len(BEARER)].lower() == BEARER
            return (
                self._by_token(given[len(BEARER) :].strip()) if is_api and is_bearer else Viewer()
            )
        ticket = request.cookies.get(name_of(SESSION, self._settings), "")
        viewer = self._by_session(request, ticket) if ticket else None
        return viewer or self._visitor(request)

    def _by_session(self, request: Request, ticket: str) -> Viewer | None:
        now = self._clock()
        with self._desk.reading() as connection:
            session = sessions.find(connection, ticket, now=now)
            if session is None:
                return None
            viewer = _viewer(connection, session.account, csrf=session.csrf)
        if viewer is None:
            return None
        request.state.session = session.id
        if sessions.is_worth_noting(session, now):
            with self._desk.writing() as connection:
                sessions.note(connection, session, now)
        return viewer

    def _by_token(self, text: str) -> Viewer:
        now = self._clock()
        with self._desk.reading() as connection:
            token = tokens.find(connection, text, now=now)
            if token is None:
                return Viewer()
            viewer = _viewer(connection, token.account, scopes=token.scopes)
        if viewer is None:
            return Viewer()
        if token.is_worth_noting(now):
            with self._desk.writing() as connection:
                tokens.note(connection, token, now)
        return viewer

    def _visitor(self, request: Request) -> Viewer:
        """Nobody yet, but in one browser: what its forms must send back is tied to a cookie."""
        visit = request.cookies.get(name_of(VISIT, self._settings), "")
        if len(visit) != len(drawn()):
            visit = request.state.new_visit = drawn()
        return Viewer(csrf=signed(self._settings.secret, "csrf of a visit", visit))


def _viewer(
    connection: Any, account: str, *, csrf: str = "", scopes: frozenset[str] | None = None
) -> Viewer | None:
    """Return an active account as a viewer, with the roles that it has now."""
    found = connection.execute(
        select(ACCOUNTS).where(ACCOUNTS.c.id == account, ACCOUNTS.c.is_active)
    ).one_or_none()
    if found is None:
        return None
    grants: dict[str, set[Role]] = defaultdict(set)
    for row in connection.execute(
        select(GRANTS.c.pilot, GRANTS.c.role).where(GRANTS.c.account == account)
    ):
        if row.role in set(Role):
            grants[row.pilot].add(Role(row.role))
    company = {
        Role.administrator: found.is_administrator,
        Role.auditor: found.is_auditor,
    }
    return Viewer(
        account=found.id,
        name=found.name,
        email=found.email,
        person=found.person,
        roles=frozenset(role for role, is_held in company.items() if is_held),
        grants={pilot: frozenset(roles) for pilot, roles in grants.items()},
        scopes=scopes,
        csrf=csrf,
    )
