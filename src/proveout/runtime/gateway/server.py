"""One process that serves: a loop, the parts on it, and an orderly end."""

from __future__ import annotations

import asyncio
import resource
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn

from proveout import serving
from proveout.runtime.gateway.app import App
from proveout.runtime.gateway.assembly import assemble
from proveout.runtime.gateway.faults import Application, telling
from proveout.runtime.gateway.line import Line
from proveout.runtime.gateway.operations import Operations
from proveout.runtime.settings import Settings

KEEP_ALIVE_S = 75
GRACE_S = 2.0
"""Beyond the deadline, for records to be written when all have been answered."""
WANTED_FILES = 65_536
"""Open at once, where the system lets a process have so many."""
OWN_FILES = 256
"""Of log, store, traces and listening."""
UNREAD_S = 120
"""So long a client may leave an answer unread; then the kernel breaks off, and frees what waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a process has done."""

    served: int = 0
    stopped_by: int | None = None


def listening(host: str, port: int, *, is_shared: bool) -> socket.socket:
    """Listen. Raises InputError where the address is taken or not ours."""

    def prepare(made: socket.socket) -> None:
        if is_shared:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # connections have it from who listens
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_S * 1000)

    return serving.listening(host, port, prepare=prepare)


def connections_at_most() -> int:
    """Return how many clients may be connected: each may need a connection to the system, too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else min(hard, WANTED_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    files = WANTED_FILES if soft == resource.RLIM_INFINITY else min(soft, WANTED_FILES)
    return max(16, (files - OWN_FILES) // 2)


def serve(
    settings: Settings,
    listener: socket.socket,
    *,
    worker: int = 0,
    shared: Path | None = None,
    ready: Callable[[], None] = lambda: None,
    leave_when: Callable[[Callable[[], None]], None] = lambda _: None,
) -> Summary:
    """Serve until stopped. Raises what `assemble` raises."""
    work = _serve(
        settings, listener, worker=worker, shared=shared, ready=ready, leave_when=leave_when
    )
    if sys.platform == "win32":
        return asyncio.run(work)
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def _serve(
    settings: Settings,
    listener: socket.socket,
    *,
    worker: int,
    shared: Path | None,
    ready: Callable[[], None],
    leave_when: Callable[[Callable[[], None]], None],
) -> Summary:
    assembled = await assemble(settings, worker=worker, shared=shared)
    operations = Operations(assembled)
    app = App(assembled.pilots, operations=operations, part_timeout_s=settings.header_timeout_s)
    longest = max(each.gateway.deadline_s for each in settings.pilots)
    server = _Server(
        telling(app, assembled.telemetry), settings, operations, grace_s=longest + GRACE_S
    )
    leave_when(server.leave)
    server.on_started = ready
    try:
        await server.serve(sockets=[listener])
    finally:
        await assembled.close()
        listener.close()
    return Summary(served=app.served, stopped_by=server.stopped_by)


class _Server(serving.StoppableServer):
    """A server that is not ready from the moment on at which it is stopped."""

    def __init__(
        self, app: Application, settings: Settings, operations: Operations, *, grace_s: float
    ) -> None:
        super().__init__(_config(app, settings, grace_s))
        self._operations = operations
        self.on_started: Callable[[], None] = lambda: None

    def leave(self) -> None:
        """Take nothing new, and end when what runs has ended."""
        self._operations.is_leaving = True
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.on_started()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.stopped_by is not None and sig == signal.SIGINT:
            self.force_exit = True  # whoever presses Ctrl-C twice means it
        super().handle_exit(sig, frame)
        self.leave()


def _config(app: Any, settings: Settings, grace_s: float) -> uvicorn.Config:
    limits = {
        "header_timeout_s": settings.header_timeout_s,
        "most_connections": settings.most_connections or connections_at_most(),
    }
    line = type("ClientLine", (Line,), limits)
    return uvicorn.Config(
        app,
        http=line,
        ws="none",
        loop="none",
        interface="asgi3",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=int(grace_s) + 1,
    )
