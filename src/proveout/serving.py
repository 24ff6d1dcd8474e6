"""What everything of ours that serves has in common: where it listens, and how it is stopped."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn

from proveout.errors import InputError

BACKLOG = 4096
"""Connections that may wait to be accepted, so that a whole company may come at once."""


def listening(
    host: str, port: int, *, prepare: Callable[[socket.socket], None] = lambda _: None
) -> socket.socket:
    """Listen; `prepare` sets further options first. Raises InputError where that cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        prepare(made)
        made.bind((host, port))
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        raise InputError(
            f"Port {port} of {host} cannot be listened at: {error.strerror}.",
            hint="Name another port, or 0 for any that is free: --port 0",
        ) from error
    return made


class StoppableServer(uvicorn.Server):
    """A server that tells by which signal it was stopped, instead of passing the signal on."""

    stopped_by: int | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals, on the main thread alone; elsewhere they are somebody else's."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        wanted = (signal.SIGINT, signal.SIGTERM)
        before = {each: signal.signal(each, self.handle_exit) for each in wanted}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Note the signal, and stop in order."""
        self.stopped_by = self.stopped_by or sig
        self.should_exit = True
