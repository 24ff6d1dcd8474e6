"""What the gate answers itself of what earlier pilots left, by charter and ledger (R1002)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from proveout.charter.loading import content
from proveout.charter.schema import Charter
from proveout.diagnosis.conditions import MET, condition_about, shown_by_charter
from proveout.diagnosis.failures import FAILURES
from proveout.evidence.model import Subject
from proveout.gate.bench import Bench
from proveout.gate.heritage import Forerunner, forerunners, sameness
from proveout.gate.judge import judge
from proveout.gate.model import Criterion, Finding
from proveout.gate.standards.inherited import CAUSE_KNOWN, DESIGN_CHANGED

OWN = frozenset({CAUSE_KNOWN, DESIGN_CHANGED, MET})
"""Metrics that the gate answers, or helps to answer."""

DECLARED = "governance.declared"
"""Metric of what the charter says of itself."""


def answered(criterion: Criterion, bench: Bench, charter: Charter) -> tuple[Finding, ...]:
    """Return what became of a line that an earlier pilot left, worst first."""
    match criterion.metric:
        case metric if metric == CAUSE_KNOWN:
            return (_cause_known(forerunners(charter, bench.dossier)),)
        case metric if metric == DESIGN_CHANGED:
            return _changed(criterion, forerunners(charter, bench.dossier), charter)
        case metric if metric == MET:
            return _met(criterion, bench, charter)
        case _:
            return judge(criterion, bench)


def or_instead(
    criterion: Criterion, findings: tuple[Finding, ...], bench: Bench, charter: Charter
) -> tuple[Finding, ...]:
    """Take what a named person or the charter shows, where nothing that was found denies it.

    A figure that does not reach surely enough denies it too. That something is not written in the
    charter does not: it may be settled elsewhere.
    """
    other = criterion.instead
    denied = criterion.metric != DECLARED and any(
        finding.state in ("failed", "inconclusive") and finding.evidence is not None
        for finding in findings
    )
    if other is None or findings[0].state == "passed" or denied:
        return findings
    shown = answered(other, bench, charter)
    return shown if shown[0].state == "passed" else findings


def _met(criterion: Criterion, bench: Bench, charter: Charter) -> tuple[Finding, ...]:
    """Take the word of a named person, else what the charter shows."""
    attested = judge(criterion, bench)
    if attested[0].state == "passed":
        return attested
    about = criterion.subject
    condition = condition_about(about)
    shown = None if condition is None else shown_by_charter(condition.id, charter)
    if shown is None or (attested[0].state != "missing" and not shown.is_met):
        return attested
    return (_finding(about, is_met=shown.is_met, reason=_sentence(shown.told)),)


def _cause_known(found: Sequence[Forerunner]) -> Finding:
    unknown = [each.pilot for each in found if not each.failures]
    if not unknown:
        told = "; ".join(f"{each.pilot}: {_in_words(each.failures)}" for each in found)
        return _finding(Subject(), is_met=True, reason=f"{told}.")
    reason = f"Neither the charter nor a diagnosis says why {' and '.join(unknown)} failed."
    return _finding(Subject(), is_met=False, reason=reason)


def _in_words(failures: Iterable[str]) -> str:
    names: dict[str, str] = {each.id: each.name.casefold() for each in FAILURES}
    return ", ".join(names.get(each, each) for each in failures)


def _changed(
    criterion: Criterion, found: Sequence[Forerunner], charter: Charter
) -> tuple[Finding, ...]:
    failure, after = criterion.subject.get("failure") or "", content(charter)
    compared = [(each, sameness(each, failure, after)) for each in found]
    findings = [
        _finding(
            criterion.subject,
            is_met=not same.is_same,
            reason=f"Beside {each.pilot}, {same.told}.",
        )
        for each, same in compared
        if same is not None
    ]
    if not findings:
        reason = "No earlier charter is in this ledger to compare with."
        return (_finding(criterion.subject, is_met=False, reason=reason),)
    return tuple(sorted(findings, key=lambda finding: finding.state != "failed"))


def _finding(subject: Subject, *, is_met: bool, reason: str) -> Finding:
    return Finding(
        subject=subject,
        state="passed" if is_met else "failed",
        evidence=None,
        bound=float(is_met),
        margin=float(is_met) - 1,
        reason=reason,
    )


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
