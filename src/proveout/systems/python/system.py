"""A Python callable as a system under test."""

from __future__ import annotations

import json
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from proveout.charter.schema.base import Task
from proveout.errors import UnreachableError
from proveout.systems import answering
from proveout.systems.answering import RawAnswers
from proveout.systems.isolation import isolate
from proveout.systems.port import Answers, AnswerStatus
from proveout.systems.python import wire
from proveout.systems.python.process import (
    ChildConfig,
    ChildDiedError,
    ChildProcess,
    ChildTimedOutError,
)

if TYPE_CHECKING:
    import pandas as pd

    from proveout.charter.schema import PythonSystem

MOST_RESTARTS = 60
"""A system that crashed or hung this often is not started again."""
KEPT_RESTARTS = 20
"""So many of them are kept for further batches; finding one row among 20,000 takes about 15."""
MOST_IN_VAIN = 3
"""After so many batches in a row to which no process lived to reply, nothing more is asked: a
system that always hangs would cost its time limit for every batch."""


class PythonCallable:
    """Answers with a callable that runs in a process of its own."""

    def __init__(
        self, charter: PythonSystem, *, folder: Path, fingerprint: str, task: Task | None
    ) -> None:
        self._charter = charter
        self._config = ChildConfig(
            callable=charter.callable, folder=folder, memory_mb=charter.memory_mb
        )
        self._fingerprint = fingerprint
        self._task = task
        self._child: ChildProcess | None = None
        self._restarts_left = MOST_RESTARTS
        self._batches_in_vain = 0
        self._has_replied = False
        self._has_started = False

    @property
    def fingerprint(self) -> str:
        """'sha256:…' over the code and model files beside it."""
        return self._fingerprint

    @property
    def label(self) -> str:
        """The callable as the charter names it."""
        return self._charter.callable

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._child is not None:
            self._child.close() if kind is None else self._child.kill()
            self._child = None
        self._batches_in_vain = 0
        self._has_started = False

    def answer(self, batch: pd.DataFrame) -> Answers:
        """Answer every row, in batches of at most `batch_rows`.

        Raises UnreachableError when the callable cannot be loaded the first time.
        """
        self._start()
        began = time.monotonic()
        size = self._charter.batch_rows
        parts = [
            self._ask_for(batch.iloc[first : first + size]) for first in range(0, len(batch), size)
        ]
        return answering.join(parts, elapsed_s=time.monotonic() - began)

    def _ask_for(self, rows: pd.DataFrame) -> Answers:
        """Ask for one batch, and take it apart where it fails as a whole."""
        n = len(rows)
        if self._batches_in_vain == MOST_IN_VAIN:
            fault = f"not asked, after {MOST_IN_VAIN} batches in a row ended in crashes or hangs"
            return answering.failed(n, AnswerStatus.FAILED, fault, 0.0)
        self._has_replied = False
        answers = self._ask(rows)
        if n > 1 and (answers.status == AnswerStatus.FAILED).all():
            answers = isolate(
                lambda some: self._ask(rows.iloc[some]),
                answers,
                crashed=self._child is None,
                may_go_on=lambda: self._restarts_left > KEPT_RESTARTS,
            )
        self._batches_in_vain = 0 if self._has_replied else self._batches_in_vain + 1
        return answers

    def _ask(self, rows: pd.DataFrame) -> Answers:
        """One call of the callable, whatever comes of it."""
        n, began = len(rows), time.monotonic()

        def failed(status: AnswerStatus, fault: str) -> Answers:
            return answering.failed(n, status, fault, time.monotonic() - began)

        try:
            kind, payload = self._running_child().ask(
                wire.batch_to_bytes(rows), self._charter.timeout_s
            )
        except ChildTimedOutError:
            self._drop_child()
            limit = f"{self._charter.timeout_s:g} s"
            return failed(AnswerStatus.TIMED_OUT, f"no answer within {limit} for {n:,} rows")
        except ChildDiedError as death:
            self._drop_child()
            return failed(AnswerStatus.FAILED, str(death))
        self._has_replied = True
        latency_s = time.monotonic() - began
        if kind == wire.RAISED:
            return failed(AnswerStatus.FAILED, _reason(payload))
        try:
            raw = _read_reply(kind, payload)
        except ValueError as error:
            return failed(AnswerStatus.MALFORMED, str(error))
        return answering.settle(raw, rows=n, latency_s=latency_s, task=self._task)

    def _start(self) -> None:
        if self._has_started:
            return
        trouble = self._launch()
        if trouble is not None:
            raise UnreachableError(
                f"The system '{self.label}' could not be started: {trouble}.",
                hint="Try it by hand in the charter's folder: "
                f'python -c "{_import_line(self._charter.callable)}"',
            )
        self._has_started = True

    def _running_child(self) -> ChildProcess:
        """Return the child, started again where it is gone. Raises ChildDiedError."""
        if self._child is None:
            if self._restarts_left == 0:
                times = MOST_RESTARTS + 1
                raise ChildDiedError(f"not asked, because the system crashed or hung {times} times")
            self._restarts_left -= 1
            trouble = self._launch()
            if trouble is not None:
                raise ChildDiedError(f"could not be started again: {trouble}")
        assert self._child is not None  # noqa: S101  # _launch has set it
        return self._child

    def _launch(self) -> str | None:
        """Start a child; say what went wrong, or nothing."""
        child = ChildProcess(self._config)
        try:
            kind, payload = child.wait_ready(self._charter.start_timeout_s)
        except ChildTimedOutError:
            child.kill()
            return f"it was not ready within {self._charter.start_timeout_s:g} s"
        except ChildDiedError as death:
            child.kill()
            return str(death)
        except BaseException:  # Ctrl-C while it loads
            child.kill()
            raise
        if kind != wire.READY:
            child.close()
            return _reason(payload)
        self._child = child
        return None

    def _drop_child(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None


def _read_reply(kind: bytes, payload: bytes) -> RawAnswers:
    if kind == wire.NO_ANSWERS:
        raise ValueError(json.loads(payload)["fault"])
    return wire.answers_from_bytes(payload)


def _reason(payload: bytes) -> str:
    told = json.loads(payload)
    return f"{told['fault']} ({told['at']})" if told["at"] else str(told["fault"])


def _import_line(reference: str) -> str:
    place, _, name = reference.rpartition(":")
    module = place.removesuffix(".py").replace("/", ".")
    return f"from {module} import {name.partition('.')[0]}"
