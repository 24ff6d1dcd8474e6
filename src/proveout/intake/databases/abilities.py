"""What the engines can be asked: where they differ, and where a question must take another way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What one engine can be asked."""

    label: str
    """What people call it."""
    matches: bool = True
    """It knows regular expressions."""
    has_nan: bool = True
    """Its floats may be 'not a number' or infinite."""
    has_truth_values: bool = True
    """A condition is a value that may stand wherever another may."""
    minds_case: bool = True
    """'Oslo' and 'OSLO' are two values to it when it groups or compares, as it is usually set."""
    picks_any: bool = True
    """It gives some value of a group at no cost."""


_EMBEDDED = Abilities(label="DuckDB")
_BY_NAME = {
    "duckdb": _EMBEDDED,
    "postgres": Abilities(label="PostgreSQL", picks_any=False),
    "mysql": Abilities(label="MySQL", has_nan=False, minds_case=False, picks_any=False),
    "mssql": Abilities(
        label="SQL Server", matches=False, has_nan=False, has_truth_values=False,
        minds_case=False, picks_any=False,
    ),
    # Its way to pick one gathers all values of the group first.
    "snowflake": Abilities(label="Snowflake", picks_any=False),
    "bigquery": Abilities(label="BigQuery"),
    "trino": Abilities(label="Trino"),
    "pyspark": Abilities(label="Spark"),
}  # fmt: skip


def abilities_of(expression: ir.Expr) -> Abilities:
    """Return what the engine of an expression can be asked."""
    return _BY_NAME.get(expression.get_backend().name, _EMBEDDED)
