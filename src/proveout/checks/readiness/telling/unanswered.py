"""What the engine of a source cannot be asked, and what is therefore not measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from proveout.checks.contract import Finding
from proveout.checks.readiness.audit import SourceAudit
from proveout.checks.readiness.conditions import can_tell
from proveout.checks.readiness.tally import wanted_type
from proveout.checks.readiness.telling.writer import Writer
from proveout.evidence.model import Evidence
from proveout.evidence.outcome import NotMeasured
from proveout.intake.databases.abilities import abilities_of

_NEXT = "Audit an extract of this table, as Parquet or CSV."


def instead(write: Writer, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Pass findings on, but for those that the engine could only count in part.

    These are not measured: half an answer would look like a good one.
    """
    open_ = {(each.metric, each.subject): each for each in _unanswered(write)}
    for finding in findings:
        if not isinstance(finding, Evidence) or (finding.metric, finding.subject) not in open_:
            yield finding
    yield from open_.values()


def _unanswered(write: Writer) -> Iterator[NotMeasured]:
    audit = write.audit
    abilities = abilities_of(audit.opened.table)
    if abilities.matches or audit.exceptions is None:
        return
    kinds: set[str] = set()
    for what, kind, column in _by_column(audit):
        kinds.add(kind)
        reason = f"{abilities.label} knows no patterns, by which the texts of {column} are told"
        subject = write.subject() if what == "timestamp_conflicts" else write.subject(column=column)
        yield write.missed(what, reason, _NEXT, subject=subject)
    subjects = [write.subject(), *(write.subject(kind=kind) for kind in sorted(kinds))]
    for subject in subjects if kinds else ():
        reason = f"{abilities.label} knows no patterns, which part of the exceptions are told by"
        yield write.missed("exceptions", reason, _NEXT, subject=subject)


def _by_column(audit: SourceAudit) -> Iterator[tuple[str, str, str]]:
    """Yield metric, kind of exception and column of what takes patterns to tell."""
    table = audit.opened.table
    for column in audit.rules.columns:
        look = audit.rules.looks[column.name]
        wanted = wanted_type(column, look)
        if wanted is not None and not can_tell(table, column, wanted):
            yield "type_conformance", "wrong-type", column.name
            if look.fences is not None:
                yield "outliers", "wrong-type", column.name
        if column.declared.pattern is not None:
            yield "out_of_range", "out-of-range", column.name
        if column.kind == "text" and look.date_format is not None:
            yield "timestamp_conflicts", "timestamp-conflict", column.name
