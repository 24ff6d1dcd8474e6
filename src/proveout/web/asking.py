"""From an HTTP request to what pages and deeds see: who asks, of which pilot, and whether truly."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from proveout.errors import NotAllowedError
from proveout.web.asked import Asked, Parts, Viewer

_ACT_ID = re.compile(r"[\w-]{8,64}")
FORM_CSRF = "csrf"
FORM_ACT = "act"


class Problem(BaseModel):
    """Why nothing was done."""

    kind: str
    message: str
    hint: str | None = None


class Door:
    """Lets requests in. `recognise` tells who asks."""

    problems: dict[int | str, dict[str, Any]] = {  # noqa: RUF012 - read only
        status: {"model": Problem, "description": said}
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
        viewer = self.viewer(request)
        if pilot is not None and not viewer.is_signed_in:
            # Whether a pilot exists is nobody's business who has not signed in.
            raise NotAllowedError("Nobody is signed in.", hint="Sign in first.")
        return Asked(
            viewer=viewer,
            parts=self.parts,
            now=self.parts.clock(),
            path=path,
            act_id=getattr(request.state, "act_id", None) or secrets.token_urlsafe(12),
            pilot=None if pilot is None else self.parts.library.pilot(pilot),
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
        if self.viewer(request).scopes is not None:
            raise NotAllowedError("A token is for the API.", hint="Ask at /api/…")
        wanted = self.viewer(request).csrf
        told = given.get(FORM_CSRF)
        if not wanted or not isinstance(told, str) or not secrets.compare_digest(told, wanted):
            raise NotAllowedError(
                "This form is not from this dashboard, or you have signed in anew since.",
                hint="Open the page again, and send it from there.",
            )
        act = given.get(FORM_ACT)
        if isinstance(act, str) and _ACT_ID.fullmatch(act):
            request.state.act_id = act

    async def checked_api(self, request: Request) -> None:
        """Refuse a request that a foreign page made a browser send; note its Idempotency-Key."""
        viewer = self.viewer(request)
        if viewer.scopes is None:
            told = request.headers.get("x-csrf-token", "")
            if not viewer.csrf or not secrets.compare_digest(told.encode(), viewer.csrf.encode()):
                raise NotAllowedError(
                    "A session needs the header X-CSRF-Token.", hint="Or ask with an API token."
                )
        key = request.headers.get("idempotency-key", "")
        if _ACT_ID.fullmatch(key):
            request.state.act_id = key

    def after(self, request: Request, answer: Response, asked: Asked) -> None:
        """Finish an answer: cookies that a deed asked for."""
        for change in getattr(request.state, "cookies", ()):
            change(answer)
        del asked
