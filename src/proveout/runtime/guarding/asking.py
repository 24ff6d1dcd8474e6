"""Asking a callable in a thread of its own, which nobody has to wait for for ever."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from contextvars import Context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proveout.runtime.guarding.rows import table_of
from proveout.runtime.ports import SystemFailedError
from proveout.systems.port import AnswerStatus

if TYPE_CHECKING:
    import pandas as pd

    from proveout.charter.schema import System
    from proveout.systems.port import System as Reached

_HOPELESS = frozenset({AnswerStatus.FAILED, AnswerStatus.TIMED_OUT})


async def in_a_thread(
    work: Callable[[], Any], *, context: Context, ended: Callable[[], None]
) -> Any:
    """Do it in a thread, in the caller's context.

    A thread cannot be stopped: who is cancelled leaves it behind, and `ended` is called on the
    loop when it is done. What the work raises comes as SystemFailedError, with its cause.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()

    def finish(value: Any, error: BaseException | None) -> None:
        ended()
        if done.done():
            return
        if error is None:
            done.set_result(value)
        elif isinstance(error, SystemFailedError):
            done.set_exception(error)
        else:
            failed = SystemFailedError(_last_line(error))
            failed.__cause__ = error
            done.set_exception(failed)

    def run() -> None:
        value, error = None, None
        try:
            value = context.run(work)
        except BaseException as raised:  # noqa: BLE001  # whatever the system raises is its failure
            error = raised
        try:
            loop.call_soon_threadsafe(finish, value, error)
        except RuntimeError:
            return  # the guard was closed meanwhile, and nobody waits

    threading.Thread(target=run, name="proveout-asked", daemon=True).start()
    return await done


class Processes:
    """A callable that a charter names, in as many processes as are asked at once."""

    def __init__(self, system: System, *, folder: Path) -> None:
        self._system = system
        self._folder = folder
        self._free: queue.SimpleQueue[Reached] = queue.SimpleQueue()
        self._all: list[Reached] = []
        self._lock = threading.Lock()

    def __call__(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Answer a batch. Raises SystemFailedError where there is no answer to any row."""
        try:
            reached = self._free.get_nowait()
        except queue.Empty:
            reached = self._start()
        is_hopeless = True
        try:
            answers = reached.answer(batch)
            is_hopeless = bool(len(batch)) and set(answers.status.tolist()) <= _HOPELESS
        finally:
            # One that crashed or hung would be given up after some times; the next is a new one.
            self._end(reached) if is_hopeless else self._free.put(reached)
        if is_hopeless:
            raise SystemFailedError(answers.faults[0] if answers.faults else "no row was answered")
        return table_of(answers)

    def start(self) -> None:
        """Start the first, so that one that cannot be started is known at once.

        Raises UnreachableError.
        """
        self._free.put(self._start())

    def close(self) -> None:
        """End all of them."""
        while self._all:
            self._end(self._all[-1])

    def _end(self, reached: Reached) -> None:
        with self._lock:
            if reached not in self._all:
                return
            self._all.remove(reached)
        reached.__exit__(None, None, None)

    def _start(self) -> Reached:
        from proveout.systems.opening import open_system

        reached = open_system(self._system, folder=self._folder).__enter__()
        with self._lock:
            self._all.append(reached)
        return reached


def _last_line(error: BaseException) -> str:
    said = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
