"""Verify a ledger: walk its hash chain and say everything that is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from proveout.errors import InputError, LedgerBrokenError
from proveout.evidence.ledger.chain import Fault, examine, row_hash
from proveout.evidence.ledger.port import GENESIS, Ledger, Snapshot, StoredRow

ProblemKind = Literal["changed", "missing", "reordered", "unlinked", "head", "unreadable", "anchor"]
"""Content is not what was hashed; entries are gone; an entry stands elsewhere than it was written;
an entry does not follow the one before it; the noted end differs from the real one; not readable;
a hash kept elsewhere is not in the ledger."""

MAX_MOVED = 200
"""So many changed entries are tried at one another's positions; more would take too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong."""

    kind: ProblemKind
    seq: int | None
    """The (first) position concerned; None where it is the ledger as a whole."""
    what: str
    """One sentence without its full stop."""

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        return {"kind": self.kind, "seq": self.seq, "what": self.what}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a walk along the whole chain found."""

    n_entries: int
    """Entries that are there."""
    head_seq: int
    """Position of the last of them; 0 when there is none."""
    head_hash: str
    """Its hash: kept elsewhere, it later proves that nothing before it was changed.
    Empty where not even that is readable."""
    problems: tuple[Problem, ...]
    """Everything that is wrong, by position; empty when the ledger is whole."""
    anchor_seq: int | None = None
    """Where the expected hash was found; None when none was given, or it is not there."""

    @property
    def is_whole(self) -> bool:
        """Tell whether the chain holds."""
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "entries": self.n_entries,
            "head": {"seq": self.head_seq, "hash": self.head_hash},
            "problems": [problem.as_dict() for problem in self.problems],
            "expected_at": self.anchor_seq,
        }


def verify(ledger: Ledger, *, expect: str | None = None) -> Verification:
    """Walk the whole chain; with `expect`, look for a hash that was kept elsewhere.

    A broken ledger is a result, not an exception. Raises InputError when `expect` is no hash.
    """
    walk = _Walk(expect=None if expect is None else _hash_of(expect))
    try:
        with ledger.snapshot() as snapshot:
            walk.follow(snapshot)
    except LedgerBrokenError as error:
        walk.note("unreadable", None, error.message.rstrip("."))
    return walk.result()


def _hash_of(expect: str) -> str:
    text = expect.strip().lower()
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise InputError(
            f"'{expect}' is not the hash of an entry: a hash has 64 digits from 0 to f.",
            hint="Give the hash that an earlier 'proveout ledger verify' showed.",
        )
    return text


@dataclass(slots=True)
class _Walk:
    """One pass over the rows, by rising position."""

    expect: str | None
    n: int = 0
    last_seq: int = 0
    last_hash: str = GENESIS
    follows: str | None = GENESIS
    """What the next row must carry as previous hash; None after a row that cannot be trusted."""
    anchor_seq: int | None = None
    problems: list[Problem] = field(default_factory=list)
    changed: list[StoredRow] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)

    def note(self, kind: ProblemKind, seq: int | None, what: str) -> None:
        self.problems.append(Problem(kind=kind, seq=seq, what=what))

    def follow(self, snapshot: Snapshot) -> None:
        for damage in snapshot.damage:
            self.note("unreadable", None, f"the database finds its file damaged: {damage}")
        for row in snapshot.rows:
            self._visit(row)
        self._compare_head(snapshot)

    def result(self) -> Verification:
        if self.expect == GENESIS:
            self.anchor_seq = 0
        elif self.expect is not None and self.anchor_seq is None:
            self.note(
                "anchor",
                None,
                f"no entry has the expected hash {self.expect}: "
                f"the ledger is not the one of which it was noted, or was rewritten since",
            )
        self._recognise_moved()
        whole, placed = (
            [p for p in self.problems if p.seq is None],
            [p for p in self.problems if p.seq is not None],
        )
        return Verification(
            n_entries=self.n,
            head_seq=self.last_seq,
            head_hash=self.last_hash,
            problems=(*sorted(placed, key=lambda p: p.seq or 0), *whole),
            anchor_seq=self.anchor_seq,
        )

    def _visit(self, row: StoredRow) -> None:
        self.n += 1
        if row.seq <= self.last_seq:
            self.note("unlinked", row.seq, f"entry {row.seq} stands before the first entry")
            return
        if row.seq > self.last_seq + 1:
            self._note_missing(self.last_seq + 1, row.seq - 1, "")
            self.follows = None
        found = examine(row)
        if isinstance(found, Fault):
            self.note(found.kind, row.seq, f"entry {row.seq} was changed: {found.what}")
            if found.kind == "changed" and len(self.changed) < MAX_MOVED:
                self.changed.append(row)
        elif self.follows not in (None, row.prev_hash):
            self.note(
                "unlinked",
                row.seq,
                f"entry {row.seq} does not follow entry {self.last_seq}: "
                f"one of them was put in place of another",
            )
        if row.hash == self.expect:
            self.anchor_seq = row.seq
        self.follows = None if isinstance(found, Fault) else row.hash
        self.last_seq = row.seq
        self.last_hash = row.hash if _is_printable(row.hash) else ""

    def _note_missing(self, first: int, last: int, where: str) -> None:
        what = (
            f"entry {first} is missing"
            if first == last
            else f"entries {first} to {last} are missing"
        )
        self.note("missing", first, what + where)
        room = MAX_MOVED - len(self.gaps)
        self.gaps.extend(range(first, min(last + 1, first + room)))

    def _compare_head(self, snapshot: Snapshot) -> None:
        if len(snapshot.heads) != 1:
            self.note("head", None, "the note of the last entry is gone")
            return
        seq, digest = snapshot.heads[0]
        if not _is_number(seq):
            self.note("head", None, "the note of the last entry is not readable")
        elif seq > self.last_seq:
            self._note_missing(self.last_seq + 1, seq, ", cut off at the end")
        elif seq < self.last_seq:
            self.note("head", seq + 1, f"what follows entry {seq} was not recorded by Proveout")
        elif digest != self.last_hash and self.follows is not None:
            self.note(
                "head", seq, f"the noted hash of the last entry, {seq}, is not the one it has"
            )

    def _recognise_moved(self) -> None:
        # A row that was moved has kept the hash of the position at which it was written.
        positions = {row.seq for row in self.changed} | set(self.gaps)
        moved = {
            row.seq: origin
            for row in self.changed
            if (origin := _origin(row, positions)) is not None
        }
        for place, problem in enumerate(self.problems):
            if problem.kind == "changed" and problem.seq in moved:
                self.problems[place] = Problem(
                    kind="reordered",
                    seq=problem.seq,
                    what=f"entry {problem.seq} was recorded as entry {moved[problem.seq]}",
                )


def _is_number(seq: object) -> bool:
    # A database can hold text in a column of numbers, whatever the types here promise.
    return isinstance(seq, int)


def _is_printable(digest: object) -> bool:
    return isinstance(digest, str) and digest.isascii() and digest.isprintable()


def _origin(row: StoredRow, positions: set[int]) -> int | None:
    return next((seq for seq in sorted(positions) if row_hash(row, seq=seq) == row.hash), None)
