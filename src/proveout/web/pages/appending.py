"""Append something to a ledger once, however often a form is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from proveout.evidence.ledger.port import Expected, Ledger, NewEntry
from proveout.evidence.ledger.trying import tried_until_first


def append_once(
    ledger: Ledger, entry: NewEntry, *, is_same: Callable[[Mapping[str, Any]], bool]
) -> bool:
    """Append unless an entry of the pilot and kind is the same; tell whether it was appended.

    Raises LedgerMovedError where others are quicker time and again, and what the ledger raises.
    """

    def attempt() -> bool:
        there = list(ledger.entries(pilot=entry.pilot, kinds=(entry.kind,)))
        if any(is_same(each.body) for each in there):
            return False
        last = there[-1].seq if there else 0
        ledger.append([entry], expected=Expected(pilot=entry.pilot, kind=entry.kind, last_seq=last))
        return True

    return tried_until_first(attempt)
