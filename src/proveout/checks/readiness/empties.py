"""Records in which a field is empty, so that somebody can look them up: from the sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from proveout.checks.readiness.columns import Column

if TYPE_CHECKING:
    import duckdb

SHOWN = 3
_TELLING = 0.5
"""Share of different values from which on a column names its records well enough."""


def empty_examples(
    local: duckdb.DuckDBPyConnection, columns: Sequence[Column], key: Sequence[str]
) -> dict[str, list[dict[str, str]]]:
    """Name up to three records for each field that is empty somewhere in the sample.

    By the key, else by the column with the most different values; `local` holds the sample as the
    table 'sample' with the columns c0, c1 … by position. None where no column tells records apart.
    """
    naming = _naming(local, columns, key)
    if not naming:
        return {}
    wanted = ", ".join(f"c{column.position}::VARCHAR" for column in naming)
    known = " AND ".join(f"c{column.position} IS NOT NULL" for column in naming)
    found: dict[str, list[dict[str, str]]] = {}
    for column in columns:
        if column in naming or column.kind == "other" or not _can_be_empty(column):
            continue
        name = f"c{column.position}"
        empty = (
            f"({name} IS NULL OR trim({name}) = '')"
            if column.kind == "text"
            else (f"{name} IS NULL")
        )
        listed = local.execute(
            f"SELECT {wanted} FROM sample WHERE {empty} AND {known} LIMIT {SHOWN}"  # noqa: S608 - own names
        ).fetchall()
        if listed:
            found[column.name] = [
                {each.name: str(value)[:80] for each, value in zip(naming, row, strict=True)}
                for row in listed
            ]
    return found


def _naming(
    local: duckdb.DuckDBPyConnection, columns: Sequence[Column], key: Sequence[str]
) -> list[Column]:
    # The sample holds no others.
    comparable = [column for column in columns if column.kind != "other"]
    by_name: Mapping[str, Column] = {column.name: column for column in comparable}
    if key and all(name in by_name for name in key):
        return [by_name[name] for name in key]
    if not comparable:
        return []
    counts = ", ".join(f"approx_count_distinct(c{column.position})" for column in comparable)
    n_rows, *distinct = local.execute(f"SELECT count(*), {counts} FROM sample").fetchone() or (0,)  # noqa: S608 - own names
    most, first = max(zip(distinct, range(0, -len(distinct), -1), strict=True), default=(0, 0))
    return [comparable[-first]] if most >= _TELLING * n_rows > 0 else []


def _can_be_empty(column: Column) -> bool:
    return column.may_be_null or (column.kind == "text" and column.may_be_blank)
