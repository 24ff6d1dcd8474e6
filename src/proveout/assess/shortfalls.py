"""What a run could not have, in sentences for people: answers of the system, and figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from proveout.assess.assess import Assessment
from proveout.evidence.model import WHOLE, Evidence
from proveout.evidence.outcome import CheckOutcome

EXCEPTION_RATE = "quality.exception_rate"
_SHOWN = 3
_WHERE = {"pilot": "of the curated sample", "production": "of production"}


def shortfalls(assessment: Assessment) -> list[str]:
    """Say which rows of this run got no usable answer, which figures could not be had, and why.

    Rows are told as a whole: those of a site or a kind of record are among them already.
    Why the system did not answer is in the evidence as `faults`, one sentence for each kind.
    """
    dossier, run = assessment.dossier, assessment.run
    ended = [each for each in dossier.outcomes if each.run == run and each.status == "done"]
    of_this_run = [fact for fact in dossier.evidence if fact.run == run]
    return [
        *unanswered(of_this_run),
        *(sentence for outcome in ended for sentence in _unmeasured(outcome)),
    ]


def unanswered(facts: Iterable[Evidence]) -> list[str]:
    """Say which rows got no usable answer of the system, and why."""
    rates = [fact for fact in facts if fact.metric == EXCEPTION_RATE and fact.subject == WHOLE]
    return [sentence for fact in rates if fact.value for sentence in _unanswered(fact)]


def _unmeasured(outcome: CheckOutcome) -> list[str]:
    """Tell of a check that mostly found nothing; single figures stand in the report."""
    n = len(outcome.not_measured)
    if n <= outcome.n_evidence:
        return []
    ((reason, next_step), _), *_ = Counter(
        (missing.reason, missing.next_step) for missing in outcome.not_measured
    ).most_common(1)
    figures = "1 figure was" if n == 1 else f"{n:,} figures were"
    return [
        f"{outcome.check}: {figures} not measured, first of all because:",
        f"  {reason.rstrip('.')}. {next_step}".rstrip(),
    ]


def _unanswered(fact: Evidence) -> list[str]:
    faults = [str(fault) for fault in fact.details.get("faults", ())]
    refused = int(fact.details.get("by_status", {}).get("refused", 0))
    if refused:
        faults.append(f"{refused:,} were refused")
    n = round(fact.value * fact.n)
    where = _WHERE.get(fact.scope, "")
    head = f"No usable answer for {n:,} of {fact.n:,} rows {where}".rstrip()
    left = len(faults) - _SHOWN
    more = [f"  and {left} more, in the evidence (--json)"] if left > 0 else []
    # A fault that came again with other figures is kept once, as it first came.
    begin = f"{head}; the first fault of each kind:" if faults else f"{head}."
    return [begin, *(f"  {fault}" for fault in faults[:_SHOWN]), *more]
