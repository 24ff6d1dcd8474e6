"""Can near duplicates be told at all? Only where something in a record names it."""

from __future__ import annotations

from collections.abc import Sequence

from proveout.checks.readiness.duplicates.model import NAMING, Field, Untold
from proveout.checks.readiness.duplicates.stacking import Stacked

ENOUGH_ALONE = 0.7
"""Share of a source's records that must differ from all others in what names them.

Where fewer do, names stand for something that comes again (a customer, an aircraft) and a record is
an event of it; two events that look alike are no mistake.
"""
_HALF = 0.5
_FEWEST = 2


def untold(stack: Stacked, source: str, fields: Sequence[Field]) -> Untold | None:
    """Say why near duplicates cannot be told in a source; None where they can."""
    naming = [field for field in fields if field.role in NAMING]
    named = " OR ".join(f"c{field.position} IS NOT NULL" for field in naming) or "false"
    where = f"source = {_literal(source)}"
    n, n_named = stack.row(f"SELECT count(*), count_if({named}) FROM compared WHERE {where}")  # noqa: S608
    if n < _FEWEST:
        (n_all,) = stack.row(f"SELECT count(*) FROM records WHERE {where}")  # noqa: S608
        held = "the same record again and again" if n_all > 1 else "one record"
        return Untold(
            reason=f"{source} holds {held if n_all else 'no records'}",
            next_step="Give a source with several records that differ.",
        )
    if n_named < _HALF * n:
        return Untold(
            reason=f"no field of {source} names its records: there is no name, address, identifier "
            "or other text in which records differ, and records of figures, dates and categories "
            "may be alike without being the same",
            next_step="Bring the fields by which people recognise a record, or name its key: "
            "repeated keys and fully equal rows are counted without them.",
        )
    columns = ", ".join(f"c{field.position}" for field in naming)
    (alone,) = stack.row(
        "SELECT coalesce(count_if(k = 1), 0) FROM (SELECT count(*) AS k FROM compared "  # noqa: S608
        f"WHERE {where} AND ({named}) GROUP BY {columns})"
    )
    if alone < ENOUGH_ALONE * n_named:
        names = ", ".join(field.name for field in naming[:4])
        return Untold(
            reason=f"what names the records of {source} ({names}) comes again in "
            f"{1 - alone / n_named:.0%} of them, so that it names something of which there are "
            "many records, and records that look alike need not be the same",
            next_step="Bring the fields that name a single record, or name its key: repeated keys "
            "and fully equal rows are counted without them.",
        )
    return None


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
