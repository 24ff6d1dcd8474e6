"""One HTTP/1.1 connection to a system: a request out, a reply in, its bytes as they are.

A general client costs as much time as all else that the gateway does for a request, and changes
headers on the way; what is needed here is little.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httptools

from proveout.runtime.gateway.headers import Headers
from proveout.runtime.ports import SystemFailedError

MOST_PENDING = 256 << 10
"""Bytes that may wait for the client to take them; beyond it, the system is not read from."""
_MOST_HEADERS = 64 << 10


class Connection(asyncio.Protocol):
    """Asks one thing at a time. Made by the pool, which it comes back to when a reply is read."""

    __slots__ = (
        "_closed",
        "_has_body",
        "_head",
        "_header_bytes",
        "_is_framed",
        "_is_head_method",
        "_is_interim",
        "_is_paused",
        "_more",
        "_parser",
        "_pending",
        "_pieces",
        "_released",
        "_wants_close",
        "_write_ready",
        "body_done",
        "headers",
        "idle_since",
        "is_used",
        "received",
        "status",
        "transport",
        "why",
    )  # fmt: skip

    def __init__(self, released: Callable[[Connection], None]) -> None:
        self._released = released
        self.transport: asyncio.Transport | None = None
        self._closed = False
        self.is_used = False
        self.idle_since = 0.0
        self._write_ready: asyncio.Future[None] | None = None
        self._reset(is_head=False)

    def _reset(self, *, is_head: bool) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._head: asyncio.Future[None] | None = None
        self._more: asyncio.Future[None] | None = None
        self._pieces: list[bytes] = []
        self._pending = 0
        self._header_bytes = 0
        self._is_head_method = is_head
        self._is_interim = False
        self._is_framed = False
        self._is_paused = False
        self._wants_close = False
        self._has_body = False
        self.status = 0
        self.headers: Headers = []
        self.body_done = False
        self.received = 0
        self.why: str | None = None

    @property
    def is_usable(self) -> bool:
        """Another request may go this way."""
        return not self._closed and self.transport is not None and not self.transport.is_closing()

    @property
    def has_pieces(self) -> bool:
        """Something of the body has come that was not taken yet."""
        return bool(self._pieces)

    async def ask(self, data: bytes, *, is_head: bool) -> None:
        """Send a request and wait for the head of its reply. Raises SystemFailedError."""
        self._reset(is_head=is_head)
        assert self.transport is not None  # noqa: S101
        if not self.is_usable:
            raise SystemFailedError("the connection was closed before the request was sent")
        self._head = asyncio.get_running_loop().create_future()
        self.transport.write(data)
        await self._head
        if self.status == 0:
            raise SystemFailedError(self.why or "the connection was closed without a reply")

    async def next_bytes(self) -> bytes:
        """Return what has come of the body since; nothing at its end. Raises SystemFailedError."""
        while not self._pieces and not self.body_done:
            if self.why is not None:
                raise SystemFailedError(self.why)
            self._more = asyncio.get_running_loop().create_future()
            await self._more
        pieces = self._pieces
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        self._pieces, self._pending = [], 0
        if self._is_paused and self.is_usable and self.transport is not None:
            self._is_paused = False
            self.transport.resume_reading()
        return data

    def close(self) -> None:
        """Break off: the system learns that nobody waits any more."""
        self._closed = True
        if self.transport is not None:
            self.transport.abort()

    # What the loop says.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        if self._head is None or self.body_done:
            self._fail("bytes came that nobody asked for")  # never taken for the next reply
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(f"the reply is no HTTP ({type(error).__name__})")
            self.close()
        except httptools.HttpParserUpgrade:
            self._fail("the reply changes the protocol, which was not asked for")
            self.close()

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed = True
        if self._has_body and not self._is_framed and not self.body_done and self.why is None:
            self._finish()  # the end of the connection is the end of such a reply
            return
        if not self.body_done:
            said = f" ({exc.strerror})" if isinstance(exc, OSError) and exc.strerror else ""
            began = "in the midst of its reply" if self.status else "without a reply"
            self._fail(f"the system closed the connection {began}{said}")

    # What the parser finds.

    def on_message_begin(self) -> None:
        if self.body_done:
            self._wants_close = True

    def on_header(self, name: bytes, value: bytes) -> None:
        self._header_bytes += len(name) + len(value)
        if self._header_bytes > _MOST_HEADERS:
            raise ValueError("too many headers")
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if 100 <= status < 200:
            self._is_interim = True
            self.headers = []
            return
        self.status = status
        for name, _ in self.headers:
            if len(name) in (14, 17) and name.lower() in (b"content-length", b"transfer-encoding"):
                self._is_framed = True
        self._has_body = True
        if not self._parser.should_keep_alive():
            self._wants_close = True
        if self._is_head_method:
            self._wants_close = True  # the parser would wait for a body that never comes
            self._finish()
        self._wake_head()

    def on_body(self, body: bytes) -> None:
        if self.body_done:
            return
        self._pieces.append(body)
        self._pending += len(body)
        self.received += len(body)
        if self._pending > MOST_PENDING and not self._is_paused and self.transport is not None:
            self._is_paused = True
            self.transport.pause_reading()
        self._wake_more()

    def on_message_complete(self) -> None:
        if self._is_interim:
            self._is_interim = False
            return
        if not self.body_done:
            self._finish()

    def _finish(self) -> None:
        self.body_done = True
        if self._wants_close or self._closed:
            self._closed = True
            if self.transport is not None:
                self.transport.close()
        else:
            self._released(self)
        self._wake_head()
        self._wake_more()

    def _fail(self, why: str) -> None:
        if self.body_done:
            return
        self.why = why
        self._wake_head()
        self._wake_more()

    def _wake_head(self) -> None:
        if self._head is not None and not self._head.done():
            self._head.set_result(None)

    def _wake_more(self) -> None:
        if self._more is not None and not self._more.done():
            self._more.set_result(None)
