"""The findings about whole records: complete, repeated, in order, resolved."""

from __future__ import annotations

from collections.abc import Iterator

from proveout.charter.schema import Reference
from proveout.checks.contract import Finding
from proveout.checks.readiness.audit import SourceAudit
from proveout.checks.readiness.columns import named
from proveout.checks.readiness.conditions import as_moment
from proveout.checks.readiness.telling.writer import Writer, by_site, groups


def completeness(write: Writer) -> Iterator[Finding]:
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


def repeats(write: Writer) -> Iterator[Finding]:
    audit, repeats = write.audit, write.audit.repeats
    if repeats is None:
        yield write.missed("duplicate_rows", "no column of the source can be compared")
        return
    yield write.share(
        "duplicate_rows", repeats.n_rows, audit.n_rows, examples=groups(repeats.row_groups)
    )
    if repeats.n_keys is not None:
        yield write.share(
            "duplicate_keys", repeats.n_keys, repeats.n_keyed, examples=groups(repeats.key_groups)
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


def moments(write: Writer) -> Iterator[Finding]:
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
            sites=by_site(audit, "timestamp-conflict"),
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


def references(write: Writer) -> Iterator[Finding]:
    audit = write.audit
    by_column = {t.column.name: t for t in audit.columns}
    for reference in audit.rules.data.references:
        subject = write.subject(column=reference.column)
        what = f"{reference.column} is not in {reference.source}.{reference.key}"
        problem = next((p for p in audit.problems if p.what == what), None)
        if problem is None:
            reason, next_step = _why_not(audit, reference, reference.column in by_column)
            yield write.missed("unresolved_references", reason, next_step, subject=subject)
            continue
        yield write.share(
            "unresolved_references", problem.n, by_column[reference.column].n_present,
            subject=subject,
            reference=f"{reference.source}.{reference.key}",
            examples=audit.unresolved.get(what),
        )  # fmt: skip


def _why_not(audit: SourceAudit, reference: Reference, has_column: bool) -> tuple[str, str]:
    """Say why values could not be looked up, and what to do."""
    if not has_column:
        return f"the source has no column {reference.column}", "Correct data.references."
    most = audit.rules.references.too_long.get((reference.source, reference.key))
    if most is None:
        reason = f"there is no {reference.source}.{reference.key} to look values up in"
        return reason, "Correct data.references."
    return (
        f"{reference.source}.{reference.key} lies elsewhere and holds more than {most:,} values, "
        "too many to tell the server",
        "Put the list on the server of the records, or audit an extract of both.",
    )
