"""Lists that records refer to and that lie elsewhere: brought to where the records are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from proveout.charter.schema import Reference
from proveout.checks.readiness.engine import arrow, is_duckdb, keep

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_LISTED = 2_000
"""Values that a server is told in a question; it may not let us write a table of them."""
_MOST_BROUGHT = 10_000_000
"""Values that are brought to the embedded engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What values are looked up in."""

    tables: Mapping[tuple[str, str], ir.Table] = field(default_factory=dict)
    """By source and column: tables where the records are."""
    values: Mapping[tuple[str, str], tuple[Any, ...]] = field(default_factory=dict)
    """By source and column: short lists from elsewhere."""
    too_long: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """By source and column: the most values that could have been brought."""


def within_reach(
    table: ir.Table, references: Sequence[Reference], tables: Mapping[str, ir.Table]
) -> Lists:
    """Bring the lists of other engines to that of the records, as far as they are short enough."""
    here = table.get_backend()
    near: dict[tuple[str, str], ir.Table] = {}
    values: dict[tuple[str, str], tuple[Any, ...]] = {}
    too_long: dict[tuple[str, str], int] = {}
    most = _MOST_BROUGHT if is_duckdb(table) else MOST_LISTED
    for name, key in dict.fromkeys((each.source, each.key) for each in references):
        other = tables.get(name)
        if other is None or key not in other.columns:
            continue
        if other.get_backend() is here:
            near[name, key] = other
            continue
        brought = arrow(other.filter(other[key].notnull()).select(key).distinct().limit(most + 1))
        if brought.num_rows > most:
            too_long[name, key] = most
        elif is_duckdb(table):
            near[name, key] = keep(here, brought)
        else:
            values[name, key] = tuple(brought[key].to_pylist())
    return Lists(tables=near, values=values, too_long=too_long)
