"""A response written anew, with another body or content type."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import h11

from proveout.faults.bending import bend_body, bend_line, changes_body, content_type_of
from proveout.faults.effects import WrongContentType
from proveout.faults.framing import ResponseFrame
from proveout.faults.switchboard import Switched

_FRAMING = (b"content-length", b"transfer-encoding")
_STREAM = b"text/event-stream"


def is_rebuilt(struck: tuple[Switched, ...]) -> bool:
    """Tell whether a response cannot be passed as it came."""
    return any(
        changes_body(each.fault.effect) or isinstance(each.fault.effect, WrongContentType)
        for each in struck
    )


@dataclass(slots=True)
class Rebuilder:
    """Takes the body of a response as it comes and gives what is sent in its place."""

    frame: ResponseFrame
    struck: tuple[Switched, ...]
    waiting: bytearray = field(default_factory=bytearray)
    is_begun: bool = False

    def take(self, body: bytes) -> bytes:
        """Return what can be sent already; a stream goes on line by line, all else at its end."""
        self.waiting += body
        if self.frame.response is None:
            return b""
        return self._streamed() if self._is_stream else self._whole()

    @property
    def _is_stream(self) -> bool:
        return self.frame.header(b"content-type").startswith(_STREAM)

    def _streamed(self) -> bytes:
        out = b""
        if not self.is_begun:
            self.is_begun = True
            out = self._head([(b"transfer-encoding", b"chunked")])
        *lines, rest = bytes(self.waiting).splitlines(keepends=True) or [b""]
        if rest.endswith(b"\n") or self.frame.is_done:
            lines, rest = [*lines, rest], b""
        self.waiting[:] = rest
        bent = b"".join(self._bent_line(line) for line in lines)
        if bent:
            out += b"%x\r\n" % len(bent) + bent + b"\r\n"
        return out + (b"0\r\n\r\n" if self.frame.is_done else b"")

    def _whole(self) -> bytes:
        if not self.frame.is_done:
            return b""
        body, was_packed = _unpacked(bytes(self.waiting), self.frame.header(b"content-encoding"))
        for each in self.struck:
            body = bend_body(each.fault.effect, body, each.random)
        head = self._head([(b"content-length", b"%d" % len(body))], unpacked=was_packed)
        return head + body

    def _bent_line(self, line: bytes) -> bytes:
        for each in self.struck:
            line = bend_line(each.fault.effect, line, each.random)
        return line

    def _head(self, framing: list[tuple[bytes, bytes]], *, unpacked: bool = False) -> bytes:
        response = self.frame.response
        assert isinstance(response, h11.Response)  # noqa: S101  # take() has seen to it
        content_type = content_type_of([each.fault.effect for each in self.struck])
        left_out = {*_FRAMING}
        added = [*framing]
        if unpacked:
            left_out.add(b"content-encoding")
        if content_type is not None:
            left_out.add(b"content-type")
            added.append((b"content-type", content_type.encode("latin-1", "replace")))
        kept = [
            (name, value) for name, value in response.headers.raw_items()
            if name.lower() not in left_out
        ]  # fmt: skip
        status = b"HTTP/1.1 %d %s" % (response.status_code, response.reason)
        lines = [status, *(name + b": " + value for name, value in [*kept, *added])]
        return b"\r\n".join(lines) + b"\r\n\r\n"


def _unpacked(body: bytes, encoding: bytes) -> tuple[bytes, bool]:
    """Undo gzip and deflate; anything else stays packed, and is then not JSON to anybody."""
    if encoding not in (b"gzip", b"deflate"):
        return body, False
    try:
        return zlib.decompress(body, wbits=zlib.MAX_WBITS | 32), True
    except zlib.error:
        return body, False
