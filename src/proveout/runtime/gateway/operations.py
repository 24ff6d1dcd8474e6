"""The gateway's own paths: how it stands, its metrics, and "this is wrong"."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from proveout.runtime.call import ANYBODY
from proveout.runtime.gateway.callers import Callers, UnknownKeyError, allows
from proveout.runtime.gateway.words import JSON, Said, refusal

if TYPE_CHECKING:
    from proveout.runtime.gateway.app import Asked
    from proveout.runtime.gateway.assembly import Assembled

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Operations:
    """Answers what operators and users ask the gateway itself.

    Whether it lives and is ready everybody may know; all else is told on this host, and to
    clients who show their key.
    """

    def __init__(self, assembled: Assembled) -> None:
        self._assembled = assembled
        self._callers = [Callers(each.settings.clients) for each in assembled.pilots.values()]
        self.is_leaving = False
        # What it takes is loaded now: a package may be exchanged under a gateway that runs.
        assembled.telemetry.exposition()

    async def __call__(self, asked: Asked, send: Send) -> None:
        """Answer."""
        said = await self._answer(asked)
        headers = [*said.headers, (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": said.status, "headers": headers})
        body = b"" if asked.method == "HEAD" else said.body
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def _answer(self, asked: Asked) -> Said:
        may_know = self._may_know(asked)
        match asked.path, asked.method:
            case b"/proveout/health", "GET" | "HEAD":
                return self._health(may_know=may_know)
            case (b"/proveout/metrics", "GET") if may_know:
                return self._metrics(asked)
            case (b"/proveout/feedback", "POST") if may_know:
                return await self._feedback(asked)
            case ((b"/proveout/metrics" | b"/proveout/feedback"), _) if not may_know:
                return refusal(
                    "json", "authentication_error",
                    "This is told on the gateway's own host, and to clients with their key.",
                    status=403,
                )  # fmt: skip
        message = "Here are GET /proveout/health, GET /proveout/metrics, POST /proveout/feedback."
        return refusal("json", "invalid_request_error", message, status=404)

    def _may_know(self, asked: Asked) -> bool:
        return _is_here(asked.scope) or allows(self._callers, asked.headers)

    def _health(self, *, may_know: bool) -> Said:
        is_ready = not self.is_leaving
        told: dict[str, Any] = {"live": True, "ready": is_ready}
        if may_know:
            told["pilots"] = {
                name: self._assembled.standing(name) for name in self._assembled.pilots
            }
        body = msgspec.json.encode(told)
        headers = [JSON, (b"content-length", b"%d" % len(body))]
        return Said(200 if is_ready else 503, headers, body)

    async def _feedback(self, asked: Asked) -> Said:
        """Take it for the pilot whose answer it is; several are told apart by ?pilot=NAME."""
        pilots = self._assembled.pilots
        name = next(iter(pilots)) if len(pilots) == 1 else _pilot_in(asked.query)
        parts = pilots.get(name)
        if parts is None:
            names = ", ".join(pilots)
            message = f"Say of which pilot: /proveout/feedback?pilot=NAME, of {names}."
            return refusal("json", "invalid_request_error", message, status=404)
        try:
            caller = Callers(parts.settings.clients).of(asked.headers)
        except UnknownKeyError:
            caller = ANYBODY
        status, told = await parts.feedback(asked.body, caller)
        body = msgspec.json.encode(told)
        return Said(status, [JSON, (b"content-length", b"%d" % len(body))], body)

    def _metrics(self, asked: Asked) -> Said:
        accept = next((value for name, value in asked.headers if name == b"accept"), b"")
        body, kind = self._assembled.telemetry.exposition(accept.decode("latin-1"))
        headers = [(b"content-type", kind.encode()), (b"content-length", b"%d" % len(body))]
        return Said(200, headers, body)


def _pilot_in(query: bytes) -> str:
    return dict(parse_qsl(query.decode("latin-1"))).get("pilot", "")


def _is_here(scope: dict[str, Any]) -> bool:
    client = scope.get("client")
    if client is None:
        return True  # a socket of this host
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False
