"""Runs the dashboard: in one process, or in several that share a port."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType

import uvicorn

from proveout.assess.registry import installed
from proveout.charter.loading import load_charter
from proveout.desk import open_desk
from proveout.errors import ProveoutError, UnreachableError
from proveout.evidence.ledger import open_ledger
from proveout.portfolio import Library, Place
from proveout.serving import StoppableServer, listening
from proveout.web.app import create_app
from proveout.web.asked import Parts
from proveout.web.jobs import stop_all
from proveout.web.security.recognising import Recogniser
from proveout.web.security.setting_up import offer
from proveout.web.security.shared import signing_secret
from proveout.web.settings import Oidc, Settings

GRACE_S = 10
"""So long, requests that run may take to end when the dashboard is stopped."""
START_WITHIN_S = 60.0
LOOK_EVERY_S = 0.5
AGAIN_AFTER_S = 1.0
"""A process that died is started anew after so long, so that a broken one is no busy loop."""

LOG_FORMAT = "%(asctime)s %(name)s %(message)s"

Background = Callable[[threading.Event], None]
"""Works beside the pages, in one process of all, until the event is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Where a ledger is, and the charters whose pilots it holds."""

    location: str
    charters: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to serve, and where."""

    ledgers: tuple[Ledger, ...]
    database: str
    host: str = "127.0.0.1"
    port: int = 8700
    workers: int = 1
    base_url: str | None = None
    """As people reach it, where that is not where it listens: behind a proxy."""
    oidc: Oidc | None = None


@dataclass(slots=True)
class Outcome:
    """How it ended."""

    stopped_by: int | None = None
    restarted: int = 0


def run(options: Options, *, ready: Callable[[str, str | None], None]) -> Outcome:
    """Serve until stopped; `ready` is told the address and, at first, the path of the set-up link.

    Raises InputError where the port is taken or a charter is wrong, and as ledgers and the
    dashboard's database do.
    """
    listener = listening(options.host, options.port)
    address = _address(options, listener.getsockname()[1])
    try:
        with opened(options, address) as parts:
            link = offer(parts.desk)
            if options.workers == 1:
                stopped_by = _serve(parts, listener, options, ready=lambda: ready(address, link))
                return Outcome(stopped_by=stopped_by)
        return _Supervisor(options, listener, address).run(lambda: ready(address, link))
    finally:
        listener.close()


@contextmanager
def opened(options: Options, address: str) -> Iterator[Parts]:
    """Open all that the dashboard is made of; what is not there yet is made."""
    registry = installed()
    with ExitStack() as stack:
        places = [
            Place(
                ledger=stack.enter_context(open_ledger(each.location, create=True)),
                location=each.location,
                charters=tuple(load_charter(path) for path in each.charters),
            )
            for each in options.ledgers
        ]
        desk = stack.enter_context(open_desk(options.database))
        yield Parts(
            library=Library(places, registry),
            desk=desk,
            registry=registry,
            settings=Settings(base_url=address, secret=signing_secret(desk), oidc=options.oidc),
            clock=lambda: datetime.now(UTC),
        )


def background(parts: Parts) -> Sequence[Background]:
    """Return what works beside the pages: reminders and digests."""
    if find_spec("proveout.web.keeping") is None:
        return ()
    return tuple(import_module("proveout.web.keeping").background(parts))


def _serve(
    parts: Parts,
    listener: socket.socket,
    options: Options,
    *,
    ready: Callable[[], None],
    leave_with: Connection | None = None,
    is_first: bool = True,
) -> int | None:
    """Serve in this process until stopped; return the signal that stopped it."""
    parts.library.warm()
    app = create_app(parts, Recogniser(parts.desk, parts.settings, parts.clock))
    server = _Server(_config(app, options), ready)
    is_over = threading.Event()
    works = background(parts) if is_first else ()
    threads = [
        threading.Thread(target=each, args=(is_over,), name="proveout-keeper", daemon=True)
        for each in works
    ]
    if leave_with is not None:
        threads.append(
            threading.Thread(
                target=_leave_with_parent, args=(leave_with, server), name="parent", daemon=True
            )
        )
    for each in threads:
        each.start()
    try:
        server.run(sockets=[listener])
    finally:
        is_over.set()
        stop_all()
        for each in threads[: len(works)]:
            each.join(timeout=GRACE_S)
    return server.stopped_by


def _leave_with_parent(ear: Connection, server: uvicorn.Server) -> None:
    """Stop when the parent ends: it says nothing, so what can be read is its end."""
    with suppress(EOFError, OSError):
        ear.recv()
    server.should_exit = True


class _Server(StoppableServer):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_started()


def _config(app: object, options: Options) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        # Whoever names an address of its own stands behind a proxy on this machine, which alone
        # is believed when it says who asks.
        proxy_headers=options.base_url is not None,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=GRACE_S,
    )


def _address(options: Options, port: int) -> str:
    if options.base_url is not None:
        return options.base_url.rstrip("/")
    host = f"[{options.host}]" if ":" in options.host else options.host
    return f"http://{host}:{port}"


@dataclass(slots=True)
class _Worker:
    number: int
    process: BaseProcess
    mouth: Connection
    """Closed, or gone with this process, it tells the worker to end."""
    ear: Connection
    """Hears that the worker answers, or why it cannot."""


class _Supervisor:
    """Starts the processes on one listening socket, starts them again, and lets them end."""

    def __init__(self, options: Options, listener: socket.socket, address: str) -> None:
        self._options, self._listener, self._address = options, listener, address
        self._context = multiprocessing.get_context("spawn")
        self._outcome = Outcome()
        self._is_leaving = False

    def run(self, ready: Callable[[], None]) -> Outcome:
        wanted = (signal.SIGINT, signal.SIGTERM)
        before = {each: signal.signal(each, self._on_signal) for each in wanted}
        workers: list[_Worker] = []
        try:
            workers.extend(self._started(number) for number in range(self._options.workers))
            for each in workers:
                self._wait_for(each)
            if not self._is_leaving:
                ready()
            while not self._is_leaving:
                time.sleep(LOOK_EVERY_S)
                self._revive(workers)
        finally:
            _end(workers)
            for sign, handler in before.items():
                signal.signal(sign, handler)
        return self._outcome

    def _started(self, number: int) -> _Worker:
        their_ear, mouth = self._context.Pipe(duplex=False)
        ear, their_mouth = self._context.Pipe(duplex=False)
        process = self._context.Process(
            target=_work,
            args=(self._options, self._listener, self._address, number, (their_ear, their_mouth)),
            name=f"proveout-dashboard-{number}",
            daemon=False,
        )
        process.start()
        their_ear.close()
        their_mouth.close()
        return _Worker(number, process, mouth, ear)

    def _wait_for(self, worker: _Worker) -> None:
        until = time.monotonic() + START_WITHIN_S
        while not self._is_leaving:
            if worker.ear.poll(0.1):
                try:
                    said = worker.ear.recv()
                except (EOFError, OSError):
                    said = None
                if isinstance(said, ProveoutError):
                    raise said
                if said is not None:
                    return
                break
            if time.monotonic() > until:
                break
        if not self._is_leaving:
            raise UnreachableError(
                "A process of the dashboard did not start.", hint="Try it with --workers 1."
            )

    def _revive(self, workers: list[_Worker]) -> None:
        for at, each in enumerate(workers):
            if self._is_leaving or each.process.is_alive():
                continue
            each.mouth.close()
            each.ear.close()
            time.sleep(AGAIN_AFTER_S)
            self._outcome.restarted += 1
            workers[at] = self._started(each.number)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self._outcome.stopped_by = self._outcome.stopped_by or number
        self._is_leaving = True


def _end(workers: Sequence[_Worker]) -> None:
    for each in workers:
        each.mouth.close()
    until = time.monotonic() + GRACE_S + 5
    for each in workers:
        each.process.join(timeout=max(0.1, until - time.monotonic()))
        if each.process.is_alive():
            each.process.kill()
            each.process.join()


def _work(
    options: Options,
    listener: socket.socket,
    address: str,
    number: int,
    pipes: tuple[Connection, Connection],
) -> None:
    """Serve in a process of its own; ends when its parent does. `pipes`: from it, and to it."""
    ear, mouth = pipes
    logging.basicConfig(format=LOG_FORMAT)
    try:
        with opened(options, address) as parts:
            _serve(
                parts, listener, options,
                ready=lambda: mouth.send("ready"), leave_with=ear, is_first=number == 0,
            )  # fmt: skip
    except ProveoutError as error:
        mouth.send(UnreachableError(error.message, hint=error.hint))
