"""From records into the queue, without anybody waiting, and without losing one.

The log is the truth, and to queue a record twice changes nothing. While records wait here, the log
does not seal their segments (`Writer.oldest_unhandled`), so that after `kill -9` a recovery gives
them back. Where memory is full, or a process ends while the store is away, they are read from the
log again later.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Protocol

from proveout.runtime.log.places import pilot_folder
from proveout.runtime.record import Record

BATCH = 200
PAUSE_S = 0.05
"""Between two batches, so that a storm of exceptions leaves the store to the budget."""
RETRY_S = 2.0
CHORE_S = 300.0
"""So often what is overdue is escalated."""
MOST_WAITING = 5_000
"""Records with their payloads that are held in memory; what is beyond is read from the log."""
LONGEST_NOTE = 300
_ENDING = ".since"


class Enqueues(Protocol):
    """The queue: `ExceptionQueue`, or another in a test."""

    def enqueue(self, records: Sequence[Record]) -> int:
        """Queue records, and return how many are new."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueingStanding:
    """How far the queue is behind the log."""

    queued: int
    """New entries that were made."""
    waiting: int
    behind_since: float | None
    """Records since then are to be read from the log once the store is back."""
    trouble: str | None
    """Why the last attempt failed; None where it did not."""


class Queueing:
    """`put` returns at once; a thread writes batches, and tries again while the store is away."""

    def __init__(
        self,
        queue: Enqueues,
        *,
        read: Callable[[float], Iterable[Record]],
        left: Path,
        owner: str,
        retry_s: float = RETRY_S,
        most_waiting: int = MOST_WAITING,
        chore: Callable[[], object] = lambda: None,
        chore_s: float = CHORE_S,
    ) -> None:
        """Begin, and catch up with what others have left over.

        `read` gives the log's records since a moment. In the folder `left` a process whose store
        was away at its end notes since when entries are missing; `owner` is this one's name.
        `chore` is done at the beginning and then every `chore_s` seconds; it may fail.
        """
        self._chore, self._chore_s = chore, chore_s
        self._chore_at = 0.0
        self._queue, self._read = queue, read
        self._retry_s, self._most = retry_s, most_waiting
        self._left, self._owner = left, owner
        self._notes = list(left.glob(f"*{_ENDING}"))
        self._behind = min((_moment_in(note) for note in self._notes), default=None)
        self._reading_since: float | None = None
        self._waiting: deque[Record] = deque()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._is_settled = threading.Event()
        self._ends_at: float | None = None
        self._n_queued = 0
        self._trouble: str | None = None
        self._thread = threading.Thread(target=self._work, name="proveout-exceptions", daemon=True)
        self._thread.start()

    def put(self, record: Record) -> None:
        """Queue a record that is in the log, where a person has to look at it."""
        if not record.reasons or record.shadow_of is not None:
            return
        with self._lock:
            if len(self._waiting) < self._most:
                self._waiting.append(record)
            else:
                self._behind = _earlier(self._behind, record.at)
            self._is_settled.clear()
        self._wake.set()

    def oldest_unhandled(self) -> float | None:
        """Return since when a record waits, for the log not to seal it; None where none does."""
        with self._lock:
            if not self._waiting and self._is_settled.is_set():
                return None
            oldest = min((record.at for record in self._waiting), default=None)
            return _earlier(_earlier(self._behind, self._reading_since), oldest)

    @property
    def standing(self) -> QueueingStanding:
        """How far it is."""
        with self._lock:
            return QueueingStanding(
                queued=self._n_queued,
                waiting=len(self._waiting),
                behind_since=self._behind,
                trouble=self._trouble,
            )

    def settled(self, within_s: float) -> bool:
        """Wait until all that was put is in the store; tell whether it is."""
        return self._is_settled.wait(within_s)

    def close(self, *, within_s: float = 5.0) -> QueueingStanding:
        """Write what waits, as far as the time goes; note since when the rest is missing."""
        self._ends_at = time.monotonic() + within_s
        self._wake.set()
        self._thread.join(within_s)
        missing_since = self.oldest_unhandled()
        if missing_since is not None:
            self._left.mkdir(parents=True, exist_ok=True)
            note = self._left / f"{self._owner}{_ENDING}"
            note.write_text(f"{missing_since:.6f}\n", encoding="ascii")
        return self.standing

    def _work(self) -> None:
        while True:
            try:
                has_more = self._write_batch() or self._catch_up()
                self._trouble = None
            except Exception as error:  # noqa: BLE001  # the store is away, or the log; try again
                said = " ".join(str(error).split()) or type(error).__name__
                self._trouble = said[:LONGEST_NOTE]
                if self._ends_at is not None:
                    return
                self._wake.clear()
                self._wake.wait(self._retry_s)
                continue
            if has_more:
                if self._ends_at is None:
                    time.sleep(PAUSE_S)
                elif time.monotonic() >= self._ends_at:
                    return
            elif self._rest():
                return

    def _rest(self) -> bool:
        """Wait for something to do; tell whether the end has come."""
        with self._lock:
            is_settled = not self._waiting and self._behind is None
            if is_settled:
                self._is_settled.set()
        if not is_settled:
            return False
        if self._ends_at is not None:
            return True
        self._do_chore()
        self._wake.wait(self._chore_s)
        self._wake.clear()
        return False

    def _do_chore(self) -> None:
        now = time.monotonic()
        if now >= self._chore_at:
            self._chore_at = now + self._chore_s
            with suppress(Exception):  # the store is away; it will be done later
                self._chore()

    def _write_batch(self) -> bool:
        """Write what waits; tell whether there was something."""
        with self._lock:
            batch = list(islice(self._waiting, BATCH))
        if not batch:
            return False
        n_new = self._queue.enqueue(batch)
        with self._lock:
            for _ in batch:
                self._waiting.popleft()
            self._n_queued += n_new
        return True

    def _catch_up(self) -> bool:
        """Read the log again from where the queue is behind; tell whether it was."""
        with self._lock:
            # What finds no place from now on may be written after it was read past.
            self._reading_since, self._behind = self._behind, None
            since = self._reading_since
        if since is None:
            return False
        try:
            records = (record for record in self._read(since) if record.reasons)
            while batch := list(islice(records, BATCH)):
                n_new = self._queue.enqueue(batch)
                with self._lock:
                    self._n_queued += n_new
        except BaseException:
            with self._lock:
                self._behind = _earlier(since, self._behind)
            raise
        with self._lock:
            self._reading_since = None
        for note in self._notes:
            note.unlink(missing_ok=True)
        self._notes = []
        return True


@contextmanager
def queueing(
    queue: Enqueues,
    *,
    pilot: str,
    log_folder: Path,
    owner: str,
    archive: str | None = None,
    chore: Callable[[], object] = lambda: None,
) -> Iterator[Queueing]:
    """Queue what is put, and what the log of the pilot holds besides, until the block ends.

    `owner` is this process's name in the log. After a crash, queue `Recovered.excepted()` too.
    Give `chore` an `Escalating`, so that what is overdue goes to whom the charter names.
    """
    from proveout.runtime.log.reading import read_records

    def read(since: float) -> Iterator[Record]:
        moment = datetime.fromtimestamp(max(0.0, since), UTC)
        return read_records(log_folder, pilot, archive=archive, since=moment)

    left = log_folder / pilot_folder(pilot) / "exceptions"
    opened = Queueing(queue, read=read, left=left, owner=owner, chore=chore)
    try:
        yield opened
    finally:
        opened.close()


def _moment_in(note: Path) -> float:
    """Read since when entries are missing; from the beginning where the note is damaged."""
    with suppress(OSError, ValueError):
        return float(note.read_text(encoding="ascii"))
    return 0.0


def _earlier(one: float | None, other: float | None) -> float | None:
    known = [each for each in (one, other) if each is not None]
    return min(known, default=None)
