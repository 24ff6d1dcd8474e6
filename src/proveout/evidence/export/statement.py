"""Ledger entries as in-toto statements (v1).

Source: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from proveout.evidence.canonical import canonical_json
from proveout.evidence.ledger import Entry

STATEMENT = "https://in-toto.io/Statement/v1"
ENTRY_PREDICATE = "https://github.com/proveout/proveout/attestations/ledger-entry/v1"
"""The predicate is one entry of the ledger."""
EXPORT_PREDICATE = "https://github.com/proveout/proveout/attestations/ledger-export/v1"
"""The predicate says what the whole export holds; it closes the file."""


def entry_dict(entry: Entry) -> dict[str, Any]:
    """Return the exported form of an entry."""
    return {
        "seq": entry.seq,
        "pilot": entry.pilot,
        "kind": entry.kind,
        "recorded_at": recorded_text(entry),
        "body": entry.body,
        "prev_hash": entry.prev_hash,
        "hash": entry.hash,
    }


def recorded_text(entry: Entry) -> str:
    """Return the time of an entry as it was hashed."""
    return entry.recorded_at.isoformat(timespec="microseconds")


def entry_statement(entry: Entry) -> dict[str, Any]:
    """Return the statement on one entry; its subjects are the entry and what it was found on."""
    subjects = [_subject(f"ledger-entry/{entry.seq}", entry.hash)]
    for name, digest in _inputs(entry.body):
        subjects.append(_subject(name, digest))
    return {
        "_type": STATEMENT,
        "subject": subjects,
        "predicateType": ENTRY_PREDICATE,
        "predicate": entry_dict(entry),
    }


@dataclass(slots=True)
class Tally:
    """What an export holds, counted while it is written or read."""

    n_entries: int = 0
    last_seq: int = 0
    last_hash: str = "0" * 64
    _digest: Any = field(default_factory=hashlib.sha256)

    def add(self, seq: int, entry_hash: str) -> None:
        """Count one entry."""
        self.n_entries += 1
        self.last_seq, self.last_hash = seq, entry_hash
        self._digest.update(entry_hash.encode() + b"\n")

    @property
    def digest(self) -> str:
        """SHA-256 over the hashes of all entries, each followed by a line feed."""
        return str(self._digest.hexdigest())

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "entries": self.n_entries,
            "last": {"seq": self.last_seq, "hash": self.last_hash},
            "hashes_sha256": self.digest,
        }


def closing_statement(tally: Tally, pilot: str | None) -> dict[str, Any]:
    """Return the last statement of an export, so that a line taken out of it is found."""
    return {
        "_type": STATEMENT,
        "subject": [_subject("ledger-export", tally.digest)],
        "predicateType": EXPORT_PREDICATE,
        "predicate": {"pilot": pilot, **tally.as_dict()},
    }


def encode(statement: Mapping[str, Any]) -> bytes:
    """Return the payload bytes of a statement."""
    return canonical_json(statement).encode()


def _subject(name: str, digest: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": digest}}


def _inputs(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    named = dict(body.get("inputs") or {})
    if "content_hash" in body:
        named["charter"] = body["content_hash"]
    found = []
    for name, text in sorted(named.items()):
        digest = re.fullmatch(r"(?:sha256:)?([0-9a-f]{64})", str(text))
        if digest:
            found.append((name, digest[1]))
    return found
