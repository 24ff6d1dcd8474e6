"""Records that repeat another one: by all columns, and by key.

Rows can only be alike if they are alike in any one column. So the column with most distinct values
is grouped first; what is left, usually next to nothing, is compared in full. Grouping five million
whole rows instead takes four times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from proveout.checks.readiness.columns import Column
from proveout.checks.readiness.conditions import count_true, missing
from proveout.checks.readiness.engine import is_duckdb, kept_aside, rows
from proveout.checks.readiness.hashing import row_hash
from proveout.checks.readiness.look import Look
from proveout.checks.readiness.tally import ColumnTally
from proveout.intake.databases.numbering import record_mark

if TYPE_CHECKING:
    import ibis.expr.types as ir

_NEARLY_UNIQUE = 0.9
"""Distinct values per row from which one column alone is enough to find the suspects."""
_PRICE = ("integer", "date", "timestamp", "time", "float", "boolean", "text")
"""Kinds of columns, the cheapest to group by first."""
_EXAMPLES = 3
_MARK = "proveout mark"
"""Name of the column that is added; a data column of this name would be shadowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Records that are alike."""

    n: int
    values: Mapping[str, str | None]
    """What they have in common; for keys, the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """Records beyond the first of each group of like ones."""

    n_rows: int = 0
    """Rows that repeat another one in every column."""
    row_groups: tuple[Group, ...] = ()
    """Up to three, the largest first."""
    n_keys: int | None = None
    """Rows whose key another row already has; None where no key is declared."""
    n_keyed: int = 0
    """Rows with a complete key."""
    key_groups: tuple[Group, ...] = ()
    n_duplicates: int = 0
    """Rows beyond the first of each group alike by key, or in every column where the key has a gap
    or none is declared."""
    n_more: int = 0
    """Rows that are exceptions only because they repeat another: of like records the original is
    one that has no problem of its own, where there is one."""


def find_repeats(
    table: ir.Table,
    tallies: Sequence[ColumnTally],
    *,
    key: Sequence[Column],
    looks: Mapping[str, Look],
    is_bad: Callable[[ir.Table], ir.BooleanValue],
) -> Repeats:
    """Count the rows that repeat another one. `is_bad` tells which have a problem of their own."""
    comparable = [t for t in tallies if t.column.kind != "other"]
    names = _shown([t.column for t in comparable], key)
    pivot = _pivot(comparable, key, looks)
    has_gaps = any(t.n_missing for t in comparable if t.column in pivot)
    marked = table.mutate(**{_MARK: _identity(table, pivot, as_it_is=not has_gaps)})
    repeated = (
        marked.group_by(_MARK).having(marked.count() > 1).aggregate(n=marked.count()).select(_MARK)
    )
    with kept_aside(repeated) as marks:
        # Planned with the size of the marks known: a join that guesses it holds the whole source.
        n_keyed = _n_keyed(table, key)
        if not rows(marks.limit(1)):
            return Repeats(n_keys=0 if key else None, n_keyed=n_keyed)
        alike = _in_full(marked.semi_join(marks, _MARK), comparable, key, names, is_bad)
        with kept_aside(alike) as suspects:
            return _count(suspects, key, names, n_keyed)


def _count(
    suspects: ir.Table, key: Sequence[Column], names: Sequence[str], n_keyed: int
) -> Repeats:
    by_row = _groups(suspects, "r", names)
    by_key = _groups(suspects.filter(suspects.has_key), "k", names) if key else None
    n_duplicates, n_more = _as_exceptions(suspects)
    return Repeats(
        n_rows=by_row[0],
        row_groups=by_row[1],
        n_keys=None if by_key is None else by_key[0],
        n_keyed=n_keyed,
        key_groups=() if by_key is None else by_key[1],
        n_duplicates=n_duplicates,
        n_more=n_more,
    )


def _n_keyed(table: ir.Table, key: Sequence[Column]) -> int:
    if not key:
        return 0
    return int(rows(table.aggregate(n=count_true(table, _has_key(table, key))))[0]["n"] or 0)


def _shown(columns: Sequence[Column], key: Sequence[Column]) -> list[str]:
    return [column.name for column in key or columns[:5]]


def _has_key(table: ir.Table, key: Sequence[Column]) -> ir.BooleanValue:
    import ibis

    whole: Any = ibis.literal(bool(key))
    for column in key:
        whole = whole & ~missing(table, column)
    return whole


def _in_full(
    alike: ir.Table,
    tallies: Sequence[ColumnTally],
    key: Sequence[Column],
    names: Sequence[str],
    is_bad: Callable[[ir.Table], ir.BooleanValue],
) -> ir.Table:
    """Return of rows that may be alike what is needed to compare them."""
    whole = [t.column for t in tallies]
    return alike.select(
        r=_identity(alike, whole),
        k=_identity(alike, key or whole),
        has_key=_has_key(alike, key),
        bad=is_bad(alike),
        **{f"e{i}": alike[name].cast("string") for i, name in enumerate(names)},
    )


def _identity(table: ir.Table, columns: Sequence[Column], *, as_it_is: bool = False) -> ir.Value:
    """Return a value that is equal exactly when the columns are; never null.

    `as_it_is` says that a single column may stand for itself, for it has no nulls.
    """
    names = [column.name for column in columns]
    if as_it_is and len(columns) == 1 and columns[0].kind == "integer":
        return table[names[0]]
    if is_duckdb(table):
        return row_hash(table, names)
    return record_mark(table, names)


def _pivot(
    tallies: Sequence[ColumnTally], key: Sequence[Column], looks: Mapping[str, Look]
) -> Sequence[Column]:
    """Choose few columns in which unlike rows mostly differ; figures before text, being cheaper."""
    if key:
        return key
    shares = {t.column.name: _distinct_share(t, looks[t.column.name]) for t in tallies}
    ranked = sorted(
        (t.column for t in tallies),
        key=lambda column: (-min(shares[column.name], _NEARLY_UNIQUE), _PRICE.index(column.kind)),
    )
    return ranked[: 1 if shares[ranked[0].name] >= _NEARLY_UNIQUE else 4]


def _distinct_share(tally: ColumnTally, look: Look) -> float:
    if tally.n_distinct is not None:
        return tally.n_distinct / tally.n_rows
    # Of a text column the sample tells: it is too generous for large sources, which costs time only
    return (look.n_distinct or 0) / max(look.n_sample, 1)


def _groups(suspects: ir.Table, by: str, names: Sequence[str]) -> tuple[int, tuple[Group, ...]]:
    import ibis

    shown = {f"s{i}": suspects[f"e{i}"].min() for i in range(len(names))}
    groups = suspects.group_by(by).aggregate(n=suspects.count(), **shown)
    groups = groups.filter(groups.n > 1)
    ranked = groups.mutate(more=(groups.n - 1).sum()).order_by(ibis.desc("n"), by).limit(_EXAMPLES)
    found = rows(ranked)
    listed = tuple(
        Group(n=row["n"], values={name: row[f"s{i}"] for i, name in enumerate(names)})
        for row in found
    )
    return (int(found[0]["more"]) if found else 0), listed


def _as_exceptions(suspects: ir.Table) -> tuple[int, int]:
    """Count the rows that repeat another one, and those of them without a problem of their own."""
    import ibis

    like = ibis.ifelse(suspects.has_key, suspects.k.cast("string"), suspects.r.cast("string"))
    groups = (
        suspects.select(like=like, keyed=suspects.has_key, bad=suspects.bad)
        .group_by("keyed", "like")
        .aggregate(n=lambda t: t.count(), n_bad=lambda t: t.bad.sum())
    )
    more = ibis.ifelse(groups.n_bad < groups.n, groups.n - 1 - groups.n_bad, 0)
    found = rows(groups.aggregate(again=(groups.n - 1).sum(), more=more.sum()))[0]
    return int(found["again"] or 0), int(found["more"] or 0)
