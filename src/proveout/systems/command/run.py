"""One run of a program: text in, text out, ended with all that it started when time is up."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
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
        for thread in threads:
            thread.join(_GRACE_S)
    lines = [line.strip() for line in said if line.strip()]
    return Ran(
        output=bytes(output[:MOST_BYTES]),
        code=code,
        last_words=lines[-1][:300] if lines else "",
        is_too_long=len(output) > MOST_BYTES,
    )


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
