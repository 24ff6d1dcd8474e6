"""From the figures of a source to evidence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from proveout.checks.contract import CheckContext, Finding
from proveout.checks.readiness.audit import SourceAudit
from proveout.checks.readiness.columns import named
from proveout.checks.readiness.conditions import as_moment
from proveout.checks.readiness.patterns import Patterns
from proveout.checks.readiness.repeats import Group
from proveout.checks.readiness.tally import ColumnTally, Misfits
from proveout.evidence.model import Evidence, Interval, Scope, Subject
from proveout.evidence.outcome import NotMeasured

_NO_RECORDS = (
    "completeness", "record_completeness", "type_conformance", "duplicate_rows", "exceptions",
    "timestamp_conflicts", "constant_columns",
)  # fmt: skip
"""What an audit of an empty source is missed for."""
_SHOWN = 10
"""Sites, patterns or variants that the details list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    """Makes evidence about one source."""

    context: CheckContext
    scope: Scope
    audit: SourceAudit

    def subject(self, **narrower: str | None) -> Subject:
        return Subject.of(source=self.audit.name, **narrower)

    def found(
        self, what: str, value: float, *, n: int, interval: Interval | None = None,
        subject: Subject | None = None, **details: Any,
    ) -> Evidence:  # fmt: skip
        """Write down a figure."""
        return self.context.found(
            f"readiness.{what}",
            value,
            n=n,
            scope=self.scope,
            subject=subject or self.subject(),
            interval=interval,
            inputs={f"data:{self.audit.name}": self.audit.opened.fingerprint},
            details={name: value for name, value in details.items() if value not in (None, {}, [])},
        )

    def share(
        self, what: str, n_with: int, n: int, *, subject: Subject | None = None, **details: Any
    ) -> Finding:
        """Write down a share of n with its Wilson interval; not measured where n is 0."""
        from proveout.statistics import wilson

        if n == 0:
            return self.missed(what, "there is no value to judge", subject=subject)
        interval = wilson(n_with, n)
        return self.found(
            what, n_with / n, n=n, interval=interval, subject=subject, count=n_with, **details
        )

    def missed(
        self, what: str, reason: str, next_step: str = "", *, subject: Subject | None = None
    ) -> NotMeasured:
        """Say that a figure could not be had."""
        return NotMeasured(
            metric=f"readiness.{what}",
            subject=subject or self.subject(),
            reason=reason,
            next_step=next_step,
        )


def findings(context: CheckContext, audit: SourceAudit, scope: Scope) -> Iterator[Finding]:
    """Yield all findings about one source by itself."""
    write = _Writer(context=context, scope=scope, audit=audit)
    yield write.found("rows", audit.n_rows, n=audit.n_rows)
    yield from _rejects(write)
    if audit.exceptions is None:
        for what in _NO_RECORDS:
            yield write.missed(what, "the source holds no records", "Give data with records.")
        yield from _required_of_nothing(write)
        return
    for tally in audit.columns:
        yield from _column(write, tally)
    yield from _required(write)
    yield from _record(write)
    yield from _repeats(write)
    yield from _moments(write)
    yield from _references(write)
    yield from _exceptions(write)


def _rejects(write: _Writer) -> Iterator[Finding]:
    audit = write.audit
    total = audit.n_rows + audit.n_rejects
    if not total:
        yield write.missed("rejects", "the source holds no records", "Give data with records.")
        return
    rejects = audit.opened.rejects
    yield write.share(
        "rejects", audit.n_rejects, total,
        reasons=dict(rejects.by_reason()),
        examples=[
            {"file": r.file, "line": r.line, "reason": r.reason, "raw": r.raw[:200]}
            for r in (rejects.examples(3) if audit.n_rejects else [])
        ],
    )  # fmt: skip


def _required_of_nothing(write: _Writer) -> Iterator[Finding]:
    for name in write.audit.rules.data.required_columns:
        yield write.missed(
            "required_completeness", "the source holds no records", "Give data with records.",
            subject=write.subject(column=name),
        )  # fmt: skip


def _column(write: _Writer, tally: ColumnTally) -> Iterator[Finding]:
    column, audit = tally.column, write.audit
    subject = write.subject(column=column.name)
    yield write.share(
        "completeness", tally.n_present, tally.n_rows, subject=subject,
        missing=tally.n_missing,
        stored=column.stored,
        distinct_about=tally.n_distinct,
        low=plain(tally.low),
        high=plain(tally.high),
        mean=plain(tally.mean),
        stand_ins=dict(audit.stand_ins.get(column.name, {})),
    )  # fmt: skip
    yield write.share(
        "type_conformance", tally.n_present - tally.wrong_type.n, tally.n_present, subject=subject,
        **_misfits(tally.wrong_type),
        stored=column.stored,
        declared=column.declared.type,
        found=tally.wanted or column.kind,
    )  # fmt: skip
    if tally.out_of_range is not None:
        yield write.share(
            "out_of_range", tally.out_of_range.n, tally.n_present, subject=subject,
            **_misfits(tally.out_of_range),
            low=plain(tally.low),
            high=plain(tally.high),
            declared=column.declared.model_dump(
                mode="json", include={"min", "max", "values", "pattern"}, exclude_defaults=True
            ),
        )  # fmt: skip
    yield from _outliers(write, tally, subject)
    yield from _format(write, tally, subject)
    report = audit.variants.get(column.name)
    if report is not None and report.applicable:
        yield write.share(
            "category_variants", report.n_variants, report.n_values, subject=subject,
            distinct=report.n_distinct,
            variants=[
                {"text": v.text, "n": v.n, "of": v.of, "n_of": v.n_of, "why": v.why}
                for v in report.variants[:_SHOWN]
            ],
        )  # fmt: skip


def _misfits(misfits: Misfits) -> dict[str, Any]:
    return {"misfits": misfits.n, "examples": list(misfits.examples)}


def _outliers(write: _Writer, tally: ColumnTally, subject: Subject) -> Iterator[Finding]:
    look = write.audit.rules.looks[tally.column.name]
    if tally.outliers is None:
        if look.n_figures:
            yield write.missed(
                "outliers", "most figures of the field are equal: no spread to judge by",
                subject=subject,
            )  # fmt: skip
        return
    fences = look.fences
    yield write.share(
        "outliers", tally.outliers.n, tally.n_present - tally.wrong_type.n, subject=subject,
        examples=list(tally.outliers.examples),
        fences=None if fences is None else [plain(fences.low), plain(fences.high)],
        quartiles=None if look.quartiles is None else [plain(q) for q in look.quartiles],
        quartiles_from=look.n_figures,
    )  # fmt: skip


def _format(write: _Writer, tally: ColumnTally, subject: Subject) -> Iterator[Finding]:
    found = write.audit.patterns.get(tally.column.name)
    dominant = None if found is None else found.dominant
    if found is None or dominant is None:
        return
    yield write.share(
        "format_consistency", dominant[1], found.n, subject=subject,
        dominant=dominant[0],
        patterns=_patterns(found),
        counted_on="all values" if found.exact else "a sample of the values",
    )  # fmt: skip


def _patterns(found: Patterns) -> list[dict[str, Any]]:
    masks = found.masks()
    return [
        {"pattern": mask, "n": n, "share": n / found.n, "example": masks.examples[mask][:200]}
        for mask, n in masks.counts.most_common(_SHOWN)
    ]


def _required(write: _Writer) -> Iterator[Finding]:
    audit = write.audit
    if not audit.rules.data.required_columns:
        yield write.missed(
            "required_completeness",
            "no field is declared as required",
            "Name under data.required what the system needs in every record.",
        )
    for problem in audit.problems:
        if problem.kind != "missing-required":
            continue
        name = problem.columns[0]
        absent = name in audit.rules.absent
        yield write.share(
            "required_completeness", audit.n_rows - problem.n, audit.n_rows,
            subject=write.subject(column=name),
            missing=problem.n,
            why="the source has no column of this name" if absent else None,
        )  # fmt: skip
        for site, n in _sites(audit).items():
            n_missing = problem.by_site.get(site, problem.n)
            yield write.share(
                "required_completeness", n - n_missing, n,
                subject=write.subject(column=name, site=site),
                missing=n_missing,
            )  # fmt: skip


def _sites(audit: SourceAudit) -> Mapping[str, int]:
    """Return the records of each site, from the column of sites or the source as a whole."""
    if audit.exceptions is not None and audit.exceptions.rows_by_site:
        return audit.exceptions.rows_by_site
    site = audit.opened.source.site
    return {} if site is None else {site: audit.n_rows}


def _record(write: _Writer) -> Iterator[Finding]:
    audit = write.audit
    found = audit.exceptions
    if found is None:
        return
    yield write.share(
        "record_completeness", audit.n_rows - found.n_incomplete, audit.n_rows,
        fields=list(audit.rules.data.required_columns) or "all, for none is declared as required",
    )  # fmt: skip
    constant = [tally.column.name for tally in audit.columns if tally.is_constant]
    yield write.found("constant_columns", len(constant), n=audit.n_rows, columns=constant)


def _repeats(write: _Writer) -> Iterator[Finding]:
    audit, repeats = write.audit, write.audit.repeats
    if repeats is None:
        yield write.missed("duplicate_rows", "no column of the source can be compared")
        return
    yield write.share(
        "duplicate_rows", repeats.n_rows, audit.n_rows, examples=_groups(repeats.row_groups)
    )
    if repeats.n_keys is not None:
        yield write.share(
            "duplicate_keys", repeats.n_keys, repeats.n_keyed, examples=_groups(repeats.key_groups)
        )
    elif not audit.rules.data.key:
        yield write.missed(
            "duplicate_keys", "no key is declared", "Name the columns that name a record: data.key"
        )
    else:
        have = {tally.column.name for tally in audit.columns}
        absent = [name for name in audit.rules.data.key if name not in have]
        yield write.missed(
            "duplicate_keys",
            f"the source has no column {', '.join(absent)}",
            "Correct data.key, or the source.",
        )


def _groups(groups: Sequence[Group]) -> list[dict[str, Any]]:
    return [{"records": group.n, **group.values} for group in groups]


def _moments(write: _Writer) -> Iterator[Finding]:
    audit, data = write.audit, write.audit.rules.data
    mine = [p for p in audit.problems if p.kind == "timestamp-conflict"]
    if not mine or audit.exceptions is None:
        yield write.missed(
            "timestamp_conflicts",
            "no field is known to hold moments of the process",
            "Name data.timestamp, and with data.order which moment comes before which.",
        )
    else:
        yield write.share(
            "timestamp_conflicts", audit.exceptions.by_kind["timestamp-conflict"], audit.n_rows,
            conflicts=[{"what": p.what, "n": p.n} for p in mine],
            examples=audit.examples.get("timestamp-conflict"),
            sites=_by_site(audit, "timestamp-conflict"),
        )  # fmt: skip
    for name in _order_absent(audit):
        yield write.missed(
            "timestamp_conflicts",
            f"data.order names {name}, which the source does not hold as a moment",
            "Correct data.order, or the source.",
            subject=write.subject(),
        )
    if data.timestamp is None:
        return
    if audit.newest is None:
        yield write.missed(
            "newest_age",
            f"data.timestamp names {data.timestamp}, in which no moment up to now was found",
            "Name a column of dates or timestamps.",
        )
        return
    age = (write.context.now - audit.newest).total_seconds() / 3600
    yield write.found(
        "newest_age", max(0.0, age), n=audit.n_rows,
        newest=audit.newest.isoformat(), column=data.timestamp,
    )  # fmt: skip


def _order_absent(audit: SourceAudit) -> list[str]:
    names = [name for order in audit.rules.data.order for name in (order.earlier, order.later)]
    table = audit.opened.table
    return [
        name
        for name in dict.fromkeys(names)
        if (column := named(audit.rules.columns, name)) is None
        or (column.kind not in ("integer", "float", "time") and as_moment(table, column) is None)
    ]


def _references(write: _Writer) -> Iterator[Finding]:
    audit = write.audit
    by_column = {t.column.name: t for t in audit.columns}
    for reference in audit.rules.data.references:
        subject = write.subject(column=reference.column)
        what = f"{reference.column} is not in {reference.source}.{reference.key}"
        problem = next((p for p in audit.problems if p.what == what), None)
        if problem is None:
            have_column = reference.column in by_column
            reason = (
                f"there is no {reference.source}.{reference.key} to look values up in"
                if have_column
                else f"the source has no column {reference.column}"
            )
            yield write.missed(
                "unresolved_references", reason, "Correct data.references.", subject=subject
            )
            continue
        yield write.share(
            "unresolved_references", problem.n, by_column[reference.column].n_present,
            subject=subject,
            reference=f"{reference.source}.{reference.key}",
            examples=audit.unresolved.get(what),
        )  # fmt: skip


def _exceptions(write: _Writer) -> Iterator[Finding]:
    audit, found = write.audit, write.audit.exceptions
    if found is None:
        return
    counts: dict[str, int] = dict(found.by_kind)
    if audit.repeats is not None:
        repeats = audit.repeats
        counts["duplicate"] = repeats.n_duplicates
    counts["reject"] = audit.n_rejects
    total = audit.n_rows + audit.n_rejects
    more = 0 if audit.repeats is None else audit.repeats.n_more
    yield write.share(
        "exceptions", found.n_any + more + audit.n_rejects, total,
        kinds={kind: n for kind, n in counts.items() if n},
    )  # fmt: skip
    for kind, n in counts.items():
        yield write.share(
            "exceptions", n, total, subject=write.subject(kind=kind),
            problems=[
                {"what": p.what, "n": p.n} for p in audit.problems if p.kind == kind and p.n
            ][:_SHOWN],
            examples=_examples(audit, kind),
            sites=_by_site(audit, kind),
        )  # fmt: skip


def _examples(audit: SourceAudit, kind: str) -> list[dict[str, Any]]:
    if kind == "duplicate" and audit.repeats is not None:
        return _groups(audit.repeats.key_groups or audit.repeats.row_groups)
    if kind == "reject" and audit.n_rejects:
        return [{"file": r.file, "line": r.line} for r in audit.opened.rejects.examples(3)]
    return [
        dict(record)
        for name, records in audit.examples.items()
        if name == kind
        for record in records
    ]


def _by_site(audit: SourceAudit, kind: str) -> dict[str, int]:
    """Return the sites with most of a kind of exception."""
    by_site = {} if audit.exceptions is None else audit.exceptions.by_site.get(kind, {})
    ranked = sorted(by_site.items(), key=lambda pair: (-pair[1], pair[0]))
    return {site: n for site, n in ranked[:_SHOWN] if n}


def plain(value: Any) -> Any:
    """Return a figure or moment as JSON can hold it."""
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, datetime):
        return (value if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    try:
        figure = float(value)
    except (TypeError, ValueError):
        return str(value)
    return figure if math.isfinite(figure) else str(figure)
