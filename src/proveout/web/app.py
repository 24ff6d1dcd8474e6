"""The dashboard as an ASGI application."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from fastapi.staticfiles import StaticFiles

from proveout import __version__
from proveout.web.asked import Parts, Viewer
from proveout.web.asking import Door
from proveout.web.company_routes import mount_company
from proveout.web.mounting import API, mounted
from proveout.web.problems import Problems
from proveout.web.rendering import Renderer
from proveout.web.security.guarding import HEALTH, guarded
from proveout.web.site import DEEDS, DOWNLOADS, PAGES


def create_app(parts: Parts, recognise: Callable[[Request], Viewer]) -> FastAPI:
    """Put the dashboard together; `recognise` tells who asks."""
    app = FastAPI(
        title="Proveout",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{API}/openapi.json",
        redirect_slashes=False,
    )
    door, renderer = Door(parts, recognise), Renderer()
    styles = StaticFiles(packages=[("proveout.web", "static"), ("proveout.report", "html/static")])
    app.mount("/static", styles, name="static")
    app.add_api_route(HEALTH, _health, include_in_schema=False)
    mounted(app, PAGES, DEEDS, DOWNLOADS, door=door, renderer=renderer)
    if parts.settings.oidc is not None:
        mount_company(app, parts.settings.oidc, door, renderer)
    problems = Problems(door, renderer)
    problems.handled_in(app)
    guarded(app, parts.settings, problems.unexpected)
    return app


def _health() -> PlainTextResponse:
    return PlainTextResponse("ok\n")
