"""The dashboard as an ASGI application."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from proveout import __version__
from proveout.errors import (
    LedgerMovedError,
    NotAllowedError,
    NotFoundError,
    ProveoutError,
    UnreachableError,
)
from proveout.web.asked import Parts, Viewer
from proveout.web.asking import Door
from proveout.web.mounting import API, mounted
from proveout.web.rendering import Renderer
from proveout.web.site import DEEDS, DOWNLOADS, PAGES

_STATUS: tuple[tuple[type[ProveoutError], int], ...] = (
    (NotAllowedError, 403),
    (NotFoundError, 404),
    (LedgerMovedError, 409),
    (UnreachableError, 503),
    (ProveoutError, 400),
)


def create_app(parts: Parts, recognise: Callable[[Request], Viewer]) -> FastAPI:
    """Put the dashboard together; `recognise` tells who asks."""
    app = FastAPI(
        title="Proveout", version=__version__, docs_url=None, redoc_url=None,
        openapi_url=f"{API}/openapi.json",
    )  # fmt: skip
    door, renderer = Door(parts, recognise), Renderer()
    styles = StaticFiles(packages=[("proveout.web", "static"), ("proveout.report", "html/static")])
    app.mount("/static", styles, name="static")
    mounted(app, PAGES, DEEDS, DOWNLOADS, door=door, renderer=renderer)

    def problem(
        request: Request, status: int, message: str, hint: str | None, kind: str
    ) -> Response:
        if request.url.path.startswith(API):
            body = {"kind": kind, "message": message, "hint": hint}
            return JSONResponse(body, status_code=status)
        try:
            asked = door.asked(request)
        except ProveoutError:
            asked = None
        page = renderer.problem(asked, status=status, message=message, hint=hint)
        return HTMLResponse(page, status_code=status)

    def of_ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, ProveoutError)  # noqa: S101 - registered for it alone
        status = next(code for kind, code in _STATUS if isinstance(error, kind))
        if status == 403 and not door.viewer(request).is_signed_in:
            status = 401
        return problem(request, status, error.message, error.hint, error.kind)

    def of_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        return problem(request, error.status_code, str(error.detail), None, "http")

    def not_of_form(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        told = "; ".join(
            f"{'.'.join(str(part) for part in each['loc'][1:])}: {each['msg']}"
            for each in error.errors()
        )
        return problem(request, 422, told, "Correct it, and send it again.", "input")

    app.add_exception_handler(ProveoutError, of_ours)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(RequestValidationError, not_of_form)
    return app
