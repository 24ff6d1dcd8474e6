"""What people have declared: governance and change."""

from __future__ import annotations

from dataclasses import dataclass

from proveout.evidence.figures import figure
from proveout.report.model import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One item of the checklist."""

    what: str
    is_there: bool
    figure: str
    said_by: str
    missing: str


def declarations(report: Report) -> tuple[Declared, ...]:
    """List what was declared and what was not; the gaps first."""
    rows = []
    for e in report.evidence:
        if e.basis != "attested" or e.check.name in _ELSEWHERE:
            continue
        part = e.subject.get("part") or e.subject.get("role")
        name = e.metric.partition(".")[2].replace("_", " ")
        rows.append(
            Declared(
                what=_in_words(part) if part else name,
                is_there=e.value > 0,
                figure=figure(e.value, e.unit, e.interval),
                said_by=e.person or "",
                missing=", ".join(map(str, e.details.get("missing") or ())),
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.is_there, row.what)))


_ELSEWHERE = {"value", "diagnosis"}
"""Their figures rest on somebody's word as well, and are no declarations: they have sections of
their own."""

_WORDS = {
    "will-and-will-not": "what it will and will not do",
    "kpis": "KPIs",
    "kpi-baselines": "baselines of the KPIs",
    "kpi-thresholds": "thresholds of the KPIs",
    "distinct-owner": "production owner besides the project owner",
}
"""Parts whose id would not read as what is declared."""


def _in_words(part: str) -> str:
    return _WORDS.get(part, part.replace("-", " "))
