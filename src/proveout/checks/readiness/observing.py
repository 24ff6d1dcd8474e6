"""What an audit saw, as a contract can say it."""

from __future__ import annotations

from datetime import datetime

from proveout.charter.contract import ObservedField, ObservedTable
from proveout.checks.readiness.audit import SourceAudit
from proveout.checks.readiness.columns import Column
from proveout.checks.readiness.engine import count_texts, rows
from proveout.checks.readiness.patterns import Patterns
from proveout.checks.readiness.tally import ColumnTally
from proveout.checks.readiness.telling.writer import plain
from proveout.intake.databases import without_password
from proveout.statistics import wilson

_MOST_VALUES = 30
"""So many different values are a list that a person can agree to."""
_CHARTER_TYPES = {"float": "number", "other": None}


def observe(audit: SourceAudit, *, now: datetime) -> ObservedTable:
    """Say what was seen in one source."""
    source, files = audit.opened.source, audit.opened.files
    age = None if audit.newest is None else (now - audit.newest).total_seconds() / 3600
    return ObservedTable(
        name=audit.name,
        place=without_password(source.path),
        table=source.table,
        format=files[0].format if files else (source.format or "csv"),
        n_rows=audit.n_rows,
        on=now.date().isoformat(),
        fields=tuple(_field(audit, tally) for tally in audit.columns),
        owner=source.owner,
        n_duplicate_keys=None if audit.repeats is None else audit.repeats.n_keys,
        newest_age_hours=None if age is None else max(0.0, age),
    )


def _field(audit: SourceAudit, tally: ColumnTally) -> ObservedField:
    column = tally.column
    pattern, share = _pattern(audit.patterns.get(column.name))
    interval = wilson(tally.n_missing, tally.n_rows)
    return ObservedField(
        name=column.name,
        stored=column.stored,
        found=tally.wanted or _CHARTER_TYPES.get(column.kind, column.kind),
        n_missing=tally.n_missing,
        missing_at_most=interval.high,
        low=_text(tally.low),
        high=_text(tally.high),
        values=_values(audit, column),
        pattern=pattern,
        pattern_share=share,
    )


def _text(value: object) -> str | None:
    shown = plain(value)
    return None if shown is None or isinstance(value, bool) else str(shown)


def _pattern(found: Patterns | None) -> tuple[str | None, float | None]:
    dominant = None if found is None else found.dominant
    if found is None or dominant is None:
        return None, None
    return dominant[0], dominant[1] / found.n


def _values(audit: SourceAudit, column: Column) -> tuple[str, ...] | None:
    report = audit.variants.get(column.name)
    if report is None or not report.applicable or not 0 < report.n_distinct <= _MOST_VALUES:
        return None
    table = audit.opened.table
    counted = count_texts(table, table[column.name]).limit(_MOST_VALUES + 2)
    found = sorted(row["value"] for row in rows(counted) if (row["value"] or "").strip())
    return tuple(found) if 0 < len(found) <= _MOST_VALUES else None
