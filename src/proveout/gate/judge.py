"""Hold one criterion against the evidence. The rules, worst state first:

failed        the point estimate does not clear the threshold, however old it is
missing       nothing acceptable was found, it rests on no record at all, or the check said that it
              could not measure it
inconclusive  the point clears and the bound of the interval does not; the interval is of a lower
              level than asked; or the check that found it did not come to its end
stale         it clears, and is past its date, older than asked, or of another charter: attested
              when the charter said something else, or measured when it said something else of data,
              system or stress; or of another system than the one that was measured last; or the
              clock says that it is yet to be found
passed        the bound clears the threshold

With '*' every subject must pass and the worst decides; of several facts about one subject the
worst counts. Simulated or attested evidence is never taken where measured is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from proveout.evidence.figures import figure, minute
from proveout.evidence.model import PART_INPUT, SYSTEM_INPUT, Evidence, Subject
from proveout.evidence.outcome import NotMeasured
from proveout.gate.bench import Bench
from proveout.gate.model import Criterion, Finding, State
from proveout.gate.reasons import seen, why_nothing

SEVERITY: Mapping[State, int] = {
    "failed": 5, "missing": 4, "inconclusive": 3, "stale": 2, "waived": 1, "passed": 0,
}  # fmt: skip

CLOCKS_APART = timedelta(minutes=5)
"""How far the clocks of two machines that share a ledger may differ."""


def judge(criterion: Criterion, bench: Bench) -> tuple[Finding, ...]:
    """Return what became of the criterion for each subject, worst first; never empty."""
    known = [
        found
        for found in bench.by_metric.get(criterion.metric, [])
        if found.subject.matches(criterion.subject)
    ]
    accepted = [found for found in known if _is_accepted(found, criterion)]
    findings = [_hold(found, criterion, bench) for found in accepted if found.n]
    findings += [
        missing(found.subject, f"{seen(found, criterion)}, but it rests on nothing.")
        for found in accepted
        if not found.n
    ]
    findings += _not_measured(criterion, accepted, bench)
    if not findings:
        findings = [missing(criterion.subject, f"{why_nothing(criterion, known, bench)}.")]
    return tuple(sorted(findings, key=_worst_first))


def missing(subject: Subject, reason: str) -> Finding:
    """Return the finding that there is nothing, and why."""
    return Finding(
        subject=subject, state="missing", evidence=None, bound=None, margin=None, reason=reason
    )


def is_surely_broken(finding: Finding, criterion: Criterion) -> bool:
    """Tell whether even the favourable end of the interval misses the threshold."""
    found = finding.evidence
    if finding.state != "failed" or found is None:
        return False
    if found.interval is None:
        return True
    is_floor = criterion.comparison == ">="
    return not _clears(found.interval.high if is_floor else found.interval.low, criterion)


def _is_accepted(found: Evidence, criterion: Criterion) -> bool:
    return found.basis in criterion.bases and criterion.scope in (None, found.scope)


def _clears(value: float, criterion: Criterion) -> bool:
    is_floor = criterion.comparison == ">="
    return value >= criterion.threshold if is_floor else value <= criterion.threshold


def _hold(found: Evidence, criterion: Criterion, bench: Bench) -> Finding:
    is_floor = criterion.comparison == ">="
    bound = found.value
    if found.interval is not None:
        bound = found.interval.low if is_floor else found.interval.high
    margin = bound - criterion.threshold if is_floor else criterion.threshold - bound
    state, remark = _state(found, criterion, bench, bound=bound)
    return Finding(
        subject=found.subject,
        state=state,
        evidence=found,
        bound=bound,
        margin=margin,
        reason=f"{seen(found, criterion)}{remark}.",
    )


def _state(
    found: Evidence, criterion: Criterion, bench: Bench, *, bound: float
) -> tuple[State, str]:
    if not _clears(found.value, criterion):
        # What failed once may be put right by now; old or not, it is no pass.
        old = _staleness(found, criterion, bench)
        return "failed", "" if old is None else f"; {old}, so measure it again"
    if not _clears(bound, criterion):
        return "inconclusive", ", which the bound does not reach"
    interval = found.interval
    if interval is not None and interval.level < criterion.confidence - 1e-9:
        return "inconclusive", f" at {figure(criterion.confidence, 'fraction')} confidence"
    broken_off = bench.broken_off(found)
    if broken_off is not None:
        return "inconclusive", f", but {broken_off}, so it may not be all"
    staleness = _staleness(found, criterion, bench)
    return ("passed", "") if staleness is None else ("stale", f", but {staleness}")


def _staleness(found: Evidence, criterion: Criterion, bench: Bench) -> str | None:
    if found.valid_until is not None and bench.now > found.valid_until:
        return f"it was valid until {found.valid_until:%Y-%m-%d}"
    age = bench.now - found.observed_at
    if age < -CLOCKS_APART:
        return f"it is of {minute(found.observed_at)}, which is to come: a clock was set back"
    if criterion.max_age is not None and age > criterion.max_age:
        return f"it is {age.days} days old and may be {criterion.max_age.days}"
    return _what_changed(found, bench)


def _what_changed(found: Evidence, bench: Bench) -> str | None:
    if found.inputs.get(SYSTEM_INPUT) not in (None, bench.system):
        return "another system was measured since"
    if bench.is_of_this_charter(found):
        return None
    if found.basis == "attested":
        is_of_part = any(name.startswith(PART_INPUT) for name in found.inputs)
        what = "the part of the charter" if is_of_part else "the charter"
        return f"{what} that it was said of has changed since"
    return "the charter has changed since in what it says of data, system or stress"


def _not_measured(criterion: Criterion, accepted: list[Evidence], bench: Bench) -> list[Finding]:
    """Return what the checks could not measure and this criterion asks for."""
    have = {found.subject for found in accepted}
    findings = []
    for outcome in bench.dossier.outcomes:
        for item in outcome.not_measured:
            if not _concerns(item, criterion) or _is_of_other_scope(item, criterion, bench):
                continue
            if item.subject in have or (have and not _has_star(criterion)):
                continue
            about = f"{item.subject}: " if item.subject.parts else ""
            step = f" {item.next_step}" if item.next_step else ""
            findings.append(missing(item.subject, f"{about}{item.reason.rstrip('.')}.{step}"))
    return findings


def _concerns(item: NotMeasured, criterion: Criterion) -> bool:
    """Tell whether a figure that could not be had is one, or holds one, that is asked for."""
    asked = criterion.subject.as_dict()
    return item.metric == criterion.metric and all(
        name in asked and (asked[name] == value or "*" in (asked[name], value))
        for name, value in item.subject.parts
    )


def _has_star(criterion: Criterion) -> bool:
    return any(value == "*" for _, value in criterion.subject.parts)


def _is_of_other_scope(item: NotMeasured, criterion: Criterion, bench: Bench) -> bool:
    """Tell whether the source is known, and only on another scope than the one asked for."""
    source = item.subject.get("source")
    if source is None or criterion.scope is None:
        return False
    scopes = {
        found.scope for found in bench.dossier.evidence if found.subject.get("source") == source
    }
    return bool(scopes) and criterion.scope not in scopes


def _worst_first(finding: Finding) -> tuple[float, float, str, str, str, str]:
    """Order by what decides; the rest of the key keeps the order of evidence from mattering."""
    found, margin = finding.evidence, finding.margin
    return (
        -SEVERITY[finding.state],
        float("-inf") if margin is None else margin,
        str(finding.subject),
        finding.reason,
        "" if found is None else found.check.name,
        "" if found is None else found.observed_at.isoformat(),
    )
