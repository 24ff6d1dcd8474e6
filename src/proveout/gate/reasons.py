"""The sentences of a finding: what was seen, and why nothing was."""

from __future__ import annotations

from collections.abc import Sequence

from proveout.evidence.figures import evidence_figure, figure, span
from proveout.evidence.model import Evidence
from proveout.gate.bench import Bench, ended
from proveout.gate.demand import demand
from proveout.gate.model import Criterion
from proveout.gate.standards import QUALITY_AGREED, SCOPE_WORDS


def seen(found: Evidence, criterion: Criterion) -> str:
    """Say what was found, on how much, how surely, and what is asked."""
    said = _said(found, criterion)
    if found.unit == "flag":
        return said
    return f"{said}; asked is {demand(criterion.comparison, criterion.threshold, found.unit)}"


def _said(found: Evidence, criterion: Criterion) -> str:
    subject = f"{found.subject}: " if found.subject != criterion.subject else ""
    value = evidence_figure(found)
    if found.value != criterion.threshold and value == figure(criterion.threshold, found.unit):
        # Rounded to what is asked for, it would read as if it were reached.
        value = figure(found.value, found.unit)
    if "at" in found.details:
        value += f" at '{found.details['at']}'"
    if found.basis == "attested":
        missing = found.details.get("missing")
        if missing:  # nobody said so: it is what the charter does not say
            return f"{subject}{value}: the charter lacks {', '.join(map(str, missing))}"
        return f"{subject}{value}, says {found.person}"
    if found.interval is None:
        return f"{subject}{value} (n = {found.n:,})"
    level = figure(found.interval.level, "fraction")
    within = span(found.interval, found.unit)
    return f"{subject}{value} ({level} interval {within}, n = {found.n:,})"


def why_nothing(criterion: Criterion, unaccepted: Sequence[Evidence], bench: Bench) -> str:
    """Say why there is no acceptable figure for a criterion."""
    if criterion.metric == QUALITY_AGREED:
        return "no line of acceptance holds the answers on production, so none is too bad"
    return _unaccepted(criterion, unaccepted) or _unmeasured(criterion, bench)


def _unaccepted(criterion: Criterion, unaccepted: Sequence[Evidence]) -> str | None:
    in_order = sorted(unaccepted, key=lambda found: (found.basis, found.scope, found.value))
    for found in in_order:
        value = evidence_figure(found)
        if found.basis not in criterion.bases:
            asked = " or ".join(criterion.bases)
            return f"there is only a figure that is {found.basis} ({value}); it must be {asked}"
    for found in in_order:
        value = evidence_figure(found)
        if found.metric.startswith("value.") and found.scope == "pilot":
            told = str(found.details.get("volunteers") or "").rstrip(".")
            return (
                f"there is only a figure of the pilot ({value}); it must be of everyday use"
                + f". {told}" * bool(told)
            )
        if criterion.scope is not None:
            return (
                f"there is only a figure on {SCOPE_WORDS[found.scope]} ({value}); "
                f"it must be on {SCOPE_WORDS[criterion.scope]}"
            )
    return None


def _unmeasured(criterion: Criterion, bench: Bench) -> str:
    metric = criterion.metric
    if metric not in bench.measured_by and criterion.bases == ("attested",):
        return "nobody has attested it"
    check = bench.measured_by.get(metric, metric.partition(".")[0])
    outcome = bench.outcomes.get(check)
    if outcome is not None:
        gave_none = f"the check '{check}' ran and gave no such figure"
        return gave_none if outcome.status == "done" else ended(outcome)
    if metric in bench.measured_by:
        return f"the check '{check}' has not run yet"
    if "attested" in criterion.bases:
        return "nobody has attested it"
    return "no check of this version measures it"
