"""A ledger that lives as long as its process: for tests and for looking without leaving a trace."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from proveout.errors import LedgerMovedError
from proveout.evidence.ledger.chain import Head, bind, read_row
from proveout.evidence.ledger.port import (
    GENESIS,
    Entry,
    EntryKind,
    Expectations,
    Expected,
    Looked,
    NewEntry,
    News,
    Snapshot,
    Step,
    StoredRow,
    each_of,
    names,
)


class MemoryLedger:
    """The port on a list."""

    def __init__(self, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self._rows: list[StoredRow] = []
        self._lock = threading.Lock()

    def append(self, entries: Sequence[NewEntry], *, expected: Expectations = None) -> list[Entry]:
        """Append all or none. Raises LedgerMovedError."""
        with self._lock:
            for each in each_of(expected):
                if each.last_seq != self._last(each):
                    raise LedgerMovedError(each.pilot)
            seq, digest = self.head()
            rows = bind(Head(seq=seq, hash=digest), entries, self._clock())
            self._rows.extend(rows)
        return [read_row(row) for row in rows]

    def entries(
        self,
        *,
        pilot: str | None = None,
        kinds: Iterable[EntryKind] | None = None,
        after: int = 0,
    ) -> Iterator[Entry]:
        """Yield entries in order, optionally of one pilot, of some kinds or after a position."""
        wanted = None if kinds is None else frozenset(kinds)
        for row in tuple(self._rows[after:]):
            if pilot in (None, row.pilot) and (wanted is None or row.kind in wanted):
                yield read_row(row)

    def evidence(
        self,
        pilot: str | None,
        *,
        runs: Collection[str] = (),
        checks: Collection[str] = (),
        metrics: Collection[str] = (),
        about: Mapping[str, str] | None = None,
        after: int = 0,
        until: int | None = None,
    ) -> Iterator[Entry]:
        """Yield, in order, all evidence of some runs, some checks or on some metrics; or any."""
        is_any = not (runs or checks or metrics)
        for entry in self.entries(pilot=pilot, kinds=("evidence",), after=after):
            if until is not None and entry.seq > until:
                return
            told = entry.body
            is_asked = (
                told["run"] in runs or told["check"]["name"] in checks or told["metric"] in metrics
            )
            is_about = about is None or told["subject"] == about
            if (is_any or is_asked) and is_about:
                yield entry

    def latest(self, asked: Looked, *, limit: int) -> list[Entry]:
        """Return the latest entries of a pilot that are asked for, the latest first."""
        found = [
            entry
            for entry in self.entries(pilot=asked.pilot, kinds=asked.kinds or None)
            if (asked.before is None or entry.seq < asked.before)
            and (asked.since is None or entry.recorded_at >= asked.since)
            and (asked.until is None or entry.recorded_at < asked.until)
            and names(entry, asked.person)
        ]
        return found[::-1][:limit]

    @contextmanager
    def news(self, after: int, *, whole: Collection[EntryKind] | None) -> Iterator[News]:
        """Open what came after a position; of some kinds with their content (None: of all)."""
        rows = tuple(self._rows)
        known = GENESIS if after == 0 else rows[after - 1].hash if after <= len(rows) else None
        yield News(
            head=(rows[-1].seq, rows[-1].hash) if rows else (0, GENESIS),
            known=known,
            steps=(_step(row, whole) for row in rows[after:]),
        )

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


def _step(row: StoredRow, whole: Collection[str] | None) -> Step:
    return Step(
        row.seq, row.pilot, row.kind, row.recorded_at, row.prev_hash, row.hash,
        row.body if whole is None or row.kind in whole else None,
    )  # fmt: skip
