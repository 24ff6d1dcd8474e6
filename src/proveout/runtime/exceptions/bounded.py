"""Somebody else's function, called with a limit of time, from a thread that has no time itself."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any


class TooLongError(Exception):
    """It was not done in time."""


class _Cut(BaseException):
    """Thrown into the thread that takes too long; a function that catches Exception lets it by."""


class Bounded:
    """A thread that calls functions, and is left to itself when one does not come back.

    The caller waits `limit_s` at most. What runs on is thrown out as soon as it is in Python code
    again, and until then keeps its thread to itself: the next call gets a new one.
    """

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self._worker: _Worker | None = None

    def call(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call it. Raises TooLongError, and what the function raises."""
        worker = self._worker
        if worker is None or not worker.is_free:
            worker = self._worker = _Worker()
        job = _Job(function, args)
        worker.jobs.put(job)
        if not job.done.wait(self.limit_s):
            self._worker = None
            worker.abandon()
            raise TooLongError
        if job.error is not None:
            raise job.error
        return job.returned

    def close(self) -> None:
        """Let the thread end."""
        if self._worker is not None:
            self._worker.jobs.put(None)
            self._worker = None

    def __del__(self) -> None:
        self.close()


class _Job:
    __slots__ = ("args", "done", "error", "function", "returned")

    def __init__(self, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.function, self.args = function, args
        self.done = threading.Event()
        self.returned: Any = None
        self.error: BaseException | None = None


class _Worker:
    def __init__(self) -> None:
        self.jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="proveout-rule", daemon=True)
        self._thread.start()

    @property
    def is_free(self) -> bool:
        return self._thread.is_alive()

    def abandon(self) -> None:
        self.jobs.put(None)
        if (ident := self._thread.ident) is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(ident), ctypes.py_object(_Cut)
            )

    def _work(self) -> None:
        try:
            while (job := self.jobs.get()) is not None:
                try:
                    job.returned = job.function(*job.args)
                except _Cut:
                    return
                except BaseException as error:  # noqa: BLE001  # told to whoever called
                    job.error = error
                job.done.set()
        except _Cut:  # it was done just when it was given up
            return
