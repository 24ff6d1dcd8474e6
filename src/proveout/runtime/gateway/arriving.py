"""A reply of the system, as far as it must have come before anything is passed on."""

from __future__ import annotations

from dataclasses import dataclass

from proveout.runtime.gateway.headers import Headers, of_reply
from proveout.runtime.gateway.upstream import Reply
from proveout.runtime.ports import SystemFailedError

MOST_WHOLE = 8 << 20
"""Larger answers pass as they come."""
_STREAMS = (b"text/event-stream", b"application/x-ndjson", b"application/jsonl", b"multipart/")
_SIMULATED = b"proveout-simulated"


@dataclass(slots=True)
class Arrived:
    """A whole reply, or the beginning of one that comes in parts."""

    status: int
    headers: Headers
    """Those that pass."""
    body: bytes
    """All of it, or what has come."""
    rest: Reply | None = None
    """Where the rest comes from; None where it is whole."""
    encoding: bytes | None = None
    is_events: bool = False
    is_simulated: bool = False
    is_cut: bool = False
    """More has come than `body` holds."""

    def close(self) -> None:
        """Nobody needs it."""
        if self.rest is not None:
            self.rest.close()


async def arrived(reply: Reply, *, hold_whole: bool = False) -> Arrived:
    """Read a reply to its end, or a stream to its first bytes. Raises SystemFailedError.

    With `hold_whole` streams are read to their end as well.
    """
    try:
        if not 200 <= reply.status <= 599:
            raise SystemFailedError(f"the reply has the status {reply.status}, which is none")
        found, is_stream = _understood(reply)
        found.body = await reply.next_bytes()
        if is_stream and not hold_whole:
            found.rest = reply
        elif not reply.is_read:
            await _read_on(found, reply, most=None if hold_whole else MOST_WHOLE)
    except BaseException:
        reply.close()
        raise
    return found


def _understood(reply: Reply) -> tuple[Arrived, bool]:
    found = Arrived(reply.status, of_reply(reply.headers), b"")
    is_stream = False
    for name, value in found.headers:
        if name == b"content-type":
            kind = value.lower()
            is_stream = kind.startswith(_STREAMS)
            found.is_events = kind.startswith(b"text/event-stream")
        elif name == b"content-encoding":
            found.encoding = value.lower().strip()
        elif name == _SIMULATED:
            found.is_simulated = True
    return found, is_stream


async def _read_on(found: Arrived, reply: Reply, *, most: int | None) -> None:
    """Read until the end, or until more has come than is kept in memory."""
    parts, size = [found.body], len(found.body)
    while not reply.is_read:
        if most is not None and size > most:
            found.rest = reply
            break
        parts.append(await reply.next_bytes())
        size += len(parts[-1])
    found.body = b"".join(parts)
