"""What the system did instead of answering, in sentences for people."""

from __future__ import annotations

from proveout.assess.assess import Assessment
from proveout.evidence.model import Evidence

EXCEPTION_RATE = "quality.exception_rate"
_SHOWN = 3
_WHERE = {"pilot": "of the curated sample", "production": "of production"}


def shortfalls(assessment: Assessment) -> list[str]:
    """Say for each scope of this run how many rows got no usable answer, and why.

    The reasons are in the evidence as `faults`, one sentence for each kind.
    """
    return [
        sentence
        for fact in assessment.dossier.evidence
        if fact.run == assessment.run and fact.metric == EXCEPTION_RATE and fact.value
        for sentence in _told(fact)
    ]


def _told(fact: Evidence) -> list[str]:
    faults = [str(fault) for fault in fact.details.get("faults", ())]
    refused = int(fact.details.get("by_status", {}).get("refused", 0))
    if refused:
        faults.append(f"{refused:,} were refused")
    n = round(fact.value * fact.n)
    head = f"No usable answer for {n:,} of {fact.n:,} rows {_WHERE.get(fact.scope, '')}".rstrip()
    left = len(faults) - _SHOWN
    more = [f"  and {left} more, in the evidence (--json)"] if left > 0 else []
    return [f"{head}:" if faults else f"{head}.", *(f"  {f}" for f in faults[:_SHOWN]), *more]
