"""The proxy: listens here, forwards to one service, and lets the switchboard bend what passes."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from proveout.faults.connection import Connection
from proveout.faults.raw import Line
from proveout.faults.switchboard import Switchboard
from proveout.faults.upstream import Upstream

_BACKLOG = 512
_LOOK_EVERY_S = 0.2
"""How often faults whose time is over are looked for."""


@dataclass(slots=True)
class _Door:
    """One address that is listened on."""

    host: str
    port: int
    server: asyncio.Server | None = None
    held: socket.socket | None = None
    """Keeps the address, without listening, while connections are refused."""
    n_connections: int = 0


@dataclass(slots=True)
class Proxy:
    """Use as an async context manager; faults are switched on its `board`."""

    upstream: Upstream
    addresses: Sequence[tuple[str, int]] = (("127.0.0.1", 0),)
    """Where it listens; port 0 is any free one."""
    board: Switchboard = field(init=False)
    _doors: list[_Door] = field(init=False, default_factory=list)
    _open: set[asyncio.Task[None]] = field(init=False, default_factory=set)
    _moved: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _keeper: asyncio.Task[None] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Make the switchboard, which says when something has changed."""
        self.board = Switchboard(time.monotonic, self._moved.set)

    async def __aenter__(self) -> Proxy:
        """Listen. Raises OSError where an address is taken or not ours."""
        for host, port in self.addresses:
            probe = _bound(host, port)
            door = _Door(host, probe.getsockname()[1])
            door.held = probe
            self._doors.append(door)
            await self._open_door(door)
        self._keeper = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Switch everything off, stop listening, and close what is open."""
        self.board.clear()
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        for door in self._doors:
            if door.server is not None:
                door.server.close()
            if door.held is not None:
                door.held.close()
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    @property
    def ports(self) -> tuple[int, ...]:
        """Where it listens, in the order of the addresses."""
        return tuple(door.port for door in self._doors)

    @property
    def n_connections(self) -> tuple[int, ...]:
        """How many connections came, by address."""
        return tuple(door.n_connections for door in self._doors)

    async def _keep(self) -> None:
        """Open and shut the doors as the switchboard wants them, and end what is over."""
        while True:
            with contextlib.suppress(TimeoutError):
                # Not wait_for: in Python 3.11 it may swallow being cancelled.
                async with asyncio.timeout(_LOOK_EVERY_S if self.board else None):
                    await self._moved.wait()
            self._moved.clear()
            self.board.expire()
            for door in self._doors:
                if self.board.refuses and door.server is not None:
                    await self._shut_door(door)
                elif not self.board.refuses and door.server is None:
                    with contextlib.suppress(OSError):  # tried again at the next look
                        await self._open_door(door)
                    if door.server is None:
                        self._moved.set()
                        await asyncio.sleep(_LOOK_EVERY_S)

    async def _open_door(self, door: _Door) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._serve(door, reader, writer)

        if door.held is not None:
            door.held.close()
            door.held = None
        listening = _bound(door.host, door.port)
        door.server = await asyncio.start_server(serve, sock=listening, backlog=_BACKLOG)

    async def _shut_door(self, door: _Door) -> None:
        assert door.server is not None  # noqa: S101  # the caller looked
        door.server.close()
        door.server = None
        with contextlib.suppress(OSError):
            door.held = _bound(door.host, door.port)

    async def _serve(
        self, door: _Door, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        door.n_connections += 1
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # asyncio runs it as one
        self._open.add(task)
        try:
            await Connection(Line(reader, writer), self.upstream, self.board).serve()
        except asyncio.CancelledError:
            pass  # the proxy ends; asyncio would log a task of its streams that ends so
        finally:
            self._open.discard(task)


def _bound(host: str, port: int) -> socket.socket:
    """Take an address without listening on it yet. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock
