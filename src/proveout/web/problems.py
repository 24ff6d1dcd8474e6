"""What went wrong, said as a page or as a document of the API; never with a traceback."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from proveout.errors import (
    LedgerMovedError,
    NotAllowedError,
    NotFoundError,
    ProveoutError,
    UnreachableError,
)
from proveout.web.asking import Door
from proveout.web.mounting import API
from proveout.web.refusing import refused
from proveout.web.rendering import Renderer
from proveout.web.security.storable import shown
from proveout.web.security.throttling import TooManyError

_STATUS: tuple[tuple[type[ProveoutError], int], ...] = (
    (TooManyError, 429),
    (NotAllowedError, 403),
    (NotFoundError, 404),
    (LedgerMovedError, 409),
    (UnreachableError, 503),
    (ProveoutError, 400),
)
MOST_OF_AN_ADDRESS = 500
_HTTP = {
    404: "There is no such page.",
    405: "This address cannot be used in this way.",
}


class Problems:
    """Turns errors into answers."""

    def __init__(self, door: Door, renderer: Renderer) -> None:
        self._door, self._renderer = door, renderer

    def handled_in(self, app: FastAPI) -> None:
        """Have an application answer so."""
        app.add_exception_handler(ProveoutError, self._of_ours)
        app.add_exception_handler(HTTPException, self._of_http)
        app.add_exception_handler(RequestValidationError, self._not_of_form)

    def unexpected(self, request: Request, number: str) -> Response:
        """Answer to an error of ours, which the log has under this number."""
        message = f"Something went wrong that should not have; it is noted as {number}."
        hint = "Try again. If it stays so, tell whoever runs the dashboard this number."
        if _is_api(request):
            return _document(500, "unexpected", message, hint)
        page = self._renderer.problem(None, status=500, message=message, hint=hint)
        return HTMLResponse(page, status_code=500)

    def _of_ours(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, ProveoutError)  # noqa: S101 - registered for it alone
        status = next(code for kind, code in _STATUS if isinstance(error, kind))
        if status == 403 and not self._door.viewer(request).is_signed_in:
            status = 401
        answer = self._answer(request, status, error.message, error.hint, error.kind)
        if isinstance(error, TooManyError):
            answer.headers["retry-after"] = str(error.wait_s)
        return answer

    def _of_http(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        said = _HTTP.get(error.status_code, str(error.detail))
        answer = self._answer(request, error.status_code, said, None, "http")
        answer.headers.update(error.headers or {})
        return answer

    def _not_of_form(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        told = refused(error.errors())
        return self._answer(request, 422, told, "Correct it, and send it again.", "input")

    def _answer(
        self, request: Request, status: int, message: str, hint: str | None, kind: str
    ) -> Response:
        # Messages quote what was sent, and that may be half a letter, which nothing can write.
        message, hint = shown(message), None if hint is None else shown(hint)
        if _is_api(request):
            return _document(status, kind, message, hint)
        try:
            asked = self._door.asked(request)
        except ProveoutError:
            asked = None
        url = request.url
        wanted = url.path + (f"?{url.query}" if url.query else "")
        page = self._renderer.problem(
            asked, status=status, message=message, hint=hint,
            wanted=wanted[:MOST_OF_AN_ADDRESS] if request.method == "GET" else "/",
        )  # fmt: skip
        return HTMLResponse(page, status_code=status)


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(f"{API}/")


def _document(status: int, kind: str, message: str, hint: str | None) -> Response:
    body = {"kind": kind, "message": message, "hint": hint}
    return JSONResponse(body, status_code=status)
