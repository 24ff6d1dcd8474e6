"""Several processes that share a port, and the parent that looks after them."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

from proveout.errors import InputError, ProveoutError, UnreachableError
from proveout.runtime.gateway.server import Summary, listening, serve
from proveout.runtime.settings import Settings

START_WITHIN_S = 60.0
LOOK_EVERY_S = 0.5
SILENT_LOOKS = 60
"""A worker that has left no sign of life (it leaves one every second) at so many looks hangs: in a
rule of the company's that never ends, or stopped. The system gives it its share of new connections
all the same; so it is killed, and another takes its place. Looks are counted and not seconds: a
machine that was suspended has not hung."""
AGAIN_AFTER_S = 1.0
"""A worker that died is started anew after so long, so that a broken one is no busy loop."""


@dataclass(slots=True)
class _Worker:
    number: int
    process: BaseProcess
    ear: Connection
    is_ready: bool = False
    summary: Summary | None = None
    told_ns: int = 0
    """When it left its last sign of life, as the file says."""
    silent: int = 0
    """Looks since."""


@dataclass(slots=True)
class Outcome:
    """What all processes have done together."""

    served: int = 0
    restarted: int = 0
    stopped_by: int | None = None


def run(settings: Settings, *, ready: Callable[[int], None]) -> Outcome:
    """Serve until stopped; `ready` is told the port.

    Raises InputError where the port is taken, and what a first start of the parts raises.
    """
    if settings.workers == 1:
        listener = listening(settings.host, settings.port, is_shared=False)
        port = listener.getsockname()[1]

        def started() -> None:
            _leave_garbage_alone()
            ready(port)

        done = serve(settings, listener, ready=started)
        return Outcome(served=done.served, stopped_by=done.stopped_by)
    return _Supervisor(settings, ready).run()


class _Supervisor:
    """Starts workers, starts them again, and lets them end together."""

    def __init__(self, settings: Settings, ready: Callable[[int], None]) -> None:
        # Alone first: to share the port with a stranger by mistake would lose requests.
        listening(settings.host, settings.port, is_shared=False).close()
        self._reserved = _reserved(settings.host, settings.port)
        self._port: int = self._reserved.getsockname()[1]
        self._settings = settings
        self._ready = ready
        self._outcome = Outcome()
        self._workers: list[_Worker] = []
        self._context = multiprocessing.get_context("spawn")
        self._is_leaving = False

    def run(self) -> Outcome:
        before = {
            each: signal.signal(each, self._on_signal) for each in (signal.SIGINT, signal.SIGTERM)
        }
        with TemporaryDirectory(prefix="proveout-gateway-") as shared:
            try:
                for number in range(self._settings.workers):
                    self._workers.append(self._started(number, Path(shared)))
                self._wait_until_ready()
                if not self._is_leaving:
                    self._ready(self._port)
                self._watch(Path(shared))
            finally:
                self._end_all()
                self._reserved.close()
                for each, handler in before.items():
                    signal.signal(each, handler)
        return self._outcome

    def _started(self, number: int, shared: Path) -> _Worker:
        ear, mouth = self._context.Pipe()
        process = self._context.Process(
            target=_work,
            args=(self._settings, self._port, number, shared, mouth),
            name=f"proveout-gateway-{number}",
            daemon=False,
        )
        process.start()
        mouth.close()
        return _Worker(number, process, ear)

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + START_WITHIN_S
        while not all(each.is_ready for each in self._workers) and not self._is_leaving:
            self._listen(0.1)
            dead = [each for each in self._workers if not each.process.is_alive()]
            if any(not each.is_ready for each in dead) or time.monotonic() > until:
                raise UnreachableError(
                    "A worker of the gateway did not start.", hint="Try it with --workers 1."
                )

    def _watch(self, shared: Path) -> None:
        while not self._is_leaving:
            self._listen(LOOK_EVERY_S)
            for at, each in enumerate(self._workers):
                if each.is_ready and each.process.is_alive() and _hangs(each, shared):
                    each.process.kill()
                    each.process.join()
                if not each.process.is_alive():
                    each.ear.close()
                    time.sleep(AGAIN_AFTER_S)
                    self._outcome.restarted += 1
                    self._workers[at] = self._started(each.number, shared)

    def _listen(self, seconds: float) -> None:
        ears = [each.ear for each in self._workers if not each.ear.closed]
        for ear in wait(ears, timeout=seconds):
            each = next(one for one in self._workers if one.ear is ear)
            try:
                said = each.ear.recv()
            except (EOFError, OSError):
                each.ear.close()
                continue
            if isinstance(said, ProveoutError):
                raise said
            if isinstance(said, Summary):
                each.summary = said
                self._outcome.served += said.served
            else:
                each.is_ready = True

    def _end_all(self) -> None:
        for each in self._workers:
            if each.process.is_alive():
                each.process.terminate()
        longest = max(each.gateway.deadline_s for each in self._settings.pilots) + 15.0
        until = time.monotonic() + longest
        while any(not each.ear.closed for each in self._workers) and time.monotonic() < until:
            self._listen(0.1)
        for each in self._workers:
            each.process.join(timeout=5)
            if each.process.is_alive():
                each.process.kill()
                each.process.join()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self._outcome.stopped_by = self._outcome.stopped_by or number
        self._is_leaving = True


def _hangs(worker: _Worker, shared: Path) -> bool:
    """Look at a worker; tell whether it has left no sign of life for too long."""
    files = shared.glob(f"{worker.process.pid}-*.counts")
    told = max((each.stat().st_mtime_ns for each in files), default=0)
    is_new = told != worker.told_ns or not told  # without a file nothing is known of it
    worker.told_ns, worker.silent = told, 0 if is_new else worker.silent + 1
    return worker.silent >= SILENT_LOOKS


def _leave_garbage_alone() -> None:
    """What is loaded stays: to look for garbage among it again and again takes milliseconds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _reserved(host: str, port: int) -> socket.socket:
    """Bind without listening: the port stays ours while workers come and go."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind((host, port))
    return made


def _work(settings: Settings, port: int, number: int, shared: Path, mouth: Any) -> None:
    """Serve in a process of its own; ends when its parent does."""

    def leave_when(leave: Callable[[], None]) -> None:
        # The parent says nothing: what can be read is the end of it.
        loop = asyncio.get_running_loop()

        def orphaned() -> None:
            loop.remove_reader(mouth.fileno())
            leave()

        loop.add_reader(mouth.fileno(), orphaned)

    def started() -> None:
        _leave_garbage_alone()
        mouth.send("ready")

    try:
        listener = listening(settings.host, port, is_shared=True)
        done = serve(
            settings, listener, worker=number, shared=shared,
            ready=started, leave_when=leave_when,
        )  # fmt: skip
    except ProveoutError as error:
        mouth.send(InputError(error.message, hint=error.hint))
        return
    mouth.send(done)
