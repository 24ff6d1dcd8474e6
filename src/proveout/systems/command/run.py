"""One run of a program: text in, text out, ended with all that it started when time is up."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

MOST_BYTES = 1 << 28
"""What a program writes beyond this is not read; it is ended."""

_CHUNK = 1 << 16
_GRACE_S = 1.0
"""How long what the program had started may hold its output open once it has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a run went."""

    output: bytes
    code: int | None
    """Exit code, negative for a signal; None where it was ended because time was up."""
    last_words: str
    """The last line on standard error, cut short."""
    is_too_long: bool
    """It wrote more than is read."""


def run(
    command: Sequence[str],
    given: bytes,
    *,
    folder: Path,
    environment: Mapping[str, str],
    timeout_s: float,
) -> Ran:
    """Run a program in a process group of its own. Raises OSError when it cannot be started."""
    process = subprocess.Popen(  # noqa: S603  # what the charter names, without a shell
        list(command),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=os.environ | environment,
        start_new_session=True,
    )
    watch = _watched(process.pid)
    assert process.stdin  # noqa: S101  # all three were asked for
    assert process.stdout  # noqa: S101
    assert process.stderr  # noqa: S101
    until = time.monotonic() + timeout_s
    output = bytearray()
    said: deque[str] = deque(maxlen=20)
    threads = [
        threading.Thread(target=_write, args=(process.stdin, given), daemon=True),
        threading.Thread(target=_read, args=(process.stdout, output, process.pid), daemon=True),
        threading.Thread(target=_listen, args=(process.stderr, said), daemon=True),
    ]
    for thread in threads:
        thread.start()
    code: int | None = None
    try:
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = process.wait(timeout_s)
        if code is not None:
            # Before what it started is ended, so that a pipeline's last part may finish.
            threads[1].join(max(0.0, min(_GRACE_S, until - time.monotonic())))
    finally:  # also on Ctrl-C
        _end(process.pid)
        process.wait()
        watch()
        for thread in threads:
            thread.join(_GRACE_S)
    lines = [line.strip() for line in said if line.strip()]
    return Ran(
        output=bytes(output[:MOST_BYTES]),
        code=code,
        last_words=lines[-1][:300] if lines else "",
        is_too_long=len(output) > MOST_BYTES,
    )


def _watched(group: int) -> Callable[[], None]:
    """End a process group should Proveout itself be killed; return what calls the watch off.

    A shell waits on a pipe of which only Proveout has the other end: a line in it means that all
    is well, its end that nobody is left to see to the program.
    """
    life, ours = os.pipe()
    try:
        # read fails at the end of the pipe
        watch = subprocess.Popen(  # noqa: S603  # our own line
            ["/bin/sh", "-c", 'read -r _ || kill -s KILL -- "-$1"', "sh", str(group)],
            stdin=life,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:  # no shell: the program is not watched
        os.close(ours)
        return lambda: None
    finally:
        os.close(life)

    def call_off() -> None:
        with contextlib.suppress(OSError):
            os.write(ours, b"\n")
        os.close(ours)
        watch.wait()

    return call_off


def _write(stream: IO[bytes], given: bytes) -> None:
    # A program that ends before it has read all has its reasons, which its answers show.
    with contextlib.suppress(OSError, ValueError):
        stream.write(given)
    with contextlib.suppress(OSError, ValueError):
        stream.close()


def _read(stream: IO[bytes], output: bytearray, group: int) -> None:
    with contextlib.suppress(OSError, ValueError), stream:
        while part := stream.read1(_CHUNK):  # type: ignore[attr-defined]  # a buffered reader
            output += part
            if len(output) > MOST_BYTES:
                _end(group)
                return


def _listen(stream: IO[bytes], said: deque[str]) -> None:
    with contextlib.suppress(OSError, ValueError), stream:
        while line := stream.readline(4096):
            said.append(line.decode("utf-8", "replace"))


def _end(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
