"""The values of the text columns, counted by site and month, for the local engine to work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from proveout.checks.readiness.columns import Column
from proveout.checks.readiness.conditions import as_moment
from proveout.checks.readiness.engine import arrow, count_texts
from proveout.checks.readiness.problems import Rules
from proveout.checks.readiness.sampling import Sample
from proveout.checks.readiness.tally import wanted_type

if TYPE_CHECKING:
    import duckdb
    import ibis.expr.types as ir

_NO_FORMAT = ("number", "integer", "time")
"""Types whose spelling is no format: '7' and '12.5' are both figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What has been put into the local table 'texts' (col, value, site, period, n)."""

    exact: dict[int, bool]
    """By column position: all of its values are there, not a sample."""
    categories: tuple[Column, ...]
    """Columns of which each value has been counted, and that hold words rather than figures."""


def gather(
    local: duckdb.DuckDBPyConnection,
    table: ir.Table,
    rules: Rules,
    sample: Sample,
    *,
    site: Column | None,
    moment: Column | None,
) -> Texts:
    """Fill the local table 'texts' from the sample and, for few-valued columns, from the source."""
    local.execute(
        "CREATE OR REPLACE TEMP TABLE texts "
        "(col INTEGER, value VARCHAR, site VARCHAR, period VARCHAR, n BIGINT)"
    )
    wanted = [c for c in rules.columns if c.kind == "text" and _has_format(c, rules)]
    counted = [] if sample.complete else [c for c in wanted if rules.looks[c.name].is_category]
    for column in wanted:
        if column not in counted:
            _from_sample(local, column, site, moment)
    if counted:
        local.register("counted", arrow(_counts(table, counted, site, moment)))
        local.execute(
            "INSERT INTO texts SELECT col, value, site, "
            "left(period, 4) || '-' || right(period, 2), n FROM counted"
        )
    return Texts(
        exact={c.position: sample.complete or c in counted for c in wanted},
        categories=tuple(
            c for c in wanted if rules.looks[c.name].is_category and _is_words(c, rules)
        ),
    )


def value_counts(local: duckdb.DuckDBPyConnection, column: Column) -> list[tuple[str, int]]:
    """Return the values of a column and how many records have each."""
    wanted = (
        "SELECT value, sum(n)::BIGINT FROM texts WHERE col = ? AND value IS NOT NULL GROUP BY 1"
    )
    found: list[tuple[str, int]] = local.execute(wanted, [column.position]).fetchall()
    return found


def _has_format(column: Column, rules: Rules) -> bool:
    return wanted_type(column, rules.looks[column.name]) not in _NO_FORMAT


def _is_words(column: Column, rules: Rules) -> bool:
    return wanted_type(column, rules.looks[column.name]) in (None, "text", "category")


def _from_sample(
    local: duckdb.DuckDBPyConnection, column: Column, site: Column | None, moment: Column | None
) -> None:
    place = "NULL" if site is None else f"c{site.position}::VARCHAR"
    month = "NULL"
    if moment is not None:
        month = f"strftime(TRY_CAST(c{moment.position} AS TIMESTAMP), '%Y-%m')"
    value = f"{column.position}, c{column.position}"
    local.execute(
        f"INSERT INTO texts SELECT {value}, {place}, {month}, count(*) FROM sample GROUP BY ALL"  # noqa: S608 - own names
    )


def _counts(
    table: ir.Table, columns: Sequence[Column], site: Column | None, moment: Column | None
) -> ir.Table:
    import ibis

    nothing = ibis.null("string")
    place = nothing if site is None else table[site.name].cast("string")
    month = nothing
    at = None if moment is None else as_moment(table, moment)
    if at is not None:
        month = (at.year().cast("int64") * 100 + at.month()).cast("string")
    parts = [
        count_texts(table, table[column.name], site=place, period=month).mutate(
            col=ibis.literal(column.position, "int32")
        )
        for column in columns
    ]
    return parts[0] if len(parts) == 1 else ibis.union(*parts)
