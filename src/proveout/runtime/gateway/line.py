"""One connection of a client: HTTP is read strictly and within limits, or not at all.

Two that read the same bytes differently can be made to disagree about where a request ends
(request smuggling). What could be read in two ways is refused here, and what goes to the system
is written anew.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_TARGET = 16 << 10
MOST_HEADERS = 128
MOST_HEADER_BYTES = 64 << 10
MOST_JOINED = 64 << 10
"""Bytes of an answer that go out in one write with its head."""
MOST_WITHOUT_USE = MOST_TARGET + MOST_HEADER_BYTES + (256 << 10)
"""Bytes in a row of which nothing is to be read: a header, trailer or chunk extension without end.
The last part is what one reading from the socket may bring."""
CROWDED = (
    b'{"error":{"message":"Too many connections are open here. Come again in a moment.",'
    b'"type":"overloaded","param":null,"code":"overloaded"}}'
)
INVALID = (
    b'{"error":{"message":"The request is not valid HTTP.",'
    b'"type":"invalid_request_error","param":null,"code":"invalid_request_error"}}'
)

_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BAD_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_TARGET = re.compile(rb"/[\x21-\x7e]*")
_ONCE = frozenset({b"content-length", b"host", b"transfer-encoding", b"authorization"})


class _Gathering:
    """In the place of a transport while an answer is written: its head and body go out at once."""

    __slots__ = ("_parts", "_transport")

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Keep it."""
        self._parts.append(data)

    def close(self) -> None:
        """Write what was kept, and close."""
        self.flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Tell whether nothing more can be written."""
        closing: bool = self._transport.is_closing()
        return closing

    def flush(self) -> None:
        """Write what was kept."""
        parts, self._parts = self._parts, []
        if parts:
            self._transport.write(b"".join(parts))


async def send_whole(send: Any, start: dict[str, Any], body: bytes) -> None:
    """Send a whole answer in one write: each one is a packet, and wakes the client."""
    last = {"type": "http.response.body", "body": body, "more_body": False}
    cycle = send.__self__
    if cycle.flow.write_paused or len(body) > MOST_JOINED:  # it may wait, or is dear to copy
        await send_start(send, start)
        await send(last)
        return
    transport = cycle.transport
    cycle.transport = gathering = _Gathering(transport)
    try:
        await send_start(send, start)
        await send(last)
    finally:
        cycle.transport = transport
        gathering.flush()


async def send_start(send: Any, start: dict[str, Any]) -> None:
    """Send the head; one of a status that has no body may tell the length that one would have."""
    await send(start)
    if start["status"] in (204, 304):
        send.__self__.expected_content_length = 0


class Line(HttpToolsProtocol):
    """What uvicorn does for a connection, with limits, and a word when the client goes away."""

    header_timeout_s = 15.0
    most_connections = 10_000

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.on_gone: Callable[[], None] | None = None
        """Called when the client has gone before its answer was whole."""
        self._header_timer: asyncio.TimerHandle | None = None
        self._is_in_headers = False
        self._header_bytes = 0
        self._seen: set[bytes] = set()
        self._is_broken = False
        self._n_without_use = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.most_connections:
            self._turn_away(b"503 Service Unavailable", CROWDED, b"retry-after: 1\r\n")
            return
        self._is_in_headers = True
        self._watch_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._unwatch()
        gone, self.on_gone = self.on_gone, None
        if gone is not None:
            gone()

    def data_received(self, data: bytes) -> None:
        if self._is_broken:
            return
        self._n_without_use += len(data)
        super().data_received(data)
        if self._n_without_use > MOST_WITHOUT_USE and not self._is_broken:
            self.send_400_response("")
            return
        if self._is_in_headers and self._header_timer is None:
            self._watch_headers()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        # In the midst of an answer another one must not be written.
        if self._is_answering():
            self._is_broken = True
            self.transport.abort()
            return
        self._turn_away(b"400 Bad Request", INVALID)

    def _turn_away(self, status: bytes, body: bytes, headers: bytes = b"") -> None:
        """Say why in a few words, and close. Nothing more is read."""
        self._is_broken = True
        self.transport.write(
            b"HTTP/1.1 %b\r\ncontent-type: application/json\r\n%bcontent-length: %d\r\n"
            b"connection: close\r\n\r\n%b" % (status, headers, len(body), body)
        )
        self.transport.close()

    def _is_answering(self) -> bool:
        cycle: Any = self.cycle  # None before the first request
        return cycle is not None and not cycle.response_complete

    def abort(self) -> None:
        """Break off, so that the client cannot take what it has for the whole answer."""
        self.on_gone = None
        self.transport.abort()

    # What the parser finds. Whatever is raised here becomes a 400, and the connection is closed.

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_headers = True
        self._header_bytes = 0
        self._seen = set()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > MOST_TARGET:
            raise ValueError("the path is too long")

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._is_in_headers:
            return  # trailers of a chunked body: nothing in them concerns us
        self._header_bytes += len(name) + len(value) + 4
        if self._header_bytes > MOST_HEADER_BYTES or len(self.headers) >= MOST_HEADERS:
            raise ValueError("too many headers")
        if _BAD_VALUE.search(value) or not _NAME.fullmatch(name):
            raise ValueError("a header holds what no header may")
        name = name.lower()
        if name in _ONCE:
            if name in self._seen:
                raise ValueError("a header is there twice that may be there once")
            self._seen.add(name)
            if name == b"transfer-encoding" and value.lower() != b"chunked":
                raise ValueError("an encoding of the transfer that is not known here")
            if name == b"content-length" and not value.isdigit():
                raise ValueError("a length that is no number")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._is_in_headers = False
        self._n_without_use = 0
        self._unwatch()
        seen = self._seen
        version = self.parser.get_http_version()
        if b"transfer-encoding" in seen and (b"content-length" in seen or version == "1.0"):
            raise ValueError("two lengths")
        if version == "1.1" and b"host" not in seen:
            raise ValueError("no host")
        if version not in ("1.0", "1.1") or not _TARGET.fullmatch(self.url):
            raise ValueError("a target or version that is not served here")
        # The path is taken as it was written, and not as it may be read.
        target, self.url = self.url, b"/"
        super().on_headers_complete()
        scope: dict[str, Any] = self.cycle.scope  # type: ignore[assignment]
        scope["proveout.line"] = self
        scope["proveout.target"] = target
        if self.parser.should_upgrade():
            self.cycle.keep_alive = False  # no other protocol follows here

    def on_body(self, body: bytes) -> None:
        self._n_without_use = 0
        super().on_body(body)

    def _watch_headers(self) -> None:
        self._header_timer = self.loop.call_later(self.header_timeout_s, self._too_slow)

    def _unwatch(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _too_slow(self) -> None:
        self._header_timer = None
        if self._is_in_headers and not self.transport.is_closing():
            self._is_broken = True
            if not self._is_answering():
                self.transport.close()
