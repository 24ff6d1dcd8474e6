"""The two addresses of signing in by the company's provider: they lead elsewhere, and back."""

from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response

from proveout.web.asked import Done
from proveout.web.asking import Door
from proveout.web.rendering import Renderer
from proveout.web.security.coming_in import begin_session
from proveout.web.security.company import AWAY_AT_MOST_S, BACK, START, Company, account_of
from proveout.web.security.cookies import COMPANY, Cookie, name_of, set_on
from proveout.web.settings import Oidc

# Annotations are read by FastAPI while routes are made, so they are not postponed here.

_Text = Annotated[str, Query(max_length=4000)]
_Next = Annotated[str, Query(max_length=500)]


def mount_company(app: FastAPI, oidc: Oidc, door: Door, renderer: Renderer) -> None:
    """Offer it."""
    settings, desk = door.parts.settings, door.parts.desk
    company = Company(oidc, settings)

    def leave(next: _Next = "/") -> Response:  # noqa: A002 - its name in the address
        leaving = company.leave(next, door.parts.clock())
        answer = RedirectResponse(leaving.url, status_code=303)
        cookie = Cookie(purpose=COMPANY, value=leaving.cookie, lasts_s=AWAY_AT_MOST_S)
        set_on(answer, cookie, settings)
        return answer

    def come_back(
        request: Request,
        state:
        # Annotations are read by FastAPI while routes are made, so they are not postponed here.
        _Text = "",
        code:
        # Annotations are read by FastAPI while routes are made, so they are not postponed here.
        _Text = "",
        iss: _Text | None = None,
    ) -> Response:
        asked = door.asked(request)
        kept = request.cookies.get(name_of(COMPANY, settings), "")
        identity, goes_to = company.come_back(
            kept, state=state, code=code, issuer=iss, now=asked.now
        )
        with desk.writing() as connection:
            account = account_of(connection, identity, asked.now)
            session = begin_session(connection, asked, account)
        done = Done(
            says=f"Welcome, {account.name}.",
            goes_to=goes_to,
            cookies=(*session, Cookie(purpose=COMPANY)),
        )
        answer = RedirectResponse(renderer.inside(goes_to), status_code=303)
        renderer.say(answer, done.says)
        door.after(request, answer, done)
        return answer

    app.add_api_route(START, leave, include_in_schema=False)
    app.add_api_route(BACK, come_back, include_in_schema=False)
