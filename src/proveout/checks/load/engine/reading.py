"""Reading HTTP/1.1 replies as they come in. Pure, and lean: it is done ten thousand times a second.

Framing as in RFC 9112, section 6.3.
"""

from __future__ import annotations

import zlib

MOST_HEAD_BYTES = 1 << 18


class NotHttpError(Exception):
    """What came is no HTTP reply; the text says why, in two or three words."""


class ReplyReader:
    """Takes the bytes of one reply in any portions."""

    __slots__ = ("_chunked", "_in_body", "_is_text", "_left", "_raw", "body", "complete", "headers",
                 "reusable", "status")  # fmt: skip

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = bytearray()
        """As sent; chunks are already put together."""
        self.complete = False
        self.reusable = True
        """Whether another request may follow on the connection."""
        self._raw = bytearray()
        self._in_body = False
        self._chunked = False
        self._left = 0
        """Bytes of the body, or of the chunk, that are still to come; -1: until the end."""
        self._is_text = True
        """Within chunks: the next thing is a line with a size."""

    def feed(self, data: bytes) -> bool:
        """Take some bytes; return whether the reply is complete. Raises NotHttpError."""
        if not self._in_body:
            self._raw += data
            while not self._in_body:
                end = self._raw.find(b"\r\n\r\n")
                if end < 0:
                    self._check_head()
                    return False
                self._read_head(bytes(self._raw[:end]))
                del self._raw[: end + 4]
                if 100 <= self.status < 200:  # an interim reply; the real one follows
                    self.status, self.headers, self._in_body = 0, {}, False
            data, self._raw = bytes(self._raw), bytearray()
        if self._chunked:
            self._read_chunks(data)
        elif self._left < 0:
            self.body += data
        else:
            self.body += data[: self._left]
            self.reusable = self.reusable and len(data) <= self._left
            self._left = max(0, self._left - len(data))
            self.complete = self._left == 0
        return self.complete

    def end(self) -> bool:
        """Take notice that the other side closed; return whether the reply is complete."""
        self.reusable = False
        if self._in_body and self._left < 0 and not self._chunked:
            self.complete = True
        return self.complete

    @property
    def started(self) -> bool:
        """Whether anything came at all."""
        return self._in_body or bool(self._raw)

    def content(self) -> bytes:
        """Return the body without its compression. Raises NotHttpError."""
        encoding = self.headers.get("content-encoding", "identity").lower()
        if encoding in ("identity", ""):
            return bytes(self.body)
        try:
            if encoding in ("gzip", "x-gzip", "deflate"):
                return zlib.decompress(bytes(self.body), 47 if "gzip" in encoding else 15)
        except zlib.error:
            raise NotHttpError("broken compression") from None
        raise NotHttpError("unknown compression")

    def _check_head(self) -> None:
        if len(self._raw) > MOST_HEAD_BYTES:
            raise NotHttpError("endless headers")
        if not b"HTTP/".startswith(self._raw[:5]):
            raise NotHttpError("not HTTP")

    def _read_head(self, head: bytes) -> None:
        first, *lines = head.split(b"\r\n")
        version, _, rest = first.partition(b" ")
        code = rest[:3]
        if not version.startswith(b"HTTP/1.") or not code.isdigit() or len(code) != 3:
            raise NotHttpError("not HTTP")
        self.status = int(code)
        headers: dict[str, str] = {}
        for line in lines:
            name, colon, value = line.partition(b":")
            if not colon:
                raise NotHttpError("broken headers")
            headers[name.decode("latin-1").lower()] = value.decode("latin-1").strip()
        self.headers = headers
        self._in_body = True
        kept = headers.get("connection", "").lower()
        self.reusable = kept != "close" and (version == b"HTTP/1.1" or kept == "keep-alive")
        self._begin_body(headers)

    def _begin_body(self, headers: dict[str, str]) -> None:
        length = headers.get("content-length")
        if self.status in (204, 304):
            self._left = 0
        elif "chunked" in headers.get("transfer-encoding", "").lower():
            self._chunked = True
        elif length is None:
            self._left, self.reusable = -1, False
        elif length.isascii() and length.isdigit():
            self._left = int(length)
        else:
            raise NotHttpError("broken length")

    def _read_chunks(self, data: bytes) -> None:
        self._raw += data
        raw = self._raw
        while not self.complete:
            if self._is_text:
                end = raw.find(b"\r\n")
                if end < 0:
                    if len(raw) > MOST_HEAD_BYTES:
                        raise NotHttpError("broken chunks")
                    return
                line = bytes(raw[:end])
                if self._left < 0:  # trailers, ended by an empty line
                    del raw[: end + 2]
                    self.complete = not line
                    continue
                try:
                    size = int(line.partition(b";")[0], 16)
                except ValueError:
                    raise NotHttpError("broken chunks") from None
                del raw[: end + 2]
                if size == 0:
                    self._left = -1
                else:
                    self._left, self._is_text = size, False
            else:
                if len(raw) < self._left + 2:
                    return
                self.body += raw[: self._left]
                if raw[self._left : self._left + 2] != b"\r\n":
                    raise NotHttpError("broken chunks")
                del raw[: self._left + 2]
                self._left, self._is_text = 0, True
        self.reusable = self.reusable and not raw
