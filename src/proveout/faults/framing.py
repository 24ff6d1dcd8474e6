"""Where a request or a response ends on the wire, so that its bytes can be passed as they are."""

from __future__ import annotations

import re
from dataclasses import dataclass

import h11

LONGEST_HEAD = 1 << 18
"""Bytes of a request's or response's head; beyond it nothing is understood, and all is passed."""

_REQUEST = re.compile(rb"[A-Z]{1,20} ")
_HOST = re.compile(rb"(?im)^(host:[ \t]*)[^\r\n]*")
_ENCODING = re.compile(rb"(?im)^(accept-encoding:[ \t]*)[^\r\n]*")


class NotHttpError(Exception):
    """These bytes are not understood as HTTP/1.1."""


def begins_request(data: bytes) -> bool:
    """Tell whether a request may begin here."""
    return _REQUEST.match(data) is not None


def with_host(head: bytes, host: str) -> bytes:
    """Replace the value of the Host line, and nothing else."""
    return _HOST.sub(lambda line: line[1] + host.encode("latin-1"), head, count=1)


def without_compression(head: bytes) -> bytes:
    """Ask for an answer that can be read."""
    return _ENCODING.sub(rb"\1identity", head, count=1)


def head_end(data: bytes | bytearray) -> int | None:
    """Return where the head ends, its empty line included."""
    found = re.search(rb"\r?\n\r?\n", data)
    return None if found is None else found.end()


@dataclass(slots=True)
class RequestFrame:
    """Follows one request from its first byte; gives what is left over behind it."""

    parser: h11.Connection
    request: h11.Request | None = None
    is_done: bool = False
    left_over: bytes = b""

    @classmethod
    def new(cls) -> RequestFrame:
        """Begin."""
        return cls(h11.Connection(h11.SERVER, max_incomplete_event_size=LONGEST_HEAD))

    def feed(self, data: bytes) -> int:
        """Take bytes; return how many of them belong to this request. Raises NotHttpError."""
        events = _events(self.parser, data)
        for event in events:
            if isinstance(event, h11.Request):
                self.request = event
            elif isinstance(event, h11.EndOfMessage):
                self.is_done = True
        if not self.is_done and self.parser.their_state is h11.MIGHT_SWITCH_PROTOCOL:  # type: ignore[attr-defined]
            self.is_done = True
        if self.is_done:
            self.left_over = self.parser.trailing_data[0]
        return len(data) - len(self.left_over)


@dataclass(slots=True)
class ResponseFrame:
    """Follows the response to one request."""

    parser: h11.Connection
    response: h11.Response | None = None
    is_done: bool = False
    left_over: bytes = b""

    @classmethod
    def to(cls, request: h11.Request) -> ResponseFrame:
        """Begin; how a response ends depends on what was asked."""
        parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=LONGEST_HEAD)
        try:
            # Only the method and what the connection is to become matter here, not the body.
            kept = [(n, v) for n, v in request.headers if n in (b"connection", b"upgrade")]
            if request.http_version != b"1.1":
                kept.append((b"connection", b"close"))
            parser.send(
                h11.Request(
                    method=request.method,
                    target=request.target,
                    headers=[(b"host", b"upstream"), *kept],
                )
            )
            parser.send(h11.EndOfMessage())
        except h11.LocalProtocolError as error:
            raise NotHttpError(str(error)) from None
        return cls(parser)

    def feed(self, data: bytes) -> bytes:
        """Take bytes (none: the end); return those of the body. Raises NotHttpError."""
        body = bytearray()
        for event in _events(self.parser, data):
            if isinstance(event, h11.Response):
                self.response = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                self.is_done = True
        if self.is_done:
            self.left_over = self.parser.trailing_data[0]
        return bytes(body)

    @property
    def has_switched(self) -> bool:
        """Tell whether it is no longer HTTP from here on (WebSocket, CONNECT)."""
        return self.parser.their_state is h11.SWITCHED_PROTOCOL

    @property
    def keeps_open(self) -> bool:
        """Tell whether another request may follow on this connection."""
        return self.is_done and self.parser.their_state is h11.DONE

    def header(self, name: bytes) -> bytes:
        """Return a header of the response, in lower case; empty where there is none."""
        if self.response is None:
            return b""
        return b", ".join(value for key, value in self.response.headers if key == name).lower()


def _events(parser: h11.Connection, data: bytes) -> list[h11.Event]:
    events: list[h11.Event] = []
    try:
        parser.receive_data(data)
        while True:
            event = parser.next_event()
            if event is h11.NEED_DATA or event is h11.PAUSED:
                return events
            assert not isinstance(event, type)  # noqa: S101  # the two sentinels were left above
            events.append(event)
            if isinstance(event, h11.ConnectionClosed | h11.EndOfMessage):
                return events
    except (h11.RemoteProtocolError, RuntimeError) as error:
        raise NotHttpError(str(error)) from None
