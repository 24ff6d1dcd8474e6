"""Write a ledger out, one line per entry, for other tools to read and check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proveout.errors import InputError, LedgerBrokenError
from proveout.evidence.canonical import canonical_json
from proveout.evidence.export.dsse import Envelope
from proveout.evidence.export.statement import (
    Tally,
    closing_statement,
    encode,
    entry_dict,
    entry_statement,
)
from proveout.evidence.ledger import Ledger, verify

ExportFormat = Literal["intoto", "jsonl"]
"""In-toto statements in DSSE envelopes, or the plain entries; both as JSON Lines."""


def export_lines(
    ledger: Ledger,
    *,
    form: ExportFormat,
    pilot: str | None = None,
    key: Ed25519PrivateKey | None = None,
) -> Iterator[str]:
    """Return the lines of an export, of one pilot or of all.

    The ledger is verified first: a broken one is not signed. Raises LedgerBrokenError then, and
    InputError when the pilot has no entries.
    """
    checked = verify(ledger)
    if not checked.is_whole:
        first, *more = (problem.what for problem in checked.problems)
        raise LedgerBrokenError(
            f"Nothing was exported, because the ledger is broken: {first}"
            f"{f', and {len(more)} more' if more else ''}.",
            hint="See all that is wrong: proveout ledger verify",
        )
    if pilot is not None and next(ledger.entries(pilot=pilot), None) is None:
        known = sorted({entry.pilot for entry in ledger.entries()})
        raise InputError(
            f"The ledger has no entries of a pilot '{pilot}'.",
            hint=f"It knows: {', '.join(known) or 'none yet'}",
        )
    return _lines(ledger, form, pilot, key)


def _lines(
    ledger: Ledger, form: ExportFormat, pilot: str | None, key: Ed25519PrivateKey | None
) -> Iterator[str]:
    tally = Tally()
    for entry in ledger.entries(pilot=pilot):
        tally.add(entry.seq, entry.hash)
        if form == "jsonl":
            yield canonical_json(entry_dict(entry))
        else:
            yield _enveloped(encode(entry_statement(entry)), key)
    if form == "intoto":
        yield _enveloped(encode(closing_statement(tally, pilot)), key)


def _enveloped(payload: bytes, key: Ed25519PrivateKey | None) -> str:
    return canonical_json(Envelope.seal(payload, key).as_dict())
