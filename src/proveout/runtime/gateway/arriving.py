"""A reply of the system, as far as it must have come before anything is passed on."""

from __future__ import annotations

from dataclasses import dataclass

from proveout.runtime.gateway.headers import Headers, of_reply
from proveout.runtime.gateway.upstream import Connection
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
    connection: Connection | None = None
    """Where the rest comes from; None where it is whole."""
    encoding: bytes | None = None
    is_events: bool = False
    is_simulated: bool = False

    def close(self) -> None:
        """Nobody needs it."""
        if self.connection is not None:
            self.connection.close()


async def arrived(connection: Connection, *, hold_whole: bool = False) -> Arrived:
    """Read a reply to its end, or a stream to its first bytes. Raises SystemFailedError.

    With `hold_whole` streams are read to their end as well.
    """
    if not 200 <= connection.status <= 599:
        connection.close()
        raise SystemFailedError(f"the reply has the status {connection.status}, which is none")
    reply = Arrived(connection.status, of_reply(connection.headers), b"")
    is_stream = False
    for name, value in reply.headers:
        if name == b"content-type":
            kind = value.lower()
            is_stream = kind.startswith(_STREAMS)
            reply.is_events = kind.startswith(b"text/event-stream")
        elif name == b"content-encoding":
            reply.encoding = value.lower().strip()
        elif name == _SIMULATED:
            reply.is_simulated = True
    try:
        body = await connection.next_bytes()
        if is_stream and not hold_whole:
            reply.body, reply.connection = body, connection
            return reply
        if connection.body_done and not connection.has_pieces:
            reply.body = body
            return reply
        parts, size = [body], len(body)
        while size <= MOST_WHOLE or hold_whole:
            body = await connection.next_bytes()
            if not body:
                reply.body = b"".join(parts)
                return reply
            parts.append(body)
            size += len(body)
    except BaseException:
        connection.close()
        raise
    reply.body, reply.connection = b"".join(parts), connection
    return reply
