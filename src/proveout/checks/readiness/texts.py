"""The values of the text columns, counted by site and month, for the local engine to work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from proveout.checks.readiness.columns import Column
from proveout.checks.readiness.conditions import as_moment
from proveout.checks.readiness.engine import arrow, count_texts, is_duckdb
from proveout.checks.readiness.problems import Rules
from proveout.checks.readiness.sampling import Sample
from proveout.checks.readiness.tally import wanted_type

if TYPE_CHECKING:
    import duckdb
    import ibis.expr.types as ir

_MOST_GROUPS = 5_000
"""Groups of value, site and month in the sample beyond which a server is asked for the values
alone: there could be as many groups as records, and all would have to be brought here."""
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
    local.execute("CREATE OR REPLACE TEMP TABLE alone (col INTEGER, value VARCHAR, n BIGINT)")
    wanted = [c for c in rules.columns if c.kind == "text" and _has_format(c, rules)]
    known = [] if sample.complete else [c for c in wanted if rules.looks[c.name].is_category]
    for column in wanted:
        if column not in known:
            _from_sample(local, column, site, moment)
    counted = known
    if known and not is_duckdb(table):
        counted = [c for c in known if _n_groups(local, c, site, moment) <= _MOST_GROUPS]
        _count_alone(local, table, [c for c in known if c not in counted], site, moment)
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
    for where in ("alone", "texts"):
        wanted = (
            f"SELECT value, sum(n)::BIGINT FROM {where} WHERE col = ? AND value IS NOT NULL "  # noqa: S608 - own names
            "GROUP BY 1"
        )
        found: list[tuple[str, int]] = local.execute(wanted, [column.position]).fetchall()
        if found:
            return found
    return []


def _has_format(column: Column, rules: Rules) -> bool:
    return wanted_type(column, rules.looks[column.name]) not in _NO_FORMAT


def _is_words(column: Column, rules: Rules) -> bool:
    return wanted_type(column, rules.looks[column.name]) in (None, "text", "category")


def _from_sample(
    local: duckdb.DuckDBPyConnection, column: Column, site: Column | None, moment: Column | None
) -> None:
    value = f"{column.position}, c{column.position}"
    beside = _beside(site, moment)
    local.execute(
        f"INSERT INTO texts SELECT {value}, {beside}, count(*) FROM sample GROUP BY ALL"  # noqa: S608 - own names
    )


def _beside(site: Column | None, moment: Column | None) -> str:
    place = "NULL" if site is None else f"c{site.position}::VARCHAR"
    month = "NULL"
    if moment is not None:
        month = f"strftime(TRY_CAST(c{moment.position} AS TIMESTAMP), '%Y-%m')"
    return f"{place}, {month}"


def _n_groups(
    local: duckdb.DuckDBPyConnection, column: Column, site: Column | None, moment: Column | None
) -> int:
    beside = _beside(site, moment)
    asked = f"SELECT count(*) FROM (SELECT DISTINCT c{column.position}, {beside} FROM sample)"  # noqa: S608 - own names
    ((n_groups,),) = local.execute(asked).fetchall()
    return int(n_groups)


def _count_alone(
    local: duckdb.DuckDBPyConnection,
    table: ir.Table,
    columns: Sequence[Column],
    site: Column | None,
    moment: Column | None,
) -> None:
    """Take formats by site and month from the sample; have each value counted by the server."""
    if not columns:
        return
    for column in columns:
        _from_sample(local, column, site, moment)
    local.register("counted_alone", arrow(_counts(table, columns, None, None)))
    local.execute("INSERT INTO alone SELECT col, value, n FROM counted_alone")


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
