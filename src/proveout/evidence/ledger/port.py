"""What a ledger is: an append-only, hash-chained sequence of entries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol

from proveout.evidence.canonical import canonical_json

EntryKind = Literal[
    "evidence", "outcome", "run", "seal", "amendment", "waiver", "verdict", "switch", "alarm", "act"
]
"""What an entry records. 'run' opens a run: which checks were asked for, on which charter;
'switch' is a change of who answers in production, 'alarm' one that was raised or resolved, both
say who and why; 'act' is what a person did for a pilot: signed, held a review, was trained."""

GENESIS = "0" * 64
"""What stands in place of the previous hash at the first entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """Something to append."""

    pilot: str
    kind: EntryKind
    body: Mapping[str, Any]
    """Plain JSON; the `as_dict()` of what is recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What whoever appends has read: nothing of this kind has come since, or nothing is kept."""

    pilot: str
    kind: EntryKind
    last_seq: int
    """Position of the last such entry that was read; 0 where there was none."""


Expectations = Expected | tuple[Expected, ...] | None
"""One, several that must all hold, or none."""


def each_of(expected: Expectations) -> tuple[Expected, ...]:
    """Return them one by one."""
    if expected is None:
        return ()
    return (expected,) if isinstance(expected, Expected) else expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something appended."""

    seq: int
    """Position in the chain, from 1, without gaps."""
    pilot: str
    kind: EntryKind
    recorded_at: datetime
    """When it was appended; with time zone (UTC)."""
    body: Mapping[str, Any]
    prev_hash: str
    hash: str
    """SHA-256 over everything above."""


def entry_hash(
    *, seq: int, pilot: str, kind: str, recorded_at: str, body: str, prev_hash: str
) -> str:
    """Return the hash of an entry from its stored texts (body is its canonical JSON)."""
    parts = [seq, pilot, kind, recorded_at, body, prev_hash]
    try:
        # The same text as the canonical one, in a third of the time: a list of texts has no keys
        # to sort, and all but half characters are written as they are.
        stored = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        stored = canonical_json(parts).encode()
    return hashlib.sha256(stored).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRow:
    """An entry exactly as it is stored and hashed: texts, nothing interpreted.

    What comes from a damaged store may hold something else than its types say.
    """

    seq: int
    pilot: str
    kind: str
    recorded_at: str
    body: str
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that a ledger holds at one moment, for verification and export."""

    heads: Sequence[tuple[int, str]]
    """(seq, hash) as noted beside the entries; exactly one, unless it was tampered with."""
    rows: Iterator[StoredRow]
    """The entries by rising sequence number; to be read once, while the snapshot is open."""
    damage: Sequence[str] = ()
    """What the store itself finds wrong with its file."""


class Step(NamedTuple):
    """An entry on the way along the chain: its content only where that was asked for."""

    seq: int
    pilot: str
    kind: str
    recorded_at: str
    prev_hash: str
    hash: str
    body: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What came after a position, at one moment."""

    head: tuple[int, str]
    """(seq, hash) as noted beside the entries."""
    known: str | None
    """The hash that the entry at the position has now; None where it is gone."""
    steps: Iterator[Step]
    """What follows it, in order; to be read once, while the news are open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Which entries somebody looks for."""

    pilot: str
    kinds: tuple[EntryKind, ...] = ()
    """Any when empty."""
    before: int | None = None
    """Only those that stand before this position."""
    since: datetime | None = None
    until: datetime | None = None
    """Recorded at that moment or later, and before that one."""
    person: str | None = None
    """Only those that name exactly this person as who did it or vouches for it."""


def names(entry: Entry, person: str | None) -> bool:
    """Tell whether an entry names a person as who did it or vouches for it; None: anybody."""
    return person is None or person in (entry.body.get("who"), entry.body.get("person"))


class Ledger(Protocol):
    """The port. Adapters: memory, SQLite, PostgreSQL."""

    def append(self, entries: Sequence[NewEntry], *, expected: Expectations = None) -> list[Entry]:
        """Append all or none; when this returns, they survive a crash of this process.

        Raises LedgerMovedError when somebody was quicker than `expected` says, LedgerError when
        the store refuses, UnreachableError when it cannot be reached.
        """
        ...

    def entries(
        self,
        *,
        pilot: str | None = None,
        kinds: Iterable[EntryKind] | None = None,
        after: int = 0,
    ) -> Iterator[Entry]:
        """Yield entries in order, optionally of one pilot, of some kinds or after a position."""
        ...

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
        """Yield, in order, all evidence of some runs, some checks or on some metrics; or any.

        With `about`, those alone on this subject, in its plain form. It is quick, and for whoever
        follows the chain: an entry that is gone is not missed here, and what the store cannot tell
        apart may be among them.
        """
        ...

    def latest(self, asked: Looked, *, limit: int) -> list[Entry]:
        """Return the latest entries of a pilot that are asked for, the latest first.

        It is for looking: an entry that is gone is not missed here.
        """
        ...

    def news(
        self, after: int, *, whole: Collection[EntryKind] | None
    ) -> AbstractContextManager[News]:
        """Open what came after a position; of some kinds with their content (None: of all)."""
        ...

    def head(self) -> tuple[int, str]:
        """Return the last sequence number and hash; (0, GENESIS) when empty."""
        ...

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Open a consistent view of the raw rows; appends by others go on meanwhile."""
        ...
