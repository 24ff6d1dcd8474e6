"""Check an exported file: signatures, hashes, and that the entries follow one another."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from proveout.evidence.canonical import canonical_json
from proveout.evidence.export.dsse import IN_TOTO, Envelope
from proveout.evidence.export.statement import (
    ENTRY_PREDICATE,
    EXPORT_PREDICATE,
    STATEMENT,
    Tally,
)
from proveout.evidence.ledger import GENESIS, entry_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportCheck:
    """What was found in an exported file."""

    n_entries: int
    n_gaps: int
    """Places where entries of other pilots were left out: there the chain cannot be followed."""
    n_signed: int
    """Lines whose signature is by the given key."""
    last_seq: int
    last_hash: str
    problems: tuple[str, ...]
    """Everything that is wrong, in the order of the file; empty when it is sound."""

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "entries": self.n_entries,
            "gaps": self.n_gaps,
            "signed_lines": self.n_signed,
            "last": {"seq": self.last_seq, "hash": self.last_hash},
            "problems": list(self.problems),
        }


def check_export(lines: Iterable[str], key: Ed25519PublicKey | None) -> ExportCheck:
    """Check the lines of an export of either format; signatures only where a key is given."""
    reading = _Reading(key=key)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            reading.take(number, line)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            reading.note(number, _reason(error))
    return reading.result()


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return "it is not JSON"
    if type(error) is ValueError:
        return str(error)
    return "it is neither an exported entry nor an in-toto statement on one"


@dataclass(slots=True)
class _Reading:
    key: Ed25519PublicKey | None
    tally: Tally = field(default_factory=Tally)
    n_lines: int = 0
    n_gaps: int = 0
    n_signed: int = 0
    n_enveloped: int = 0
    first_gap: int | None = None
    closing: Mapping[str, Any] | None = None
    problems: list[str] = field(default_factory=list)

    def note(self, number: int | None, what: str) -> None:
        self.problems.append(what if number is None else f"line {number}: {what}")

    def take(self, number: int, line: str) -> None:
        self.n_lines += 1
        if self.closing is not None:
            self.note(number, "it stands after the statement that closes the export")
        plain = json.loads(line)
        if "payloadType" not in plain:
            if self.key is not None:
                self.note(number, "it is not signed")
            self._take_entry(number, plain)
            return
        self.n_enveloped += 1
        envelope = Envelope.from_dict(plain)
        self._check_signature(number, envelope)
        statement = json.loads(envelope.payload)
        if envelope.payload_type != IN_TOTO or statement["_type"] != STATEMENT:
            raise ValueError("its payload is not an in-toto statement")
        match statement["predicateType"]:
            case kind if kind == ENTRY_PREDICATE:
                entry = statement["predicate"]
                if statement["subject"][0]["digest"]["sha256"] != entry["hash"]:
                    self.note(number, "its subject is not the entry which it holds")
                self._take_entry(number, entry)
            case kind if kind == EXPORT_PREDICATE:
                self.closing = statement["predicate"]
            case other:
                raise ValueError(f"its predicate type {other!r} is not one of Proveout's")

    def result(self) -> ExportCheck:
        if self.n_lines == 0:
            self.note(None, "the file is empty")
        if self.n_enveloped:
            self._check_closing()
        return ExportCheck(
            n_entries=self.tally.n_entries,
            n_gaps=self.n_gaps,
            n_signed=self.n_signed,
            last_seq=self.tally.last_seq,
            last_hash=self.tally.last_hash,
            problems=tuple(self.problems),
        )

    def _check_signature(self, number: int, envelope: Envelope) -> None:
        if self.key is None:
            return
        if envelope.is_signed_by(self.key):
            self.n_signed += 1
        elif envelope.signatures:
            self.note(number, "its signature is not by this key, or its content was changed")
        else:
            self.note(number, "it is not signed")

    def _take_entry(self, number: int, entry: Mapping[str, Any]) -> None:
        seq, prev_hash, digest = int(entry["seq"]), entry["prev_hash"], str(entry["hash"])
        computed = entry_hash(
            seq=entry["seq"],
            pilot=entry["pilot"],
            kind=entry["kind"],
            recorded_at=entry["recorded_at"],
            body=canonical_json(entry["body"]),
            prev_hash=prev_hash,
        )
        if computed != digest:
            self.note(number, f"entry {seq} was changed: its content does not match its hash")
        before = self.tally.last_seq
        if seq <= before:
            self.note(number, f"entry {seq} stands after entry {before}")
        elif seq > before + 1:
            self.n_gaps += 1
            self.first_gap = self.first_gap or before + 1
        elif prev_hash != (self.tally.last_hash if before else GENESIS):
            self.note(number, f"entry {seq} does not follow entry {before}")
        self.tally.add(seq, digest)

    def _check_closing(self) -> None:
        if self.closing is None:
            self.note(None, "the statement that closes the export is missing: lines were cut off")
            return
        if {k: v for k, v in self.closing.items() if k != "pilot"} != self.tally.as_dict():
            self.note(
                None,
                f"the file holds {self.tally.n_entries} entries; its closing statement speaks of "
                f"{self.closing.get('entries')}, or of others",
            )
        if self.closing.get("pilot") is None and self.first_gap is not None:
            self.note(None, f"entry {self.first_gap} is missing from an export of all pilots")
