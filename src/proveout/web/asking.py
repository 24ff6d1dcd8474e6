"""From an HTTP request to what pages and deeds see: who asks, of which pilot, and whether truly."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from starlette.responses import Response

from proveout.errors import NotAllowedError, NotFoundError
from proveout.web.asked import Asked, Came, Done, Parts, Viewer
from proveout.web.permissions import Permission
from proveout.web.security.cookies import set_on
from proveout.web.security.drawing import hashed, is_same
from proveout.web.security.storable import is_storable

_ACT_ID = re.compile(r"[\w-]{8,64}")
FORM_CSRF = "csrf"
FORM_ACT = "act"


class Problem(BaseModel):
    """Why nothing was done."""

    kind: str
    message: str
    hint: str | None = None


_SAME_PROBLEM = {
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
}


class Door:
    """Lets requests in. `recognise` tells who asks."""

    problems: dict[int | str, dict[str, Any]] = {  # noqa: RUF012 - read only
        # One names the model, the others what came of it: each model costs time for each route.
        status: {"description": said, **({"model": Problem} if status == 400 else _SAME_PROBLEM)}
        for status, said in {
            400: "What was given makes no sense",
            401: "Nobody is signed in",
            403: "Not allowed",
            404: "Not there",
            409: "Somebody else was quicker",
            422: "Not of the form that is asked for",
            429: "Too many requests",
            503: "Something needed cannot be reached",
        }.items()
    }

    def __init__(self, parts: Parts, recognise: Callable[[Request], Viewer]) -> None:
        self.parts, self._recognise = parts, recognise

    def asked(self, request: Request) -> Asked:
        """Make the request that pages and deeds see. Raises NotFoundError."""
        path = {key: str(value) for key, value in request.path_params.items()}
        pilot = path.get("pilot")
        if not all(map(is_storable, path.values())):
            raise NotFoundError("There is no such page.")
        viewer = self.viewer(request)
        if pilot is not None and not viewer.is_signed_in:
            # Whether a pilot exists is nobody's business who has not signed in.
            raise NotAllowedError("Nobody is signed in.", hint="Sign in first.")
        return Asked(
            viewer=viewer,
            parts=self.parts,
            now=self.parts.clock(),
            path=path,
            act_id=_act_of(request, viewer),
            pilot=None if pilot is None else self.parts.library.pilot(pilot),
            came=Came(
                address="" if request.client is None else request.client.host,
                agent=request.headers.get("user-agent", ""),
                session=getattr(request.state, "session", None),
                cookies=request.cookies,
            ),
        )

    def viewer(self, request: Request) -> Viewer:
        """Tell who asks; the same for the whole request."""
        known: Viewer | None = getattr(request.state, "viewer", None)
        if known is None:
            known = self._recognise(request)
            request.state.viewer = known
        return known

    async def checked_form(self, request: Request) -> None:
        """Refuse a form that this dashboard did not give to this viewer."""
        given = await request.form()
        viewer = await run_in_threadpool(self.viewer, request)
        told = given.get(FORM_CSRF)
        if not viewer.csrf or not isinstance(told, str) or not is_same(told, viewer.csrf):
            raise NotAllowedError(
                "This form is not from this dashboard, or you have signed in anew since.",
                hint="Open the page again, and send it from there.",
            )
        act = given.get(FORM_ACT)
        if isinstance(act, str) and _ACT_ID.fullmatch(act):
            request.state.act_id = act

    async def checked_api(self, request: Request) -> None:
        """Refuse a request that a foreign page made a browser send; note its Idempotency-Key."""
        viewer = await run_in_threadpool(self.viewer, request)
        if viewer.scopes is None:
            told = request.headers.get("x-csrf-token", "")
            if not viewer.csrf or not is_same(told, viewer.csrf):
                raise NotAllowedError(
                    "A session needs the header X-CSRF-Token.", hint="Or ask with an API token."
                )
        key = request.headers.get("idempotency-key", "")
        if _ACT_ID.fullmatch(key):
            request.state.act_id = key

    def let_in(self, request: Request, needs: Permission, *, to_do: bool) -> Asked:
        """Make the request, and refuse it where the viewer, or the token's scope, may not."""
        asked = self.asked(request)
        asked.refuse_unless(needs)
        scopes, wanted = asked.viewer.scopes, "write" if to_do else "read"
        if scopes is None or wanted in scopes:
            return asked
        if to_do and needs is Permission.say and "say" in scopes:
            return asked
        raise NotAllowedError(
            f"The token may not do this: it lacks the scope '{wanted}'.",
            hint="Make another token on your own page: /me",
        )

    def after(self, request: Request, answer: Response, done: Done) -> None:
        """Finish an answer: cookies that a deed asked for."""
        del request
        for cookie in done.cookies:
            set_on(answer, cookie, self.parts.settings)


def act_of(account: str | None, path: str, key: str) -> str:
    """Return the id of what is done: of one account, at one address, by the key that was sent.

    Whoever learns or guesses another's key, or sends it to another address, does something else
    with it: no act can be taken for that of somebody else, nor kept from being recorded.
    """
    return hashed("\n".join((account or "", path.removeprefix("/api"), key)))[:24]


def _act_of(request: Request, viewer: Viewer) -> str:
    key = getattr(request.state, "act_id", None)
    return (
        secrets.token_urlsafe(12)
        if key is None
        else act_of(viewer.account, request.url.path, str(key))
    )
