"""A ledger that lives as long as its process: for tests and for looking without leaving a trace."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from proveout.errors import LedgerMovedError
from proveout.evidence.ledger.chain import Head, bind, read_row
from proveout.evidence.ledger.port import (
    GENESIS,
    Entry,
    EntryKind,
    Expected,
    NewEntry,
    Snapshot,
    StoredRow,
)


class MemoryLedger:
    """The port on a list."""

    def __init__(self, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self._rows: list[StoredRow] = []
        self._lock = threading.Lock()

    def append(
        self, entries: Sequence[NewEntry], *, expected: Expected | None = None
    ) -> list[Entry]:
        """Append all or none. Raises LedgerMovedError."""
        with self._lock:
            if expected is not None and expected.last_seq != self._last(expected):
                raise LedgerMovedError(expected.pilot)
            seq, digest = self.head()
            rows = bind(Head(seq=seq, hash=digest), entries, self._clock())
            self._rows.extend(rows)
        return [read_row(row) for row in rows]

    def entries(
        self, *, pilot: str | None = None, kinds: Iterable[EntryKind] | None = None
    ) -> Iterator[Entry]:
        """Yield entries in order, optionally of one pilot or of some kinds only."""
        wanted = None if kinds is None else frozenset(kinds)
        for row in tuple(self._rows):
            if pilot in (None, row.pilot) and (wanted is None or row.kind in wanted):
                yield read_row(row)

    def head(self) -> tuple[int, str]:
        """Return the last sequence number and hash; (0, GENESIS) when empty."""
        return (self._rows[-1].seq, self._rows[-1].hash) if self._rows else (0, GENESIS)

    def _last(self, expected: Expected) -> int:
        same = (expected.pilot, expected.kind)
        return max((row.seq for row in self._rows if (row.pilot, row.kind) == same), default=0)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Open a consistent view of the rows."""
        rows = tuple(self._rows)
        head = (rows[-1].seq, rows[-1].hash) if rows else (0, GENESIS)
        yield Snapshot(heads=[head], rows=iter(rows))
