"""What holds for every request and every answer, whatever page it is."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from proveout.web.security.cookies import VISIT, Cookie, set_on
from proveout.web.settings import Settings

MOST_BYTES = 2 * 1024 * 1024
"""Of a body: the longest form is a charter, or a file of usage."""
HEALTH = "/health"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_LOG = logging.getLogger("proveout.web")

_POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
        "font-src 'self'", "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)  # fmt: skip

HEADERS: tuple[tuple[str, str], ...] = (
    ("content-security-policy", _POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
)
"""On every answer."""
_ENCRYPTED = ("strict-transport-security", "max-age=31536000")


class Guard:
    """Checks what comes in, marks what goes out, and lets no traceback leave.

    `failed` makes the answer to an error that nobody expected, from the request and the number
    under which the log has it.
    """

    def __init__(
        self, app: ASGIApp, settings: Settings, failed: Callable[[Request, str], Response]
    ) -> None:
        self._app, self._settings, self._failed = app, settings, failed
        host = (urlsplit(settings.base_url).hostname or "").lower()
        self._hosts = _LOOPBACK if host in _LOOPBACK else frozenset({host})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        is_started = False

        async def marked(message: Message) -> None:
            nonlocal is_started
            if message["type"] == "http.response.start":
                is_started = True
                self._mark(scope, message)
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, marked)
            return
        try:
            await self._app(scope, _limited(receive), marked)
        except Exception:
            number = secrets.token_hex(4)
            _LOG.exception("error %s at %s %s", number, scope["method"], _where(scope))
            if is_started:
                raise
            answer = self._failed(Request(scope, receive), number)
            await answer(scope, receive, marked)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if scope["path"] != HEALTH and _host(headers) not in self._hosts:
            # Else a foreign name that leads to this address could be used to read it (rebinding).
            said = f"This dashboard is at {self._settings.base_url}. Open it there.\n"
            return PlainTextResponse(said, status_code=400)
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()) or int(length[:20]) > MOST_BYTES:
            return PlainTextResponse(_TOO_LARGE + "\n", status_code=413)
        return None

    def _mark(self, scope: Scope, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in HEADERS:
            headers[name] = value
        is_static = scope["path"].startswith("/static/")
        headers["cache-control"] = "no-cache" if is_static else "no-store"
        visit = scope["state"].get("new_visit")
        if visit is not None and headers.get("content-type", "").startswith("text/html"):
            answer = Response()
            set_on(answer, Cookie(purpose=VISIT, value=visit), self._settings)
            headers.append("set-cookie", answer.headers["set-cookie"])
        if self._settings.is_secure:
            headers[_ENCRYPTED[0]] = _ENCRYPTED[1]
            message["headers"] = [
                (name, _secure(value) if name == b"set-cookie" else value)
                for name, value in message["headers"]
            ]


def _where(scope: Scope) -> str:
    """Return the address for the log: without line breaks, nor what links carry in secret."""
    path = str(scope["path"])
    start, _, _ = path.removeprefix("/api").removeprefix("/").partition("/")
    return f"/{start}/…" if start in ("set-up", "invitation") else quote(path, safe="/")[:500]


_TOO_LARGE = f"That is too large: {MOST_BYTES // 1024 // 1024} MB at most."


def _limited(receive: Receive) -> Receive:
    """Stop reading a body that says no length, or a wrong one, where it becomes too large."""
    read = 0

    async def limited() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MOST_BYTES:
            raise HTTPException(413, _TOO_LARGE)
        return message

    return limited


def _host(headers: Headers) -> str:
    try:
        return (urlsplit(f"//{headers.get('host', '')}").hostname or "").lower()
    except ValueError:
        return ""


def _secure(cookie: bytes) -> bytes:
    return cookie if b"secure" in cookie.lower() else cookie + b"; Secure"


def guarded(app: Any, settings: Settings, failed: Callable[[Request, str], Response]) -> None:
    """Put the guard around an application."""
    app.add_middleware(Guard, settings=settings, failed=failed)
