"""Run a piece of Python in a process of its own, and measure the process as a whole."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One process, from start to end."""

    seconds: float
    """By the clock on the wall."""
    cpu_seconds: float
    """Of all its threads together: what it would take on one core without other work."""
    mebibytes: float
    """Peak resident memory."""
    output: str


def elsewhere(function: Callable[..., _T], *arguments: object) -> _T:
    """Call a function in a process of its own.

    A process begins with the peak memory of the one that started it. So the one that measures must
    stay small, and leaves what takes memory to others.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


class RunFailedError(Exception):
    """A process that did not end well: its last line, or that it took too long."""


class Runner:
    """Runs Python code as a user has it who has run it before.

    Python compiles each module once and keeps the result. Where it is told not to, every start
    compiles all of them anew; so the results are kept in a folder of our own.
    """

    def __init__(self, folder: Path) -> None:
        self._compiled = folder / "compiled"
        self._folder = folder

    def run(
        self,
        code: str,
        *arguments: str,
        python: Path | str = sys.executable,
        folder: Path | None = None,
        longest_s: float | None = None,
    ) -> Run:
        """Run the code with these arguments. Raises RunFailedError."""
        with (
            tempfile.TemporaryFile("w+", dir=self._folder) as output,
            tempfile.TemporaryFile("w+", dir=self._folder) as errors,
        ):
            began = time.perf_counter()
            process = subprocess.Popen(
                [python, "-c", code, *arguments],
                stdout=output, stderr=errors, text=True, cwd=folder, env=self._environment(),
            )  # fmt: skip
            # Not Popen.wait: it would take the process's figures away from wait4.
            timer = threading.Timer(longest_s or threading.TIMEOUT_MAX, process.kill)
            timer.daemon = True
            timer.start()
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - began
            process.returncode = os.waitstatus_to_exitcode(status)
            timer.cancel()
            if longest_s is not None and seconds >= longest_s:
                raise RunFailedError(f"not finished after {longest_s:.0f} s")
            if process.returncode:
                errors.seek(0)
                raise RunFailedError(last_line(errors.read()))
            output.seek(0)
            return Run(
                seconds=seconds,
                cpu_seconds=usage.ru_utime + usage.ru_stime,
                mebibytes=usage.ru_maxrss / 1024,
                output=output.read(),
            )

    def _environment(self) -> Mapping[str, str]:
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        return {**kept, "PYTHONPYCACHEPREFIX": str(self._compiled)}


def last_line(text: str) -> str:
    """Return what a program said last, which is usually what went wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:160] if lines else "no message"
