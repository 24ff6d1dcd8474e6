"""The log of one process: an answer is released once its record stands in the file.

All records of one turn of the loop go out in one write. With durability 'process' the write is
made in the loop, which takes some microseconds as long as the page cache takes it; where it does
not (a slow disk), and with 'fsync', a thread writes, so that the loop goes on and deadlines hold.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from proveout.runtime.log import framing, places
from proveout.runtime.log.notes import Begun, begun, lost
from proveout.runtime.log.policy import policy_of
from proveout.runtime.log.rotation import Rotation
from proveout.runtime.log.segment import Segment
from proveout.runtime.ports import LogFullError

if TYPE_CHECKING:
    from proveout.charter.schema.gateway import Payload
    from proveout.runtime.call import Call
    from proveout.runtime.record import Record

SEGMENT_BYTES = 64 * 1024 * 1024
MOST_WAITING_BYTES = 32 * 1024 * 1024
"""Records that wait for a slow disk; beyond them calls are told that the log is full."""
SLOW_S = 0.05
"""A write that takes longer is the last that the loop makes; then a thread writes."""
QUICK_S = 0.01
"""Once a write of the thread takes less, the loop writes again."""
PATIENCE_S = 0.25
"""So long a begin waits for the thread that writes."""
MOST_UNWRITTEN = 10_000

_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class _Batch:
    """What goes out in one write."""

    lines: list[bytes] = field(default_factory=list)
    records: list[tuple[str, float]] = field(default_factory=list)
    """Id and `at`."""
    waiting: list[asyncio.Future[None]] = field(default_factory=list)
    n_bytes: int = 0


class Writer:
    """The prediction log of one process and one pilot (`ports.Log`).

    `begin` writes at once, in the loop: one small write (about 3 µs), after which the note is in
    the kernel's hands and survives `kill -9`. With durability 'fsync' it reaches the disk with the
    next group at the latest.
    """

    def __init__(
        self,
        folder: Path,
        pilot: str,
        *,
        owner: str | None = None,
        durability: Literal["process", "fsync"] = "process",
        payload: Payload | None = None,
        segment_bytes: int = SEGMENT_BYTES,
        most_waiting_bytes: int = MOST_WAITING_BYTES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Open the first segment. Raises LogFullError where the folder cannot be written.

        `payload` says how much of bodies is kept, everything when None. A record is changed
        accordingly before it is written, so that what follows from it keeps no more.
        """
        self.folder = folder
        self.pilot = pilot
        self.owner = owner or places.new_owner()
        self._is_synced = durability == "fsync"
        self._prepare = None if payload is None else policy_of(payload)
        self._most_waiting = most_waiting_bytes
        self._clock = clock
        self._lock = threading.RLock()
        self._in_flight: dict[str, Begun] = {}
        self._unwritten: dict[str, Begun] = {}
        self._batch = _Batch()
        self._waiting_bytes = 0
        self._is_scheduled = False
        self._is_slow = False
        self._writing: asyncio.Future[None] | None = None
        self._thread: ThreadPoolExecutor | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._segments = Rotation(
                folder,
                pilot,
                owner=self.owner,
                segment_bytes=segment_bytes,
                is_synced=self._is_synced,
                clock=clock,
                lock=self._lock,
                carried=self._carried,
            )
        except OSError as error:
            raise self._full(error) from error
        _WRITERS.add(self)

    @property
    def in_flight(self) -> int:
        """Calls that were begun and have not ended."""
        return len(self._in_flight)

    @property
    def oldest_unhandled(self) -> Callable[[], float | None]:
        """Says since when something that follows from a record is not in the store yet (seconds
        since 1970); segments since then are not sealed, and a recovery looks into them."""
        return self._segments.oldest_unhandled

    @oldest_unhandled.setter
    def oldest_unhandled(self, asked: Callable[[], float | None]) -> None:
        self._segments.oldest_unhandled = asked

    def begin(self, call: Call, version: str) -> None:
        """Note that the call is about to be sent; it is written when this returns.

        Raises LogFullError: then the call must not be sent.
        """
        note = begun(call, version)
        if self._prepare is not None:
            self._prepare(note)
        written = framing.line(framing.BEGUN, _encode(note))
        if not self._lock.acquire(timeout=PATIENCE_S):
            raise LogFullError(f"{self._place()} is too slow to be written.")
        try:
            self._segments.for_lines(len(written)).write(written)
            self._in_flight[call.id] = note
        except OSError as error:
            raise self._full(error) from error
        finally:
            self._lock.release()

    async def append(self, record: Record) -> None:
        """Return once the record is durable. Raises LogFullError."""
        loop = asyncio.get_running_loop()
        written = self._line(record)
        # One that is larger than all that may wait goes out where nothing else does.
        if self._waiting_bytes and self._waiting_bytes + len(written) > self._most_waiting:
            raise LogFullError(
                f"{self._place()} is too slow: {self._waiting_bytes:,} bytes wait to be written."
            )
        batch = self._batch
        done: asyncio.Future[None] = loop.create_future()
        batch.lines.append(written)
        batch.records.append((record.id, record.at))
        batch.waiting.append(done)
        batch.n_bytes += len(written)
        self._waiting_bytes += len(written)
        if not self._is_scheduled and self._writing is None:
            self._is_scheduled = True
            loop.call_soon(self._flush, loop)
        await done

    def append_now(self, records: Iterable[Record]) -> None:
        """Write records from any thread, and return once they are durable. Raises LogFullError."""
        batch = _Batch()
        for record in records:
            batch.lines.append(self._line(record))
            batch.records.append((record.id, record.at))
        try:
            self._write(batch)
        except OSError as error:
            raise self._full(error) from error

    async def close(self) -> None:
        """Write what waits and seal what is open; calls still under way are recorded as lost."""
        while self._writing is not None or self._batch.lines:
            if self._writing is not None:
                await asyncio.wait([self._writing])
            elif self._batch.lines:
                self._flush(asyncio.get_running_loop())
            await asyncio.sleep(0)
        self.close_now()

    def close_now(self) -> None:
        """Seal what is open, from outside a loop. What cannot be sealed is left to a recovery."""
        _WRITERS.discard(self)
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None
        self._segments.join()
        with self._lock:
            try:
                self._end_in_flight()
                for segment in self._segments.all():
                    segment.seal()
            except OSError:
                self._release()

    def seal_due(self) -> int:
        """Seal full segments that are due, and end a segment of yesterday; say how many.

        For a thread of the background, every few seconds: the disk may take its time. What cannot
        be sealed now is tried again the next time. Raises LogFullError.
        """
        with self._lock:
            try:
                self._segments.for_lines(0)
            except OSError as error:
                raise self._full(error) from error
        return self._segments.seal_due()

    def _line(self, record: Record) -> bytes:
        if self._prepare is not None:
            self._prepare(record)
        try:
            return framing.line(framing.RECORD, _encode(record))
        except UnicodeEncodeError:
            # Half a character from somewhere: a record with a question mark beats none.
            for name in record.__struct_fields__:
                value = getattr(record, name)
                if isinstance(value, str):
                    setattr(record, name, value.encode(errors="replace").decode())
            record.notes = tuple(n.encode(errors="replace").decode() for n in record.notes)
            return framing.line(framing.RECORD, _encode(record))

    def _flush(self, loop: asyncio.AbstractEventLoop) -> None:
        self._is_scheduled = False
        batch = self._batch
        if not batch.lines or self._writing is not None:
            return
        self._batch = _Batch()
        if self._is_synced or self._is_slow:
            if self._thread is None:
                self._thread = ThreadPoolExecutor(1, thread_name_prefix="prediction-log")
            self._writing = loop.run_in_executor(self._thread, self._write, batch)
            self._writing.add_done_callback(lambda done: self._written(loop, batch, done))
            return
        error: OSError | None = None
        try:
            self._write(batch)
        except OSError as failed:
            error = failed
        self._release_batch(batch, error)

    def _written(
        self, loop: asyncio.AbstractEventLoop, batch: _Batch, done: asyncio.Future[None]
    ) -> None:
        self._writing = None
        error = done.exception()
        self._release_batch(batch, error)
        self._flush(loop)

    def _release_batch(self, batch: _Batch, error: BaseException | None) -> None:
        self._waiting_bytes -= batch.n_bytes
        if error is None:
            for done in batch.waiting:
                if not done.done():
                    done.set_result(None)
            return
        told = self._full(error) if isinstance(error, OSError) else error
        for done in batch.waiting:
            if not done.done():
                done.set_exception(told)

    def _write(self, batch: _Batch) -> None:
        """Write a batch, all or none. Raises OSError."""
        began = time.monotonic()
        lines = b"".join(batch.lines)
        with self._lock:
            try:
                segment = self._segments.for_lines(len(lines))
                segment.write(lines)
            except OSError:
                for id_, _ in batch.records:
                    self._set_aside(id_)
                raise
            segment.written_at = self._clock()
            add = segment.tally.add
            for id_, at in batch.records:
                add(at)
                self._in_flight.pop(id_, None)
            if self._unwritten:
                for id_, _ in batch.records:
                    self._unwritten.pop(id_, None)
        if self._is_synced:  # without the lock: calls begin meanwhile
            self._sync(segment)
        took = time.monotonic() - began
        self._is_slow = took > (QUICK_S if self._is_slow else SLOW_S)

    def _sync(self, segment: Segment) -> None:
        try:
            segment.sync()
        except OSError:
            # What the kernel could not write it may forget: no other line follows in this file.
            segment.ends = 0.0
            raise

    def _set_aside(self, id_: str) -> None:
        """Remember a call whose record could not be written: it is lost unless it comes again."""
        note = self._in_flight.pop(id_, None)
        if note is not None:
            self._unwritten[id_] = note
            if len(self._unwritten) > MOST_UNWRITTEN:
                self._unwritten.pop(next(iter(self._unwritten)))

    def _carried(self) -> bytes:
        """Note calls under way anew."""
        notes = list(self._in_flight.values())
        return b"".join(framing.line(framing.BEGUN, _encode(note)) for note in notes)

    def _end_in_flight(self) -> None:
        now = self._clock()
        batch = _Batch()
        why = "The log was closed before the call had ended."
        for note in (*self._in_flight.values(), *self._unwritten.values()):
            record = lost(note, pilot=self.pilot, now=now, why=why)
            batch.lines.append(self._line(record))
            batch.records.append((record.id, record.at))
        if batch.lines:
            self._write(batch)
            self._segments.current.tally.lost += len(batch.lines)

    def _release(self) -> None:
        for segment in self._segments.all():
            segment.release()

    def _place(self) -> str:
        return f"The prediction log in {self.folder}"

    def _full(self, error: OSError) -> LogFullError:
        return LogFullError(f"{self._place()} cannot be written: {error.strerror or error}.")


_WRITERS: weakref.WeakSet[Writer] = weakref.WeakSet()


def _forget_in_child() -> None:
    # A forked child must not hold the lock of its parent: the parent would never count as dead.
    for writer in list(_WRITERS):
        writer._release()
        _WRITERS.discard(writer)


os.register_at_fork(after_in_child=_forget_in_child)
