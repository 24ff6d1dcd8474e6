"""The gateway as a raw ASGI application: reads a request, knows whose it is, lets it be served."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from proveout.runtime.call import Call
from proveout.runtime.gateway.asked import protocol_of, read_asked
from proveout.runtime.gateway.callers import Callers, UnknownKeyError
from proveout.runtime.gateway.exchange import SAFE_METHODS, Exchange, Incoming, Send
from proveout.runtime.gateway.headers import Headers
from proveout.runtime.gateway.line import Line
from proveout.runtime.gateway.parts import Parts
from proveout.runtime.gateway.words import Said, refusal
from proveout.runtime.telemetry import TRACE_HEADERS

Receive = Callable[[], Awaitable[dict[str, Any]]]
Operations = Callable[["Asked", Send], Awaitable[None]]

OUR_PATH = b"/proveout/"
_WITHOUT_KEY = TRACE_HEADERS | {b"authorization"}
SLOWEST = 8_000
"""Bytes a second that a body must come at, on the whole; a modem of 1998 does."""


_TOO_SLOW = "The request did not come within the time that it is waited for."


class TooLargeError(Exception):
    """The body is larger than the charter allows."""


class GoneError(Exception):
    """The client went away."""


class SlowError(Exception):
    """The client takes too long to say what it wants."""


class Asked:
    """A request for the gateway itself."""

    __slots__ = ("body", "headers", "method", "path", "query", "scope")

    def __init__(self, scope: dict[str, Any], path: bytes, query: bytes, body: bytes) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.headers: Headers = scope["headers"]
        self.path = path
        self.query = query
        self.body = body


class App:
    """Serves all pilots of one process."""

    def __init__(
        self, pilots: dict[str, Parts], *, operations: Operations, part_timeout_s: float = 15.0
    ) -> None:
        self._pilots = {f"/{name}".encode(): parts for name, parts in pilots.items()}
        self._only = next(iter(pilots.values())) if len(pilots) == 1 else None
        self._callers = {id(parts): Callers(parts.settings.clients) for parts in pilots.values()}
        self._operations = operations
        self._part_timeout_s = part_timeout_s
        self.served = 0

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        path, _, query = scope["proveout.target"].partition(b"?")
        if path.startswith(OUR_PATH):
            await self._ours(scope, path, query, receive, send)
            return
        parts, rest = self._pilot_of(path)
        if parts is None:
            names = ", ".join(each.decode() + "/" for each in self._pilots)
            message = f"No pilot is served at this path; there are {names}."
            await _say(send, refusal("json", "invalid_request_error", message, status=404))
            return
        protocol = protocol_of(rest)
        callers = self._callers[id(parts)]
        headers: Headers = scope["headers"]
        try:
            caller = callers.of(headers)
        except UnknownKeyError:
            message = "The key is not known here. Send one as 'Authorization: Bearer KEY'."
            await _close_with(send, refusal(protocol, "authentication_error", message))
            return
        try:
            body = await self._body(headers, receive, parts.settings.max_body)
        except TooLargeError:
            message = f"The request is larger than {parts.settings.gateway.max_body_mb:g} MB."
            await _close_with(send, refusal(protocol, "request_too_large", message))
            return
        except SlowError:
            await _close_with(send, refusal(protocol, "timeout", _TOO_SLOW, status=408))
            return
        except GoneError:
            scope["proveout.line"].abort()
            return
        method = scope["method"].encode()
        asked = read_asked(protocol, rest, body)
        if asked.user is not None and caller.user is None:
            caller = callers.of(headers, user=asked.user)
        at = time.time()
        began = time.monotonic()
        call = Call(
            id=parts.ids.next(at),
            pilot=parts.settings.pilot,
            protocol=protocol,
            caller=caller,
            received_at=at,
            began=began,
            deadline=began + parts.settings.gateway.deadline_s,
            body=body,
            model=asked.model,
            is_stream=asked.is_stream,
            rows=0 if method in SAFE_METHODS else asked.rows,
            most_output_tokens=asked.most_output_tokens,
        )
        line: Line = scope["proveout.line"]
        trace = call.trace = parts.telemetry.trace(headers)
        is_ours = callers.is_asked or not parts.settings.gateway.forward_key
        incoming = Incoming(
            method=method,
            path=rest,
            query=query,
            headers=headers,
            body=body,
            drop=_WITHOUT_KEY if is_ours else TRACE_HEADERS,
            extra=[] if trace is None else parts.telemetry.trace_headers(headers, trace),
            is_http_1_0=scope["http_version"] == "1.0",
            line=line,
        )
        self.served += 1
        await Exchange(parts, call, incoming, send).serve()

    def _pilot_of(self, path: bytes) -> tuple[Parts | None, bytes]:
        if self._only is not None and len(path) == 1:
            return self._only, path
        end = path.find(b"/", 1)
        parts = self._pilots.get(path if end < 0 else path[:end])
        if parts is not None:
            return parts, b"/" if end < 0 else path[end:]
        return self._only, path

    async def _body(self, headers: Headers, receive: Receive, most: int) -> bytes:
        """Read the body. Raises TooLargeError, SlowError and GoneError."""
        is_there = False
        for name, value in headers:
            if name == b"content-length":
                # Its digits are counted first: a length of a million digits takes long to read.
                if len(value) > 15 or int(value) > most:
                    raise TooLargeError
                is_there = value != b"0"
            elif name == b"transfer-encoding":
                is_there = True
        if not is_there:
            return b""
        began = time.monotonic()
        message = await self._part(receive, began, 0)
        body: bytes = message["body"]
        if not message["more_body"] and len(body) <= most:
            return body
        parts, size = [body], len(body)
        while message["more_body"] and size <= most:
            message = await self._part(receive, began, size)
            parts.append(message["body"])
            size += len(message["body"])
        if size > most:
            raise TooLargeError
        return b"".join(parts)

    async def _part(self, receive: Receive, began: float, size: int) -> dict[str, Any]:
        """Wait for the next part: neither long, nor, however many there are, on and on."""
        patience = self._part_timeout_s
        left = began + patience + size / SLOWEST - time.monotonic()
        try:
            async with asyncio.timeout(max(0.0, min(patience, left))):
                message = await receive()
        except TimeoutError:
            raise SlowError from None
        if message["type"] != "http.request":
            raise GoneError
        return message

    async def _ours(
        self, scope: dict[str, Any], path: bytes, query: bytes, receive: Receive, send: Send
    ) -> None:
        try:
            body = await self._body(scope["headers"], receive, 1_000_000)
        except TooLargeError:
            said = refusal("json", "request_too_large", "The request is larger than 1 MB.")
            await _close_with(send, said)
            return
        except SlowError:
            await _close_with(send, refusal("json", "timeout", _TOO_SLOW, status=408))
            return
        except GoneError:
            scope["proveout.line"].abort()
            return
        await self._operations(Asked(scope, path, query, body), send)


async def _say(send: Send, said: Said) -> None:
    await send({"type": "http.response.start", "status": said.status, "headers": said.headers})
    await send({"type": "http.response.body", "body": said.body, "more_body": False})


async def _close_with(send: Send, said: Said) -> None:
    """Answer without having read the body: no other request can follow on this connection."""
    headers = [*said.headers, (b"connection", b"close")]
    await _say(send, Said(said.status, headers, said.body))
