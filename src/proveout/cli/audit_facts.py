"""What an audit found, source by source and field by field, as values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from proveout.cli.adhoc import Collected

if TYPE_CHECKING:
    from proveout.checks.readiness.remediation import RemediationItem
    from proveout.checks.readiness.series.timeline import Timeline
    from proveout.evidence.model import Evidence

_FORMS_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldAudit:
    """One field of one source."""

    name: str
    kind: str
    """What it holds: 'integer', 'text' …"""
    filled: float | None
    """Share of records with a value, 0 to 1; None where there are no records."""
    distinct: int | None
    """Different values; None where they were not counted, as for free text."""
    is_distinct_exact: bool
    """False: an estimate, which may be off by a few percent."""
    low: Any
    high: Any
    forms: tuple[str, ...]
    """One example of each way in which texts are written, the usual one first; up to three."""
    usual_share: float | None
    """Share of the values written in the usual way."""
    is_constant: bool
    problems: tuple[RemediationItem, ...]
    """The weightiest first."""

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "name": self.name,
            "type": self.kind,
            "filled": self.filled,
            "distinct_about": self.distinct,
            "distinct_is_exact": self.is_distinct_exact,
            "low": self.low,
            "high": self.high,
            "forms": list(self.forms),
            "usual_form_share": self.usual_share,
            "constant": self.is_constant,
            "problems": [item.id for item in self.problems],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One source."""

    name: str
    n_rows: int
    n_rejects: int
    fields: tuple[FieldAudit, ...]
    exceptions: Evidence | None
    """All kinds together; None where there are no records."""
    kinds: tuple[Evidence, ...]
    """Kinds that occur, the most frequent first."""
    series: Timeline | None = None
    """Its story, where it is a series of files."""
    n_faulty_cells: int = 0
    """Rejects that are cells of rows that were read; the rest of the rejects are rows."""

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "source": self.name,
            "records": self.n_rows,
            "rejects": self.n_rejects,
            "exceptions": None if self.exceptions is None else _share(self.exceptions),
            "kinds": [
                {"kind": each.subject.get("kind"), **_share(each), **_told(each)}
                for each in self.kinds
            ],
            "fields": [field.as_dict() for field in self.fields],
            "series": None if self.series is None else self.series.as_dict(),
        }


def audits_of(collected: Collected, items: Sequence[RemediationItem]) -> list[SourceView]:
    """Put together what was found, source by source."""
    return [_source(collected, each, items) for each in collected.of("readiness.rows")]


def plain_of(
    audits: Sequence[SourceView], items: Sequence[RemediationItem], collected: Collected
) -> dict[str, Any]:
    """Return the plain form."""
    from proveout.checks.readiness.remediation.register import registered

    return {
        "sources": [audit.as_dict() for audit in audits],
        "fix_first": [item.as_dict() for item in items],
        "since": since_of(collected),
        "left": [e.as_dict() for e in registered(collected.evidence) if not e.is_open],
        "not_measured": [each.as_dict() for each in collected.not_measured],
        "evidence": [each.as_dict() for each in collected.evidence],
    }


def since_of(collected: Collected) -> str | None:
    """Return when the audit was that this one is compared with; None where there is none."""
    told = (each.details.get("since") for each in collected.of("readiness.remediation"))
    return next((str(since) for since in told if since is not None), None)


def _source(collected: Collected, rows: Evidence, items: Sequence[RemediationItem]) -> SourceView:
    from proveout.checks.readiness.series.timeline import timeline

    name = rows.subject.get("source") or ""
    rejects = collected.of("readiness.rejects", source=name)
    every = collected.of("readiness.exceptions", source=name)
    kinds = [each for each in every if each.subject.get("kind") and each.value > 0]
    return SourceView(
        name=name,
        n_rows=int(rows.value),
        n_rejects=count_of(rejects[0]) if rejects else 0,
        fields=tuple(_fields_of(collected, name, items)),
        exceptions=next((each for each in every if each.subject.get("kind") is None), None),
        kinds=tuple(sorted(kinds, key=lambda each: -each.value)),
        series=timeline(collected.evidence, name),
        n_faulty_cells=int(rejects[0].details.get("cells") or 0) if rejects else 0,
    )


def _fields_of(
    collected: Collected, source: str, items: Sequence[RemediationItem]
) -> Iterator[FieldAudit]:
    types = _by_column(collected, "readiness.type_conformance", source)
    forms = _by_column(collected, "readiness.format_consistency", source)
    spellings = _by_column(collected, "readiness.category_variants", source)
    constant = {
        name
        for each in collected.of("readiness.constant_columns", source=source)
        for name in each.details.get("columns", ())
    }
    for each in collected.of("readiness.completeness", source=source):
        name = each.subject.get("column") or ""
        form = forms.get(name)
        patterns = form.details["patterns"] if form is not None else []
        found = types[name].details.get("found") if name in types else each.details.get("stored")
        yield FieldAudit(
            name=name,
            kind=str(found or "") if each.value else "nothing",
            filled=each.value,
            distinct=_distinct(each, spellings.get(name)),
            is_distinct_exact=_is_counted(spellings.get(name)),
            low=each.details.get("low"),
            high=each.details.get("high"),
            forms=tuple(each["example"] for each in patterns[:_FORMS_SHOWN]),
            usual_share=form.value if form is not None else None,
            is_constant=name in constant,
            problems=tuple(item for item in items if item.source == source and item.column == name),
        )


def _distinct(filled: Evidence, spelling: Evidence | None) -> int | None:
    """Return how many different values there are: counted, or else about."""
    if spelling is not None and _is_counted(spelling):
        return int(spelling.details["distinct"])
    about = filled.details.get("distinct_about")
    # An estimate may lie above what is possible.
    return None if about is None else min(int(about), count_of(filled))


def _is_counted(spelling: Evidence | None) -> bool:
    return spelling is not None and "distinct" in spelling.details


def _by_column(collected: Collected, metric: str, source: str) -> dict[str, Evidence]:
    return {each.subject.get("column") or "": each for each in collected.of(metric, source=source)}


def _told(evidence: Evidence) -> dict[str, Any]:
    return {name: evidence.details.get(name, []) for name in ("problems", "examples")} | {
        "sites": evidence.details.get("sites", {})
    }


def _share(evidence: Evidence) -> dict[str, Any]:
    interval = evidence.interval
    return {
        "count": count_of(evidence),
        "share": evidence.value,
        "low": None if interval is None else interval.low,
        "high": None if interval is None else interval.high,
        "n": evidence.n,
    }


def count_of(evidence: Evidence) -> int:
    return round(evidence.value * evidence.n)
