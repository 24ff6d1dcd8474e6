"""What the ledger keeps of a verdict: enough to see later what was decided, on what, and why."""

from __future__ import annotations

from typing import Any

from proveout.evidence.ledger.port import NewEntry
from proveout.gate.model import Verdict


def verdict_entry(verdict: Verdict, *, run: str | None) -> NewEntry:
    """Return the entry. The evidence itself is in the ledger already and is referred to by id."""
    body: dict[str, Any] = {
        "pilot": verdict.pilot,
        "stage": verdict.stage,
        "decision": verdict.decision,
        "summary": verdict.summary,
        "decided_at": verdict.decided_at.isoformat(),
        "run": run,
        "charter": verdict.charter_hash,
        "sealed_at": None if verdict.sealed_at is None else verdict.sealed_at.isoformat(),
        "counts": dict(verdict.counts),
        "notes": list(verdict.notes),
        "fix_first": [ruling.criterion.id for ruling in verdict.fix_first],
        "rulings": [
            {
                "criterion": ruling.criterion.id,
                "state": ruling.state,
                "comparison": ruling.criterion.comparison,
                "threshold": ruling.criterion.threshold,
                "reason": ruling.deciding.reason,
                "evidence": (
                    None if ruling.deciding.evidence is None else ruling.deciding.evidence.id
                ),
                "owner": ruling.owner,
                "waived_by": None if ruling.waiver is None else ruling.waiver.who,
            }
            for ruling in verdict.rulings
        ],
    }
    return NewEntry(pilot=verdict.pilot, kind="verdict", body=body)
