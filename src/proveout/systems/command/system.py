"""A command-line program as a system under test."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from proveout.charter.schema import CommandSystem
from proveout.charter.schema.base import Task
from proveout.errors import UnreachableError
from proveout.systems import answering, fingerprint
from proveout.systems.command.lines import read_lines, rows_as_text
from proveout.systems.command.run import MOST_BYTES, Ran, run
from proveout.systems.isolation import isolate
from proveout.systems.port import Answers, AnswerStatus
from proveout.systems.secrets import secrets_of, without

if TYPE_CHECKING:
    import pandas as pd

MOST_IN_VAIN = 3
"""After so many batches in a row that timed out nothing more is asked; each takes its limit."""


class CommandLine:
    """Answers by running a program, once for each batch."""

    def __init__(
        self,
        charter: CommandSystem,
        *,
        folder: Path,
        environment: Mapping[str, str],
        task: Task | None,
        known: dict[str, str | None],
    ) -> None:
        self._charter = charter
        self._folder = folder
        self._environment = environment
        self._task = task
        # The charter's own text, '${API_TOKEN}' and all: a secret never gets into a fingerprint.
        settings = {**known, **charter.model_dump(mode="json")}
        self._fingerprint = fingerprint.of_files(settings, program_files(charter.run, folder))
        self._secrets = secrets_of(charter)
        self._time_outs_in_a_row = 0

    @property
    def fingerprint(self) -> str:
        """'sha256:…' over the program, the files that it is given, and the settings."""
        return self._fingerprint

    @property
    def label(self) -> str:
        """The program and its arguments."""
        return " ".join(self._charter.run)

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._time_outs_in_a_row = 0

    def answer(self, batch: pd.DataFrame) -> Answers:
        """Answer every row, in runs of at most `batch_rows`.

        Raises UnreachableError when the program is not there or may not be run.
        """
        self._start()
        began = time.monotonic()
        size = self._charter.batch_rows
        parts = [
            self._ask_for(batch.iloc[first : first + size]) for first in range(0, len(batch), size)
        ]
        answers = answering.join(parts, elapsed_s=time.monotonic() - began)
        return replace(answers, faults=without(self._secrets, answers.faults))

    def _start(self) -> None:
        program = self._charter.run[0]
        if _found(program, self._folder) is None:
            raise UnreachableError(
                f"The program '{program}' could not be started: "
                "it is not there, or may not be run.",
                hint="See that system.command.run names a program on the path, or one in the "
                "charter's folder as './program'.",
            )

    def _ask_for(self, rows: pd.DataFrame) -> Answers:
        """Ask for one batch, and take it apart where it fails as a whole."""
        if self._time_outs_in_a_row >= MOST_IN_VAIN:
            fault = f"not asked, after {MOST_IN_VAIN} runs in a row had timed out"
            return answering.failed(len(rows), AnswerStatus.FAILED, fault, 0.0)
        answers = self._ask(rows)
        if len(rows) > 1 and (answers.status == AnswerStatus.FAILED).all():
            answers = isolate(
                lambda some: self._ask(rows.iloc[some]),
                answers,
                crashed=True,
                may_go_on=lambda: self._time_outs_in_a_row < MOST_IN_VAIN,
            )
        return answers

    def _ask(self, rows: pd.DataFrame) -> Answers:
        """One run, whatever comes of it."""
        n, began = len(rows), time.monotonic()
        given = rows_as_text(rows, self._charter.rows_as)
        program = _found(self._charter.run[0], self._folder) or self._charter.run[0]
        try:
            ran = run(
                [str(program), *self._charter.run[1:]],
                given,
                folder=self._folder,
                environment=self._environment,
                timeout_s=self._charter.timeout_s,
            )
        except OSError as error:
            fault = f"the program could not be started: {error.strerror}"
            return answering.failed(n, AnswerStatus.FAILED, fault, time.monotonic() - began)
        took_s = time.monotonic() - began
        self._time_outs_in_a_row = self._time_outs_in_a_row + 1 if ran.code is None else 0
        if ran.code is None:
            limit = f"{self._charter.timeout_s:g} s"
            fault = f"no answer within {limit} for {n:,} rows"
            return answering.failed(n, AnswerStatus.TIMED_OUT, fault, took_s)
        if ran.is_too_long:
            fault = f"the program wrote more than {MOST_BYTES >> 20:,} MB"
            return answering.failed(n, AnswerStatus.MALFORMED, fault, took_s)
        if ran.code != 0:
            return answering.failed(n, AnswerStatus.FAILED, _how_it_ended(ran), took_s)
        raw = read_lines(ran.output, self._task)
        return answering.settle(raw, rows=n, latency_s=took_s, task=self._task)


def program_files(command: tuple[str, ...], folder: Path) -> dict[str, Path]:
    """Name the files that a command is made of: the program, and arguments that are files.

    With an argument that lies in the charter's folder come the code and models beside it.
    """
    files: dict[str, Path] = {}
    program = _found(command[0], folder)
    if program is not None:
        files[command[0]] = program
    for argument in command:
        file = folder / argument
        if not file.is_file():
            continue
        files[argument] = file
        if file.resolve().is_relative_to(folder) and not Path(argument).is_absolute():
            for other in fingerprint.files_beside(file):
                files[other.relative_to(folder).as_posix()] = other
    return files


def _found(program: str, folder: Path) -> Path | None:
    """Find a program: with a slash from the charter's folder, without one on the path."""
    if os.sep in program:
        file = folder / program
        return file if file.is_file() and os.access(file, os.X_OK) else None
    found = shutil.which(program)
    return None if found is None else Path(found)


def _how_it_ended(ran: Ran) -> str:
    code = ran.code or 0
    if code < 0:
        try:
            how = f"was killed by {signal.Signals(-code).name}"
        except ValueError:
            how = f"was killed by signal {-code}"
    else:
        how = f"ended with exit code {code}"
    return f"the program {how}" + (f"; its last words: {ran.last_words}" if ran.last_words else "")
