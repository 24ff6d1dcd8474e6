"""The segments of one writer: the one that takes lines now, and full ones until they are sealed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from proveout.runtime.log.segment import Segment, create

KEPT_OPEN_S = 10.0
"""A full segment is sealed so long after its last line: by then what follows from its records
(bookings, exceptions) is in the store, and a recovery need not look into it."""


class Rotation:
    """Changes the segment when it is full and every day, and seals those that are due.

    `lock` is the writer's: `for_lines` and `all` are called with it held, `seal_due` without.
    """

    def __init__(
        self,
        folder: Path,
        pilot: str,
        *,
        owner: str,
        segment_bytes: int,
        is_synced: bool,
        clock: Callable[[], float],
        lock: threading.RLock,
        carried: Callable[[], bytes],
    ) -> None:
        """Open the first segment. Raises OSError.

        `carried` gives the lines of calls under way, which are noted anew in each segment: the
        one in which they were begun will be sealed.
        """
        self._folder, self._pilot, self._owner = folder, pilot, owner
        self._segment_bytes = segment_bytes
        self._is_synced = is_synced
        self._clock = clock
        self._lock = lock
        self._carried = carried
        self._number = 0
        self._sealing: threading.Thread | None = None
        self.full: list[Segment] = []
        self.oldest_unhandled: Callable[[], float | None] = lambda: None
        self.current = self._opened(1)

    def for_lines(self, n_bytes: int) -> Segment:
        """Return the segment for the next lines: another one when full, and every day.

        Raises OSError.
        """
        segment = self.current
        is_full = segment.tally.records > 0 and segment.size + n_bytes > self._segment_bytes
        if is_full or self._clock() >= segment.ends:
            # An empty one leaves no file behind, and no gap in the numbers.
            fresh = self._opened(self._number + (segment.tally.records > 0))
            self.full.append(segment)
            self.current = segment = fresh
            if len(self.full) > 1:  # the last one is never due yet
                self._seal_aside()
        return segment

    def seal_due(self) -> int:
        """Seal those that are due; say how many. What cannot be sealed now is tried again later."""
        with self._lock:
            due = self._take_due()
        n_sealed = 0
        for segment in due:
            try:
                n_sealed += segment.seal() is not None
            except OSError:
                with self._lock:
                    self.full.append(segment)
        return n_sealed

    def all(self) -> tuple[Segment, ...]:
        """Return all that are not sealed, in their order."""
        return (*self.full, self.current)

    def join(self) -> None:
        """Wait for what is being sealed aside."""
        if self._sealing is not None:
            self._sealing.join()

    def _seal_aside(self) -> None:
        if self._sealing is None or not self._sealing.is_alive():
            self._sealing = threading.Thread(target=self.seal_due, name="prediction-log-seal")
            self._sealing.start()

    def _opened(self, number: int) -> Segment:
        segment = create(
            self._folder,
            self._pilot,
            owner=self._owner,
            number=number,
            now=self._clock(),
            is_synced=self._is_synced,
        )
        carried = self._carried()
        if carried:
            try:
                segment.write(carried)
            except OSError:
                segment.path.unlink(missing_ok=True)
                segment.release()
                raise
        self._number = number
        return segment

    def _take_due(self) -> list[Segment]:
        """Take away the full segments that can be sealed now, and those that are gone."""
        now, unhandled = self._clock(), self.oldest_unhandled()
        due = []
        for segment in list(self.full):
            is_handled = unhandled is None or segment.written_at < unhandled
            if segment.is_gone:
                segment.release()
            elif not segment.tally.records or (
                segment.written_at + KEPT_OPEN_S < now and is_handled
            ):
                due.append(segment)
            else:
                continue
            self.full.remove(segment)
        return due
