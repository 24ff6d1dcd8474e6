"""Keeps jobs going, one process at a time; one that fails is told, and stops no other."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from proveout.desk import Desk, keeping
from proveout.errors import ProveoutError

EVERY_S = 60.0
HOLD_S = 180.0
"""So long the lease of a keeper that was killed stands before another takes over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One run of a job."""

    now: datetime
    is_over: threading.Event
    """Set when the process is to end."""
    go_on: Callable[[], bool]
    """Takes the lease anew; False where another is the keeper by now, and this one is to stop."""
    holder: str


class Job(Protocol):
    """Something to be done now and then."""

    def run(self, turn: Turn) -> str | None:
        """Do what is due; say what was done, None where nothing was looked at. May raise."""
        ...

    def close(self) -> None:
        """End what was begun."""
        ...


class PartlyFailedError(ProveoutError):
    """Some of what a job does went wrong; the rest was done."""


class Keeper:
    """Runs the jobs each minute while it holds the lease. Never raises."""

    def __init__(
        self,
        desk: Desk,
        jobs: Mapping[str, Job],
        *,
        clock: Callable[[], datetime],
        every_s: float = EVERY_S,
        holder: str | None = None,
    ) -> None:
        self._desk, self._jobs, self._clock, self._every_s = desk, jobs, clock, every_s
        self.holder = holder or f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(3)}"

    def __call__(self, is_over: threading.Event) -> None:
        """Go on until told to end."""
        try:
            while not is_over.is_set():
                self.round(is_over)
                is_over.wait(self._every_s)
        finally:
            for job in self._jobs.values():
                _quietly(job.close)
            _quietly(lambda: keeping.let_go(self._desk, self.holder))

    def round(self, is_over: threading.Event) -> bool:
        """Run each job once; tell whether this is the keeper."""
        for name, job in self._jobs.items():
            if is_over.is_set() or not self._holds():
                return False
            self._run(name, job, is_over)
        return True

    def _holds(self) -> bool:
        try:
            now = self._clock().timestamp()
            return keeping.hold(self._desk, self.holder, now=now, for_s=HOLD_S)
        except Exception:  # noqa: BLE001  # the database is away for a while; the next round tries
            return False

    def _run(self, name: str, job: Job, is_over: threading.Event) -> None:
        began, failure, says = self._clock(), None, None
        turn = Turn(now=began, is_over=is_over, go_on=self._holds, holder=self.holder)
        try:
            says = job.run(turn)
        except Exception as error:  # noqa: BLE001  # whatever it is, the next job still runs
            failure = told(error)
        if failure is None and says is None:
            return

        def note() -> None:
            ended = self._clock().timestamp()
            keeping.note(
                self._desk, name, began=began.timestamp(), ended=ended, says=says or "",
                failure=failure,
            )  # fmt: skip

        _quietly(note)


def told(error: BaseException) -> str:
    """Say what went wrong, without what an unknown error may hold: an address, a password."""
    if isinstance(error, ProveoutError):
        return error.message if error.hint is None else f"{error.message} {error.hint}"
    trace, place = error.__traceback__, ""
    while trace is not None:
        place = f" in {Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__}{place}"


def of_each(failures: Mapping[str, str]) -> None:
    """Raise what went wrong in some of several; nothing where all went well."""
    if failures:
        first = "; ".join(f"{name}: {failure}" for name, failure in list(failures.items())[:5])
        more = len(failures) - 5
        raise PartlyFailedError(first + (f"; and {more:,} more" if more > 0 else ""))


def _quietly(do: Callable[[], object]) -> None:
    try:
        do()
    except Exception:  # noqa: BLE001  # the database is away; nothing is lost, the next round tells
        return
