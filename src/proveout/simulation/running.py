"""Runs the simulated service: on the main thread for the command, on its own beside a test."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from proveout.errors import MissingExtraError
from proveout.simulation.behaviour import Behaviour

try:
    import uvicorn

    from proveout.serving import StoppableServer, listening
    from proveout.simulation.app import App
except ImportError as error:
    raise MissingExtraError(extra="simulate", wanted_for="The simulator") from error

from proveout.simulation.responder import Responder


class Simulator:
    """A simulated service that listens already; `serve` answers until it is stopped."""

    def __init__(
        self,
        behaviour: Behaviour,
        responder: Responder | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        """Listen. Raises InputError where the address is taken or not ours."""
        self.app = App(behaviour, responder)
        self._socket = listening(host, port)
        self._host = host
        self._server = _Server(self.app)

    @property
    def url(self) -> str:
        """Its address, without a path."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._socket.getsockname()[1]}"

    def serve(self) -> int | None:
        """Answer until stopped; return the signal that stopped it."""
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()
        return self._server.stopped_by

    def stop(self) -> None:
        """Let `serve` return soon. May be called from any thread."""
        self._server.should_exit = True


@contextmanager
def running(
    behaviour: Behaviour, responder: Responder | None = None, *, port: int = 0
) -> Iterator[Simulator]:
    """Run a simulator beside the caller, on a thread of its own."""
    simulator = Simulator(behaviour, responder, port=port)
    thread = threading.Thread(target=simulator.serve, name="proveout-simulator", daemon=True)
    thread.start()
    try:
        yield simulator
    finally:
        simulator.stop()
        thread.join()


class _Server(StoppableServer):
    """A server that closes its floor when it ends."""

    def __init__(self, app: App) -> None:
        super().__init__(_config(app))
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        self._app.floor.close()


def _config(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        loop="auto" if sys.platform == "win32" else "uvloop",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )
