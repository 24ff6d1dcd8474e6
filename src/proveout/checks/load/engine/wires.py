"""Connections: opened when needed, kept for the next who needs one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import gevent.socket as sockets
from gevent.monkey import get_original

from proveout.checks.load.engine.alarm import now
from proveout.systems.exchange import Request

POLLIN = 1

QUIET_S = 0.05
"""A connection that lay idle for longer may have been closed by the other side, as servers do
after some seconds; it is looked at before it is used."""

MOST_IDLE_S = 4.0
"""Many servers close after five seconds; a request that crosses that on the way would be lost, and
look like a fault of theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where the load goes, with its name looked up once."""

    family: int
    address: Any
    host: str
    context: Any = None
    """For TLS; None without."""

    @classmethod
    def of(cls, url: str) -> Target:
        """Look the host up and try it. Raises OSError."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        is_tls = parts.scheme == "https"
        port = parts.port or (443 if is_tls else 80)
        context = None
        if is_tls:
            from gevent import ssl

            context = ssl.create_default_context()
        refused: OSError = OSError(f"there is no address of {host}")
        for family, _, _, _, address in sockets.getaddrinfo(host, port, type=1):
            target = cls(family=family, address=address, host=host, context=context)
            try:
                target.connect(now() + 10.0).close()
            except OSError as error:
                refused = error
            else:
                return target
        raise refused

    def connect(self, until: float) -> Any:
        """Open a connection. Raises OSError, TimeoutError after the moment."""
        sock = sockets.socket(self.family, 1)
        try:
            sock.settimeout(max(until - now(), 1e-3))
            sock.setsockopt(6, 1, 1)  # TCP_NODELAY: a request leaves at once
            sock.connect(self.address)
            if self.context is not None:
                sock.settimeout(max(until - now(), 1e-3))
                sock = self.context.wrap_socket(sock, server_hostname=self.host)
        except BaseException:
            sock.close()
            raise
        return sock


class Wires:
    """All connections of a process. The one used last is used next: as few stay open as can be."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._idle: list[tuple[Any, float]] = []
        self.used: set[Any] = set()

    def take(self, until: float) -> Any:
        """Take a connection, a new one if need be. Raises OSError."""
        while self._idle:
            sock, since = self._idle.pop()
            idle_s = now() - since
            if idle_s < QUIET_S or (idle_s < MOST_IDLE_S and not _is_readable(sock)):
                break
            sock.close()
        else:
            sock = self._target.connect(until)
        self.used.add(sock)
        return sock

    def give_back(self, sock: Any) -> None:
        """Keep it for the next."""
        self.used.discard(sock)
        self._idle.append((sock, now()))

    def drop(self, sock: Any) -> None:
        """Close it."""
        self.used.discard(sock)
        sock.close()

    def drop_used(self) -> None:
        """Close all that somebody still waits on; who waits gets an OSError."""
        for sock in list(self.used):
            self.drop(sock)


def on_the_wire(request: Request) -> bytes:
    """Write a request as it is sent."""
    parts = urlsplit(request.url)
    host = parts.netloc.rpartition("@")[2]
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    names = {name.lower() for name in request.headers}
    lines = [f"{request.method} {path} HTTP/1.1"]
    if "host" not in names:
        lines.append(f"Host: {host}")
    if "accept-encoding" not in names:
        lines.append("Accept-Encoding: identity")
    lines += [
        f"{name}: {value}"
        for name, value in request.headers.items()
        if name.lower() not in ("content-length", "connection", "transfer-encoding")
    ]
    lines.append(f"Content-Length: {len(request.body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + request.body


def _is_readable(sock: Any) -> bool:
    """Tell whether something came on an idle connection: its end, or what nobody asked for."""
    poll = get_original("select", "poll")()  # gevent's own would let others go first
    poll.register(sock.fileno(), POLLIN)
    return bool(poll.poll(0))
