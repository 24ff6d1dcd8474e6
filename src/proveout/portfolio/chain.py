"""What a follower remembers of a ledger's chain: enough to know an entry again that it has seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from proveout.errors import LedgerBrokenError
from proveout.evidence.ledger.chain import read_row
from proveout.evidence.ledger.port import GENESIS, Entry, News, Step, StoredRow

SEE_ALL = "See all that is wrong: proveout ledger verify"
_KEPT = 16
"""Bytes kept of each hash: 16 MB for a million entries, and nobody finds a second text for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What the new entries of one pilot tell without their content."""

    first_at: str
    last_at: str
    latest_at: str
    """The latest moment among them: clocks do not always go forward."""
    last_seq: int
    n_evidence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """New entries whose chain goes on from what was known."""

    digests: bytes
    head: tuple[int, str]
    spans: Mapping[str, Span]
    """By pilot."""
    whole: tuple[Entry, ...]
    """Those that came with their content and are more than evidence, in order."""


@dataclass(slots=True)
class Chain:
    """The hashes of all entries that were followed."""

    head: tuple[int, str] = (0, GENESIS)
    _digests: bytearray = field(default_factory=bytearray)

    def read(self, news: News) -> Read:
        """Walk along the new entries; nothing is remembered yet.

        Raises LedgerBrokenError where they do not go on from what is known, or one that came with
        its content is not what was recorded.
        """
        seq, last = self.head
        if news.known != last:
            raise _broken(f"entry {seq} is not the one that was there before")
        digests, whole = bytearray(), []
        spans: dict[str, _Counting] = {}
        for step in news.steps:
            at, pilot, kind, recorded_at, prev_hash, digest, body = step
            seq += 1
            if at != seq:
                raise _broken(f"entry {seq} is missing")
            if prev_hash != last:
                raise _broken(f"entry {seq} does not follow entry {seq - 1}")
            last = digest
            digests += _short(digest, seq)
            if body is not None:
                entry = _entry(step, body)
                if kind != "evidence":
                    whole.append(entry)
            counting = spans.get(pilot)
            if counting is None:
                counting = spans[pilot] = _Counting(recorded_at)
            counting.last_at, counting.last_seq = recorded_at, seq
            counting.latest_at = max(counting.latest_at, recorded_at)
            counting.n_evidence += kind == "evidence"
        if (seq, last) != tuple(news.head):
            raise _broken(f"it should end with entry {news.head[0]}, and ends with entry {seq}")
        return Read(
            digests=bytes(digests),
            head=(seq, last),
            spans={pilot: counting.span() for pilot, counting in spans.items()},
            whole=tuple(whole),
        )

    def take(self, read: Read) -> None:
        """Remember what was read."""
        self._digests += read.digests
        self.head = read.head

    def known(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return entries that were read anew, all of them as they were when they were followed.

        Raises LedgerBrokenError where one has become another since.
        """
        found = list(entries)
        for entry in found:
            start = (entry.seq - 1) * _KEPT
            if self._digests[start : start + _KEPT] != bytes.fromhex(entry.hash)[:_KEPT]:
                raise _broken(f"entry {entry.seq} is not the one that was there before")
        return found


class _Counting:
    """A span while it is read. Touched a million times at a start: as small as can be."""

    __slots__ = ("first_at", "last_at", "last_seq", "latest_at", "n_evidence")

    def __init__(self, at: str) -> None:
        self.first_at = self.last_at = self.latest_at = at
        self.last_seq = self.n_evidence = 0

    def span(self) -> Span:
        return Span(
            first_at=self.first_at,
            last_at=self.last_at,
            latest_at=self.latest_at,
            last_seq=self.last_seq,
            n_evidence=self.n_evidence,
        )


def _entry(step: Step, body: str) -> Entry:
    return read_row(
        StoredRow(
            seq=step.seq,
            pilot=step.pilot,
            kind=step.kind,
            recorded_at=step.recorded_at,
            body=body,
            prev_hash=step.prev_hash,
            hash=step.hash,
        )
    )


def _short(digest: str, seq: int) -> bytes:
    try:
        return bytes.fromhex(digest)[:_KEPT].ljust(_KEPT, b"\0")
    except (TypeError, ValueError):
        raise _broken(f"entry {seq} has no readable hash") from None


def _broken(what: str) -> LedgerBrokenError:
    return LedgerBrokenError(f"The ledger is broken, so there is no verdict: {what}.", hint=SEE_ALL)
