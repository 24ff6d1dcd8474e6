"""Connections to one address, kept open for the next request."""

from __future__ import annotations

import asyncio
import ssl
import time
from functools import cache

from proveout.runtime.gateway.addresses import Address
from proveout.runtime.gateway.upstream import Connection, Reply
from proveout.runtime.ports import SystemFailedError

IDLE_S = 4.0
"""Servers close what is idle after 5 s and more; a request must not meet with that."""
MOST_IDLE = 512
_AGAIN = frozenset({b"GET", b"HEAD", b"OPTIONS"})
"""Asking them twice does nothing twice."""


class Pool:
    """Opens connections as they are needed; how many at once is not its business."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._idle: list[Connection] = []

    async def ask(self, method: bytes, data: bytes) -> Reply:
        """Send a request; return the reply when its head is there.

        A connection that was idle may be closed by the system at the moment in which it is used.
        Then it is sent once more over a fresh one, if that is safe: the request had not arrived
        when the system closed (its end had come before the host acknowledged all of the request),
        or may be asked twice. Raises SystemFailedError.
        """
        is_head = method == b"HEAD"
        connection = self._take()
        if connection is not None:
            reply = connection.ask(data, is_head=is_head)
            try:
                return await _begun(reply)
            except SystemFailedError:
                if method not in _AGAIN and not reply.is_undelivered:
                    raise
        return await _begun((await self._connected()).ask(data, is_head=is_head))

    def close(self) -> None:
        """Close what is idle, and let what is under way end."""
        for connection in self._idle:
            connection.close()
        self._idle.clear()

    def _take(self) -> Connection | None:
        idle = self._idle
        while idle:
            connection = idle.pop()  # the latest: the rest may grow old and be closed
            if not connection.is_usable:
                continue
            if time.monotonic() - connection.idle_since > IDLE_S:
                connection.close()
                continue
            return connection
        return None

    def _released(self, connection: Connection) -> None:
        if len(self._idle) >= MOST_IDLE:
            connection.close()
            return
        connection.idle_since = time.monotonic()
        self._idle.append(connection)

    async def _connected(self) -> Connection:
        address = self.address
        loop = asyncio.get_running_loop()
        try:
            _, connection = await loop.create_connection(
                lambda: Connection(self._released),
                address.host,
                address.port,
                ssl=_tls() if address.is_tls else None,
            )
        except ssl.SSLCertVerificationError as error:
            why = (
                "no safe connection to the system: its certificate is not valid "
                f"({error.verify_message.rstrip('.')})"
            )
            raise SystemFailedError(why, was_asked=False) from error
        except ssl.SSLError as error:
            why = f"no safe connection to the system: {error.reason or 'TLS'}"
            raise SystemFailedError(why, was_asked=False) from error
        except OSError as error:
            why = f"the system cannot be reached: {error.strerror or type(error).__name__}"
            raise SystemFailedError(why, was_asked=False) from error
        return connection


async def _begun(reply: Reply) -> Reply:
    try:
        await reply.begun()
    except BaseException:
        reply.close()
        raise
    return reply


@cache
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
