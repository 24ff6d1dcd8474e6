"""Structured logs: one event a line, JSON, to stderr or a file. Never a payload, never a secret.

What a request's line may hold is listed here, so that a new field of the prediction log does not
find its way into it. Lines are written by a thread, a few times a second: a full disk or a reader
that has stopped delays no request. What does not fit in the meantime is counted and told.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

import msgspec

from proveout.runtime.record import Record

Level = Literal["info", "warning", "error"]

OF_A_REQUEST = (
    "id", "pilot", "protocol", "outcome", "status", "seconds", "version", "system_status",
    "fallback", "shadow_of", "client", "key", "team", "model", "rows", "attempts", "queued_s",
    "system_s", "first_token_s", "input_tokens", "output_tokens", "confidence", "reasons",
    "trace",
)  # fmt: skip
"""Fields of a record that are told; who the user was and what was said are not."""
MOST_WAITING = 10_000
"""Lines that wait to be written."""
PAUSE_S = 0.2
_HIDDEN = "[hidden]"
_ENCODER = msgspec.json.Encoder()


class Events:
    """Writes events in the background."""

    def __init__(self, file: Path | None = None, *, secrets: Sequence[str] = ()) -> None:
        """Write to stderr where there is no file; `secrets` are replaced wherever they stand."""
        self._secrets = tuple(each for each in secrets if each)
        self._stream: BinaryIO | None = None if file is None else file.open("ab", buffering=0)
        self._lines: deque[bytes] = deque()
        self._dropped = 0
        self._wake = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def tell(self, event: str, *, at: float, level: Level = "info", **fields: Any) -> None:
        """Write an event, soon. Returns at once."""
        if len(self._lines) >= MOST_WAITING:
            self._dropped += 1
            return
        told = {"at": _moment(at), "level": level, "event": event}
        told |= {name: value for name, value in fields.items() if value is not None}
        self._lines.append(_line(self._without_secrets(told)))
        if self._thread is None:
            self._start()

    def tell_of(self, record: Record) -> None:
        """Write a line about a request."""
        fields = {name: getattr(record, name) for name in OF_A_REQUEST}
        sound = record.outcome in ("answered", "cancelled")
        level: Level = "info" if sound else "warning"
        self.tell("request", at=record.at, level=level, **fields)

    def close(self) -> None:
        """Write what is left."""
        self._closed = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=2.0)
        if self._stream is not None:
            self._stream.close()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._write_on, name="proveout-events", daemon=True
                )
                self._thread.start()

    def _write_on(self) -> None:
        while not self._closed:
            self._wake.wait(PAUSE_S)
            self._write()

    def _write(self) -> None:
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            told = {"level": "warning", "event": "events-dropped", "n": dropped}
            self._lines.append(_ENCODER.encode(told) + b"\n")
        text = bytearray()
        while self._lines:
            text += self._lines.popleft()
        rest = memoryview(bytes(text))
        try:
            while rest:
                rest = rest[self._put(rest) :]
        except OSError:
            self._dropped += bytes(rest).count(b"\n")

    def _put(self, data: memoryview) -> int:
        if self._stream is not None:
            return self._stream.write(data)
        return os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, data)

    def _without_secrets(self, value: Any) -> Any:
        if not self._secrets:
            return value
        if isinstance(value, str):
            for secret in self._secrets:
                value = value.replace(secret, _HIDDEN)
            return value
        if isinstance(value, dict):
            return {name: self._without_secrets(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self._without_secrets(each) for each in value]
        return value


def _line(told: Any) -> bytes:
    try:
        return _ENCODER.encode(told) + b"\n"
    except (TypeError, UnicodeEncodeError, OverflowError):  # half a character; anything at all
        return json.dumps(told, default=str).encode() + b"\n"


def _moment(at: float) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
