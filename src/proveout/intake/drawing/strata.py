"""Which stratum a record belongs to, said by an expression that its engine answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

ORDINARY = "ordinary"
MISSING = "(empty)"
REST = "(rarer values)"
_MOST_VALUES = 40
_JOINT = " / "


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What sets records apart, besides the columns that the strata are made by."""

    exceptions: Sequence[tuple[str, ir.BooleanValue]] = ()
    """Kinds of exceptions, and which records are of them; a record counts under its first kind."""
    rare: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Columns, and the values of each that are rare."""


def label_of(
    table: ir.Table, marks: Marks, by: Mapping[str, Sequence[str] | None]
) -> ir.StringValue:
    """Return each record's stratum: its exception or rarity, then the columns of `by`.

    `by` names columns, and of each the values that stand alone; None takes months of a date.
    """
    import ibis

    rare = [
        (table[name].cast("string").isin(list(values)), f"rare {name}")
        for name, values in marks.rare.items()
        if values
    ]
    cases: list[tuple[Any, Any]] = [
        *((mark.fill_null(False), kind) for kind, mark in marks.exceptions),
        *((is_rare.fill_null(False), what) for is_rare, what in rare),
    ]
    first: Any = ibis.cases(*cases, else_=ORDINARY) if cases else ibis.literal(ORDINARY)
    parts = [first, *(_part(table, name, values) for name, values in by.items())]
    return ibis.literal(_JOINT).join(parts) if len(parts) > 1 else first


def usual_values(counted: Mapping[str, int]) -> list[str]:
    """Return the values of a column that get strata of their own."""
    ranked = sorted(counted, key=lambda value: (-counted[value], value))
    return ranked[:_MOST_VALUES]


def _part(table: ir.Table, name: str, values: Sequence[str] | None) -> Any:
    import ibis

    column = table[name]
    if values is None:
        text = column.cast("string").left(7)
        return ibis.ifelse(column.isnull(), MISSING, text)
    text = column.cast("string")
    return ibis.cases((column.isnull(), MISSING), (text.isin(list(values)), text), else_=REST)
