"""Which metrics a place of the charter has to do with."""

from __future__ import annotations

from proveout.charter.sealing.differences import Difference, Pattern
from proveout.charter.sealing.effects import DefaultLine, Defaults
from proveout.evidence.catalogue import Catalogue

_SILENT = ("quality.silent_failure", "stress.silent_failure", "stress.worst_silent_failure")

_LET_THROUGH = (
    "confidence.*",
    "stress.error_let_through",
    "stress.share_let_through",
    "stress.worst_error_let_through",
)

_RETURN = ("value.net_per_month", "value.npv", "value.payback_months", "value.return_share")

_BY_PLACE: dict[Pattern, tuple[str, ...]] = {
    ("adoption",): ("adoption.*",),
    ("assumptions",): ("assumption.holds",),
    ("budget",): ("cost.*",),
    ("change",): ("governance.*", "people.*"),
    ("data",): ("readiness.*", "quality.*", "stress.*", "confidence.*"),
    ("data", "fields"): ("readiness.*",),
    ("data", "freshness_hours"): ("readiness.newest_age",),
    ("data", "order"): ("readiness.timestamp_conflicts", "readiness.exceptions"),
    ("data", "references"): ("readiness.unresolved_references", "readiness.exceptions"),
    ("data", "required"): ("readiness.required_completeness",),
    ("data", "slices"): ("quality.worst_slice",),
    ("gateway",): ("latency.*", "exceptions.*"),
    ("governance",): ("governance.*",),
    ("integration",): ("governance.declared",),
    ("kpis",): ("value.kpi",),
    ("kpis", "*", "measured"): ("value.*",),
    ("legal",): ("governance.legal_signed",),
    ("load",): ("load.*",),
    ("milestones",): ("governance.declared",),
    ("monitoring",): ("drift.*", "adoption.*", "latency.*", "exceptions.*"),
    ("outcome",): ("governance.declared",),
    ("people",): ("governance.declared",),
    ("predecessors",): ("governance.predecessor_addressed",),
    ("process",): ("governance.declared",),
    ("production_design",): ("governance.declared",),
    ("rollback",): ("governance.declared",),
    ("stress",): ("stress.*", "confidence.*"),
    ("stress", "max_quality_drop"): ("stress.quality_drop", "stress.worst_quality_drop"),
    ("stress", "max_silent_failure"): ("stress.silent_failure", "stress.worst_silent_failure"),
    ("system",): ("quality.*", "stress.*", "confidence.*"),
    ("system", "confident_at"): _SILENT,
    ("system", "let_through"): _LET_THROUGH,
    ("value",): ("value.*",),
    ("value", "returns"): _RETURN,
}
"""The longest place that fits counts; '.*' stands for every metric of the family."""


def concerns_of(
    difference: Difference, catalogue: Catalogue | None, defaults: Defaults
) -> tuple[str, ...]:
    """Return the names of the metrics whose judgement depends on a value."""
    names = [name for place in _places(difference.pattern) for name in _unfold(place, catalogue)]
    if difference.pattern[0] == "standard":
        names += [line.metric for line in _lines_of(difference.name or "", defaults)]
    if difference.pattern[0] in ("acceptance", "assumptions"):
        owners = (difference.owner_before, difference.owner_after)
        names += [str(it["metric"]) for it in owners if isinstance(it, dict) and it.get("metric")]
    return tuple(dict.fromkeys(names))


def _lines_of(criterion: str, defaults: Defaults) -> list[DefaultLine]:
    """Return the default line of a criterion; 'scale.kpi-waiting' comes from 'scale.kpi'."""
    if criterion in defaults:
        return [defaults[criterion]]
    return [line for name, line in defaults.items() if criterion.startswith(f"{name}-")]


def _places(pattern: Pattern) -> tuple[str, ...]:
    for length in range(len(pattern), 0, -1):
        if pattern[:length] in _BY_PLACE:
            return _BY_PLACE[pattern[:length]]
    return ()


def _unfold(name: str, catalogue: Catalogue | None) -> list[str]:
    if not name.endswith(".*"):
        return [name]
    return [metric.name for metric in catalogue or () if metric.name.startswith(name[:-1])]
