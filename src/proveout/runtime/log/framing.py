"""Lines of a segment: kind, checksum, length, JSON. Pure.

    r 9f3c21aa 312 {"id":"01JD…","pilot":"claims",…}

JSON as msgspec writes it has no line break inside, so that a line is a line. The checksum
(CRC-32) and the length are over the JSON; what fails them was cut or changed.
"""

from __future__ import annotations

import re
from binascii import crc32
from collections.abc import Iterator
from typing import Literal, NamedTuple

HEADER, BEGUN, RECORD, FOOTER = b"h", b"b", b"r", b"f"
"""What a line holds: what the segment is, a call that is about to be sent, a record, the seal."""

_LINE = re.compile(rb"([hbrf]) ([0-9a-f]{8}) (\d{1,12}) ")


class Line(NamedTuple):
    """One sound line."""

    kind: bytes
    body: bytes
    """JSON."""
    offset: int = 0
    """Where the body stands."""


class Damage(NamedTuple):
    """A stretch that is no sound line."""

    offset: int
    n_bytes: int
    why: Literal["cut", "changed"]
    """'cut': the last line has no end; 'changed': it is not what its checksum says."""


def line(kind: bytes, body: bytes) -> bytes:
    """Frame one body."""
    return b"%b %08x %d %b\n" % (kind, crc32(body), len(body), body)


def scan(content: bytes) -> Iterator[Line | Damage]:
    """Yield what stands in a segment, in order; all bytes are in one line or one damage."""
    offset, end = 0, len(content)
    while offset < end:
        stop = content.find(b"\n", offset)
        if stop < 0:
            yield Damage(offset, end - offset, "cut")
            return
        yield sound(content, offset, stop) or Damage(offset, stop + 1 - offset, "changed")
        offset = stop + 1


def sound(content: bytes, offset: int, stop: int) -> Line | None:
    """Read the line between two places; None where it is not what was written."""
    start = _LINE.match(content, offset, stop)
    if start is None:
        return None
    body = content[start.end() : stop]
    if len(body) != int(start[3]) or crc32(body) != int(start[2], 16):
        return None
    return Line(start[1], body, start.end())
