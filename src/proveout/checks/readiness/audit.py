"""The audit of one source: what is asked of it, in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from proveout.charter.schema import Charter
from proveout.checks.readiness import exceptions as records
from proveout.checks.readiness.columns import Column, columns_of, named
from proveout.checks.readiness.conditions import as_moment, moment_literal, without_blanks
from proveout.checks.readiness.empties import empty_examples
from proveout.checks.readiness.engine import rows
from proveout.checks.readiness.look import look
from proveout.checks.readiness.lost import lost_rows
from proveout.checks.readiness.patterns import Patterns, patterns
from proveout.checks.readiness.problems import Rules, incomplete, is_bad, problems_of
from proveout.checks.readiness.references import within_reach
from proveout.checks.readiness.repeats import Repeats, find_repeats
from proveout.checks.readiness.sampling import draw
from proveout.checks.readiness.spelling import VariantReport, find_variants
from proveout.checks.readiness.tally import ColumnTally, tally
from proveout.checks.readiness.texts import gather, value_counts
from proveout.intake.table import OpenTable

if TYPE_CHECKING:
    import duckdb
    import ibis.expr.types as ir

_STAND_INS = (
    "n/a", "na", "nan", "null", "none", "nil", "missing", "unknown", "undefined", "unbekannt",
    "tbd", "xxx", "-", "--", "---", ".", "?", "??", "#n/a", "#null!", "#value!", "#ref!", "-999",
    "9999-12-31", "1900-01-01",
)  # fmt: skip
"""Texts that often stand for a value that is not known."""


_REFERENCE: records.Kind = "unresolved-reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemCount:
    """How many records have one problem."""

    kind: records.Kind
    columns: tuple[str, ...]
    what: str
    n: int
    by_site: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAudit:
    """All figures of one source."""

    opened: OpenTable
    rules: Rules
    n_rows: int
    n_rejects: int
    columns: tuple[ColumnTally, ...] = ()
    problems: tuple[ProblemCount, ...] = ()
    exceptions: records.Exceptions | None = None
    """None where there are no rows."""
    examples: Mapping[records.Kind, list[dict[str, str | None]]]
    unresolved: Mapping[str, list[dict[str, str | None]]]
    """Records whose reference does not resolve, by the problem in words; none where all do."""
    repeats: Repeats | None = None
    """None where there are no rows, or no column that can be compared."""
    patterns: Mapping[str, Patterns]
    variants: Mapping[str, VariantReport]
    stand_ins: Mapping[str, Mapping[str, int]]
    """By column: texts that often stand for a missing value, and how many there are."""
    empties: Mapping[str, list[dict[str, str]]] = field(default_factory=dict)
    """By column: up to three records of the sample in which it is empty."""
    newest: datetime | None = None
    """The newest moment that is not in the future; with time zone."""
    n_sample: int = 0
    """Rows of the sample that quartiles, and masks of columns with many values, rest on."""

    @property
    def name(self) -> str:
        """The name of the source."""
        return self.opened.name


def audit_source(
    opened: OpenTable,
    *,
    charter: Charter,
    now: datetime,
    seed: int = 0,
    references: Mapping[str, ir.Table] | None = None,
) -> SourceAudit:
    """Count all that can be counted of one source, in a bounded number of queries."""
    table, data = opened.table, charter.data
    columns = columns_of(table, data)
    nothing = Rules(columns=columns, data=data, looks={}, now=now)
    n_rows, columns = _counted(table, columns)
    if not n_rows or not columns:
        return _empty(opened, nothing, n_rows)
    columns = without_blanks(table, columns)
    sample = draw(table, [c for c in columns if c.kind != "other"], n_rows=n_rows, seed=seed)
    local = _local(sample.rows)
    try:
        looks = look(local, sample, columns)
        columns = tuple(replace(c, writing=looks[c.name].writing) for c in columns)
        lists = within_reach(table, data.references, references or {})
        rules = Rules(columns=columns, data=data, looks=looks, now=now, references=lists)
        texts = gather(
            local, table, rules, sample,
            site=named(columns, data.site_column), moment=named(columns, data.timestamp),
        )  # fmt: skip
        masks = patterns(local, texts.exact)
        by_position = {column.position: column.name for column in columns}
        counted = {c.name: value_counts(local, c) for c in texts.categories}
        empties = empty_examples(local, columns, data.key)
    finally:
        local.close()
    suspects = frozenset(c.name for c in columns if (looks[c.name].n_distinct or 0) == 1)
    tallies, found, newest = _scan(table, rules, suspects)
    problems = problems_of(table, rules)
    naming = _naming(tallies, rules)
    unresolved = {
        problem.what: records.examples(table, [problem], _REFERENCE, naming)
        for i, problem in enumerate(problems)
        if problem.kind == _REFERENCE and found.by_problem[i]
    }
    return SourceAudit(
        opened=opened,
        rules=rules,
        n_rows=n_rows,
        n_rejects=sum(lost_rows(opened).values()),
        columns=tuple(tallies),
        problems=tuple(
            ProblemCount(
                kind=problem.kind,
                columns=problem.columns,
                what=problem.what,
                n=found.by_problem[i],
                by_site=found.problem_by_site[i],
            )
            for i, problem in enumerate(problems)
        ),
        exceptions=found,
        examples={
            kind: records.examples(table, problems, kind, naming)
            for kind in records.kinds(problems)
            if found.by_kind[kind] and kind != _REFERENCE
        }
        | {_REFERENCE: records.of_each(list(unresolved.values()))},
        unresolved=unresolved,
        repeats=_repeats(table, tallies, rules),
        patterns={by_position[position]: pattern for position, pattern in masks.items()},
        variants={name: find_variants(counts) for name, counts in counted.items()},
        stand_ins={name: _stand_ins(counts) for name, counts in counted.items()},
        empties=empties,
        newest=newest,
        n_sample=sample.rows.num_rows,
    )


def _counted(table: ir.Table, columns: tuple[Column, ...]) -> tuple[int, tuple[Column, ...]]:
    """Count rows, and note the columns without a null: of files this stands in their statistics."""
    present = {column.alias("present"): table[column.name].count() for column in columns}
    found = rows(table.aggregate(n=table.count(), **present))[0]
    n_rows = int(found["n"])
    return n_rows, tuple(
        replace(column, may_be_null=found[column.alias("present")] < n_rows) for column in columns
    )


def _empty(opened: OpenTable, rules: Rules, n_rows: int) -> SourceAudit:
    return SourceAudit(
        opened=opened,
        rules=rules,
        n_rows=n_rows,
        n_rejects=sum(lost_rows(opened).values()),
        examples={},
        unresolved={},
        patterns={},
        variants={},
        stand_ins={},
    )


def _local(sample: Any) -> duckdb.DuckDBPyConnection:
    """Return a small engine of our own that holds the sample, wherever the source lives."""
    import duckdb

    local = duckdb.connect(config={"autoinstall_known_extensions": False})
    local.execute("SET TimeZone = 'UTC'")
    local.execute("SET enable_progress_bar = false")  # standard output belongs to the results
    local.register("drawn", sample)
    local.execute("CREATE TEMP TABLE sample AS SELECT * FROM drawn")
    return local


def _scan(
    table: ir.Table, rules: Rules, suspects: frozenset[str]
) -> tuple[list[ColumnTally], records.Exceptions, datetime | None]:
    """Count columns and exceptions; in one scan unless exceptions are counted by site."""
    problems = problems_of(table, rules)
    wanted = records.counted(table, problems, incomplete(table, rules))
    site = named(rules.columns, rules.data.site_column)
    newest = _newest(table, rules)
    extra: dict[str, Any] = {} if newest is None else {"newest": newest}
    tallies, answers = tally(
        table,
        rules.columns,
        rules.looks,
        suspects=suspects,
        extra=extra if site is not None else {**extra, **wanted},
    )
    counted = [answers] if site is None else records.by_site(table, table[site.name], wanted)
    return tallies, records.read(problems, counted), _aware(answers.get("newest"))


def _newest(table: ir.Table, rules: Rules) -> ir.Scalar | None:
    column = named(rules.columns, rules.data.timestamp)
    moment = None if column is None else as_moment(table, column)
    if moment is None:
        return None
    # A little slack: clocks of two machines are never quite alike.
    latest = moment_literal(moment, rules.now + timedelta(minutes=5))
    return moment.max(where=moment <= latest)


def _aware(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)


def _repeats(table: ir.Table, tallies: Sequence[ColumnTally], rules: Rules) -> Repeats | None:
    if all(t.column.kind == "other" for t in tallies):
        return None
    return find_repeats(
        table, tallies, key=rules.key, looks=rules.looks, is_bad=lambda rows_: is_bad(rows_, rules)
    )


def _stand_ins(counts: Sequence[tuple[str, int]]) -> dict[str, int]:
    return {text: n for text, n in counts if text.strip().lower() in _STAND_INS}


def _naming(tallies: Sequence[ColumnTally], rules: Rules) -> list[str]:
    """Return the columns by which a person finds a record: its key, else what is nearly unique."""
    if rules.key:
        return [column.name for column in rules.key]
    comparable = [t for t in tallies if t.column.kind != "other"]
    return [max(comparable, key=lambda t: t.n_distinct or 0).column.name] if comparable else []
