"""One HTTP/1.1 connection to a system: a request out, a reply in, its bytes as they are.

A general client costs as much time as all else that the gateway does for a request, and changes
headers on the way; what is needed here is little.
"""

from __future__ import annotations

import asyncio
import fcntl
import struct
import termios
from collections.abc import Callable
from contextlib import suppress

import httptools

from proveout.runtime.gateway.headers import Headers
from proveout.runtime.ports import SystemFailedError

MOST_PENDING = 256 << 10
"""Bytes that may wait for the client to take them; beyond it, the system is not read from."""
_MOST_BEFORE_BODY = (64 << 10) + MOST_PENDING
"""Bytes of headers, and of what comes with them in one reading."""


class Reply:
    """One reply as it comes in. It stays readable when the connection serves somebody else."""

    __slots__ = (
        "_connection", "_head", "_more", "_pending", "_pieces", "body_done", "headers",
        "is_undelivered", "status", "why",
    )  # fmt: skip

    def __init__(self, connection: Connection, head: asyncio.Future[None]) -> None:
        self._connection: Connection | None = connection
        self._head = head
        self._more: asyncio.Future[None] | None = None
        self._pieces: list[bytes] = []
        self._pending = 0
        self.status = 0
        self.headers: Headers = []
        self.body_done = False
        self.why: str | None = None
        """What broke it off."""
        self.is_undelivered = False
        """The system had closed the connection before the whole request was with its host."""

    @property
    def is_read(self) -> bool:
        """All of it has come, and was taken."""
        return self.body_done and not self._pieces

    async def begun(self) -> None:
        """Wait for status and headers. Raises SystemFailedError."""
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
        if self._connection is not None:
            self._connection.go_on()
        return data

    def close(self) -> None:
        """Break off, unless it is over: the system learns that nobody waits any more."""
        if self._connection is not None:
            self._connection.close()

    def take(self, body: bytes) -> bool:
        """Take in a piece; tell whether too much waits to be read."""
        self._pieces.append(body)
        self._pending += len(body)
        self._wake()
        return self._pending > MOST_PENDING

    def end(self, why: str | None = None) -> None:
        """End it, well or not. From now on the connection is another's."""
        if self.body_done or self.why is not None:
            return
        self._connection = None
        self.why = why
        self.body_done = why is None
        self.head_is_there()
        self._wake()

    def head_is_there(self) -> None:
        """Let go on who waits for the beginning."""
        if not self._head.done():
            self._head.set_result(None)

    def _wake(self) -> None:
        if self._more is not None and not self._more.done():
            self._more.set_result(None)


class Connection(asyncio.Protocol):
    """Asks one thing at a time, and is given back when the reply has come."""

    __slots__ = (
        "_header_bytes", "_headers", "_is_closed", "_is_framed", "_is_head_method", "_is_interim",
        "_is_paused", "_loop", "_parser", "_released", "_reply", "_transport", "_wants_close",
        "idle_since",
    )  # fmt: skip

    def __init__(self, released: Callable[[Connection], None]) -> None:
        self._released = released
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._reply: Reply | None = None
        self._headers: Headers = []
        self._header_bytes = 0
        self._is_closed = False
        self._is_framed = False
        self._is_head_method = False
        self._is_interim = False
        self._is_paused = False
        self._wants_close = False
        self.idle_since = 0.0

    @property
    def is_usable(self) -> bool:
        """Another request may go this way."""
        transport = self._transport
        return not self._is_closed and transport is not None and not transport.is_closing()

    def ask(self, data: bytes, *, is_head: bool) -> Reply:
        """Send a request. Raises SystemFailedError."""
        if not self.is_usable or self._transport is None:
            raise SystemFailedError("the connection was closed before the request was sent")
        self._is_head_method = is_head
        self._is_framed = self._is_interim = False
        self._header_bytes = 0
        self._headers = []
        self._reply = reply = Reply(self, self._loop.create_future())
        self._transport.write(data)
        return reply

    def go_on(self) -> None:
        """Read again, where reading was stopped because nobody took what came."""
        if self._is_paused and self._transport is not None and self.is_usable:
            self._is_paused = False
            self._transport.resume_reading()

    def close(self) -> None:
        """Break off."""
        self._is_closed = True
        if self._transport is not None:
            self._transport.abort()

    # What the loop says.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Read on."""
        reply = self._reply
        if reply is None:
            self.close()  # bytes that nobody asked for are never taken for the next reply
            return
        if not reply.status:
            self._header_bytes += len(data)
            if self._header_bytes > _MOST_BEFORE_BODY:
                self._break_off("the reply has headers without end")
                return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._break_off(f"the reply is no HTTP ({type(error).__name__})")
        except httptools.HttpParserUpgrade:
            self._break_off("the reply changes the protocol, which was not asked for")

    def eof_received(self) -> None:
        """Note whether what was sent had arrived when the system closed."""
        if self._reply is not None and not self._reply.status:
            self._reply.is_undelivered = self._n_unacknowledged() > 0

    def connection_lost(self, exc: Exception | None) -> None:
        """End what runs: well where the end of the connection is the end of the reply."""
        self._is_closed = True
        reply, self._reply = self._reply, None
        if reply is None:
            return
        if reply.status and not self._is_framed and exc is None:
            reply.end()
            return
        said = f" ({exc.strerror})" if isinstance(exc, OSError) and exc.strerror else ""
        began = "in the midst of its reply" if reply.status else "without a reply"
        reply.end(f"the system closed the connection {began}{said}")

    # What the parser finds.

    def on_message_begin(self) -> None:
        """Refuse what comes behind the reply: nobody asked for it."""
        if self._reply is None:
            raise ValueError("a reply that nobody asked for")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; a trailer is none."""
        if self._reply is None or self._reply.status:
            return
        name = name.lower()
        if name in (b"content-length", b"transfer-encoding"):
            self._is_framed = True
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Tell who waits."""
        status = self._parser.get_status_code()
        if 100 <= status < 200:
            self._is_interim = True
            self._is_framed = False
            self._headers = []
            return
        reply = self._reply
        if reply is None:
            raise ValueError("a reply that nobody asked for")
        reply.status = status
        reply.headers = self._headers
        if not self._parser.should_keep_alive():
            self._wants_close = True
        if self._is_head_method:
            self._wants_close = True  # the parser would wait for a body that never comes
            self._over()
        else:
            reply.head_is_there()

    def on_body(self, body: bytes) -> None:
        """Hand on a piece."""
        reply = self._reply
        if reply is not None and reply.take(body) and not self._is_paused:
            self._is_paused = True
            if self._transport is not None:
                self._transport.pause_reading()

    def on_message_complete(self) -> None:
        """End the reply."""
        if self._is_interim:
            self._is_interim = False
        elif self._reply is not None:
            self._over()

    def _over(self) -> None:
        reply, self._reply = self._reply, None
        # A reply that came before the request was out: what follows could be read as its rest.
        is_unsent = self._transport is not None and self._transport.get_write_buffer_size() > 0
        if self._wants_close or self._is_closed or is_unsent:
            self._is_closed = True
            if self._transport is not None and is_unsent:
                self._transport.abort()
            elif self._transport is not None:
                self._transport.close()
        else:
            if self._is_paused:
                self.go_on()
            self._released(self)
        if reply is not None:
            reply.end()

    def _n_unacknowledged(self) -> int:
        """Say how many bytes of the request are not with the system's host."""
        if self._transport is None:
            return 0
        unsent: int = self._transport.get_write_buffer_size()
        with suppress(OSError):
            socket = self._transport.get_extra_info("socket")
            told = fcntl.ioctl(socket.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
            unsent += struct.unpack("i", told)[0]
        return unsent

    def _break_off(self, why: str) -> None:
        reply, self._reply = self._reply, None
        self.close()
        if reply is not None:
            reply.end(why)
