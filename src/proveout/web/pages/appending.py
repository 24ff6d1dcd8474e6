"""Append something to a ledger once, however often a form is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from proveout.errors import LedgerMovedError
from proveout.evidence.ledger.port import Expected, Ledger, NewEntry

_TRIES = 50


def append_once(
    ledger: Ledger, entry: NewEntry, *, is_same: Callable[[Mapping[str, Any]], bool]
) -> bool:
    """Append unless an entry of the pilot and kind is the same; tell whether it was appended.

    Raises LedgerMovedError where others are quicker time and again, and what the ledger raises.
    """
    tries = 0
    while True:
        there = list(ledger.entries(pilot=entry.pilot, kinds=(entry.kind,)))
        if any(is_same(each.body) for each in there):
            return False
        last = there[-1].seq if there else 0
        try:
            ledger.append(
                [entry], expected=Expected(pilot=entry.pilot, kind=entry.kind, last_seq=last)
            )
        except LedgerMovedError:
            tries += 1
            if tries == _TRIES:
                raise
        else:
            return True
