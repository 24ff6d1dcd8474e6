"""From the figures of a source to evidence."""

from __future__ import annotations

from collections.abc import Iterator

from proveout.checks.contract import CheckContext, Finding
from proveout.checks.readiness.audit import SourceAudit
from proveout.checks.readiness.lost import lost_examples, lost_rows
from proveout.checks.readiness.telling import exceptions, fields, records, unanswered
from proveout.checks.readiness.telling.reading import how_read, n_faulty_cells
from proveout.checks.readiness.telling.sheets import sheets_in_words
from proveout.checks.readiness.telling.writer import Writer
from proveout.evidence.model import Scope

_NO_RECORDS = (
    "completeness", "record_completeness", "type_conformance", "duplicate_rows", "exceptions",
    "timestamp_conflicts", "constant_columns",
)  # fmt: skip
"""What an audit of an empty source is missed for."""


def findings(context: CheckContext, audit: SourceAudit, scope: Scope) -> Iterator[Finding]:
    """Yield all findings about one source by itself."""
    write = Writer(context=context, scope=scope, audit=audit)
    yield write.found("rows", audit.n_rows, n=audit.n_rows, read=sheets_in_words(audit.opened))
    yield from _rejects(write)
    yield from how_read(write)
    if audit.exceptions is None:
        for what in _NO_RECORDS:
            yield write.missed(what, "the source holds no records", "Give data with records.")
        yield from _required_of_nothing(write)
        return
    yield from unanswered.instead(write, _figures(write))


def _figures(write: Writer) -> Iterator[Finding]:
    audit = write.audit
    for tally in audit.columns:
        yield from fields.column(write, tally)
    yield from fields.required(write)
    yield from records.completeness(write)
    yield from records.repeats(write)
    yield from records.moments(write)
    yield from records.references(write)
    yield from exceptions.of_each_kind(write)


def _rejects(write: Writer) -> Iterator[Finding]:
    audit = write.audit
    total = audit.n_rows + audit.n_rejects
    if not total:
        yield write.missed("rejects", "the source holds no records", "Give data with records.")
        return
    yield write.share(
        "rejects", audit.n_rejects, total,
        reasons=lost_rows(audit.opened),
        cells=n_faulty_cells(audit.opened) or None,
        documents=audit.opened.source.documents or None,
        examples=[
            {"file": r.file, "line": r.line, "reason": r.reason, "raw": r.raw[:200]}
            for r in (lost_examples(audit.opened) if audit.n_rejects else [])
        ],
    )  # fmt: skip


def _required_of_nothing(write: Writer) -> Iterator[Finding]:
    for name in write.audit.rules.data.required_columns:
        yield write.missed(
            "required_completeness", "the source holds no records", "Give data with records.",
            subject=write.subject(column=name),
        )  # fmt: skip
