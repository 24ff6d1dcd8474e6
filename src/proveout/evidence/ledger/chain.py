"""The hash chain, without any store: how new entries are bound to the last one, and read back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, cast

from proveout.errors import LedgerBrokenError, LedgerError
from proveout.evidence.canonical import canonical_json
from proveout.evidence.ledger.port import Entry, EntryKind, NewEntry, StoredRow, entry_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where the chain ends."""

    seq: int
    """Sequence number of the last entry; 0 when there is none."""
    hash: str
    """Its hash; GENESIS when there is none."""


def bind(head: Head, entries: Sequence[NewEntry], now: datetime) -> list[StoredRow]:
    """Return the rows that continue the chain after `head`, all recorded at one moment.

    Raises LedgerError for a body that is not plain JSON (NaN, objects).
    """
    recorded_at = stored_moment(now)
    rows: list[StoredRow] = []
    seq, prev_hash = head.seq, head.hash
    for entry in entries:
        seq += 1
        body = _encode(entry)
        digest = entry_hash(
            seq=seq,
            pilot=entry.pilot,
            kind=entry.kind,
            recorded_at=recorded_at,
            body=body,
            prev_hash=prev_hash,
        )
        rows.append(
            StoredRow(
                seq=seq,
                pilot=entry.pilot,
                kind=entry.kind,
                recorded_at=recorded_at,
                body=body,
                prev_hash=prev_hash,
                hash=digest,
            )
        )
        prev_hash = digest
    return rows


def stored_moment(moment: datetime) -> str:
    """Write a moment as the ledger keeps it: texts that sort as moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with one stored row, taken by itself."""

    kind: Literal["changed", "unreadable"]
    what: str
    """In words that go on from 'entry 7: '."""


def examine(row: StoredRow) -> Entry | Fault:
    """Check a stored row against its own hash, and read it."""
    # A database can hold bytes or nothing in a text column, whatever the types here promise.
    texts: dict[str, object] = {
        "pilot": row.pilot,
        "kind": row.kind,
        "recorded_at": row.recorded_at,
        "body": row.body,
        "prev_hash": row.prev_hash,
        "hash": row.hash,
    }
    for name, text in texts.items():
        if not isinstance(text, str) or not _is_unicode(text):
            return Fault(kind="unreadable", what=f"its {name} is not text")
    if row_hash(row, seq=row.seq) != row.hash:
        return Fault(kind="changed", what="its content does not match its hash")
    try:
        return Entry(
            seq=row.seq,
            pilot=row.pilot,
            kind=cast(EntryKind, row.kind),
            recorded_at=datetime.fromisoformat(row.recorded_at),
            body=json.loads(row.body),
            prev_hash=row.prev_hash,
            hash=row.hash,
        )
    except (ValueError, RecursionError):
        return Fault(kind="unreadable", what="its content is not what Proveout writes")


def read_row(row: StoredRow) -> Entry:
    """Turn a stored row into an entry.

    Raises LedgerBrokenError when it is not what was hashed: it never reaches a decision.
    """
    found = examine(row)
    if isinstance(found, Fault):
        raise LedgerBrokenError(
            f"Entry {row.seq} of the ledger is not what was recorded: {found.what}.",
            hint="See all that is wrong: proveout ledger verify",
        )
    return found


def row_hash(row: StoredRow, *, seq: int) -> str:
    """Return the hash which the row would have at a position."""
    return entry_hash(
        seq=seq,
        pilot=row.pilot,
        kind=row.kind,
        recorded_at=row.recorded_at,
        body=row.body,
        prev_hash=row.prev_hash,
    )


def _encode(entry: NewEntry) -> str:
    try:
        body = canonical_json(entry.body)
        f"{entry.pilot}{body}".encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise LedgerError(
            f"An entry of kind '{entry.kind}' of pilot {entry.pilot!a} cannot be recorded: "
            f"its content is not plain JSON ({error}).",
            hint="Record figures as numbers, absent figures as not measured, and text as text.",
        ) from error
    return body


def _is_unicode(text: str) -> bool:
    # SQLite hands out damaged text with its bad bytes escaped, which does not encode again.
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
