"""One child process: start it, ask it with a time limit, end it whatever it is doing."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from proveout.systems.python import wire

_GRACE_S = 2.0
"""How long a process may take to end by itself once its pipe is closed."""
_CHUNK = 1 << 20
_PATIENT = {"OMP_WAIT_POLICY": "PASSIVE"}
"""Threads of a model that wait for one another sleep. By default they spin, and where the cores
are busy with something else, a model takes three times as long as it has work to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildConfig:
    """What a child process needs to know."""

    callable: str
    folder: Path
    memory_mb: int | None


class ChildTimedOutError(Exception):
    """The child did not answer in time. It is still running."""


class ChildDiedError(Exception):
    """The child ended, or wrote what is no reply; the text says how."""


class ChildProcess:
    """A running child. The process group is its own, so that what it starts ends with it."""

    def __init__(self, config: ChildConfig) -> None:
        request_end, self._requests = os.pipe()
        self._replies, reply_end = os.pipe()
        life_end, self._life = os.pipe()
        passed = {"requests": request_end, "replies": reply_end, "life": life_end}
        settings = {
            "callable": config.callable,
            "folder": str(config.folder),
            "memory_mb": config.memory_mb,
            **passed,
        }
        self._closed = False
        self._printed: deque[str] = deque(maxlen=20)
        try:
            # -P keeps the charter's folder off the path until Proveout's own imports are done.
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", "-m", "proveout.systems.python.child", json.dumps(settings)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=tuple(passed.values()),
                cwd=config.folder,
                env=_PATIENT | os.environ,
                start_new_session=True,
            )
        except BaseException:
            for end in (self._requests, self._replies, self._life):
                os.close(end)
            raise
        finally:
            for end in passed.values():
                os.close(end)
        os.set_blocking(self._requests, False)
        os.set_blocking(self._replies, False)
        self._drain = threading.Thread(target=self._drain_stderr, daemon=True)
        self._drain.start()

    def wait_ready(self, timeout_s: float) -> tuple[bytes, bytes]:
        """Wait for the first frame: (READY, b'') or (RAISED, reason)."""
        return self._receive(time.monotonic() + timeout_s)

    def ask(self, payload: bytes, timeout_s: float) -> tuple[bytes, bytes]:
        """Send a batch and wait for the reply: (kind, payload)."""
        deadline = time.monotonic() + timeout_s
        self._send(wire.frame(wire.REQUEST, payload), deadline)
        return self._receive(deadline)

    def last_printed(self) -> str:
        """Return the last line that the child wrote to stderr, cut short."""
        self._drain.join(timeout=_GRACE_S)
        lines = [line for line in self._printed if line.strip()]
        return lines[-1].strip()[:300] if lines else ""

    def close(self) -> None:
        """Let the child end; make it end when it does not. Leaves no process behind."""
        if self._closed:
            return
        self._close_requests()
        with contextlib.suppress(ChildDiedError, ChildTimedOutError):
            deadline = time.monotonic() + _GRACE_S
            while True:  # its end of the pipe closes when it is gone
                self._receive(deadline)
        self.kill()

    def kill(self) -> None:
        """End the child, and all it started, now."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._close_requests()
        os.close(self._replies)
        os.close(self._life)
        self._drain.join(timeout=_GRACE_S)

    def _close_requests(self) -> None:
        if self._requests >= 0:
            os.close(self._requests)
            self._requests = -1

    def _send(self, data: bytes, deadline: float) -> None:
        rest = memoryview(data)
        while rest:
            self._wait(self._requests, select.POLLOUT, deadline)
            try:
                rest = rest[os.write(self._requests, rest[:_CHUNK]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise ChildDiedError(self._how_it_ended()) from None

    def _receive(self, deadline: float) -> tuple[bytes, bytes]:
        kind, length = wire.HEADER.unpack(self._read(wire.HEADER.size, deadline))
        if length > wire.MOST_BYTES:
            raise ChildDiedError("the process wrote something that is no reply")
        return kind, bytes(self._read(length, deadline))

    def _read(self, length: int, deadline: float) -> bytearray:
        received = bytearray()
        while len(received) < length:
            self._wait(self._replies, select.POLLIN, deadline)
            try:
                part = os.read(self._replies, min(_CHUNK, length - len(received)))
            except BlockingIOError:
                continue
            if not part:
                raise ChildDiedError(self._how_it_ended())
            received += part
        return received

    @staticmethod
    def _wait(descriptor: int, event: int, deadline: float) -> None:
        left = deadline - time.monotonic()
        poll = select.poll()
        poll.register(descriptor, event)
        if left <= 0 or not poll.poll(left * 1000):
            raise ChildTimedOutError

    def _how_it_ended(self) -> str:
        try:
            code = self._process.wait(timeout=_GRACE_S)
        except subprocess.TimeoutExpired:
            return "the process closed its pipe"
        ended = f"ended with exit code {code}" if code >= 0 else f"was killed by {_signal(-code)}"
        printed = self.last_printed()
        return f"the process {ended}" + (f"; its last words: {printed}" if printed else "")

    def _drain_stderr(self) -> None:
        """Keep the last lines and throw the rest away, so that endless output fills nothing."""
        stream = self._process.stderr
        assert stream is not None  # noqa: S101  # it was asked for
        with stream:
            while line := stream.readline(4096):
                self._printed.append(line.decode("utf-8", "replace"))


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
