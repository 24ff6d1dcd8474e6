"""What a check found in the run before this one, as the ledger keeps it."""

from __future__ import annotations

from collections.abc import Iterable

from proveout.evidence.ledger.port import Entry
from proveout.evidence.model import WINDOW_INPUT, Evidence
from proveout.evidence.outcome import CheckOutcome


def earlier_evidence(
    entries: Iterable[Entry], check: str, *, in_use: bool = False
) -> list[Evidence]:
    """Return the evidence of a check's last run that came to its end; none where there is none.

    With `in_use` that is the last one on production traffic, else the last one without.

    A run that broke has looked at part of the data only: what it did not see is not gone.
    """
    by_run: dict[str, list[Entry]] = {}
    last: list[Entry] = []
    for entry in entries:
        if entry.kind == "evidence" and entry.body["check"]["name"] == check:
            if (WINDOW_INPUT in entry.body["inputs"]) is not in_use:
                continue
            by_run.setdefault(entry.body["run"], []).append(entry)
        elif entry.kind == "outcome":
            outcome = CheckOutcome.from_dict(entry.body)
            if outcome.check == check:
                found = by_run.pop(outcome.run, [])
                last = found if outcome.status == "done" and found else last
    return [Evidence.from_dict(entry.body) for entry in last]
