"""The columns of a source, with what the charter says of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from proveout.charter.schema import Data, DataField

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from proveout.checks.readiness.figures import Writing

Kind = Literal["text", "float", "integer", "boolean", "date", "timestamp", "time", "other"]
"""How a column is stored, as far as the audit tells apart."""

TypeName = Literal["text", "integer", "number", "boolean", "date", "timestamp", "time", "category"]

_NOTHING = DataField()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column as it was found."""

    position: int
    """From 0; results are named by it, so that no column name can break a query."""
    name: str
    kind: Kind
    stored: str
    """The type of the engine, as it writes it."""
    declared: DataField = _NOTHING
    required: bool = False
    may_be_null: bool = True
    """False where it is known that there is no null."""
    may_be_blank: bool = True
    """False where it is known that no text in it is blank."""
    writing: Writing | None = None
    """How the figures of a text column are written; None where it holds none."""

    def alias(self, what: str) -> str:
        """Return the name of a result about this column."""
        return f"c{self.position}_{what}"


def columns_of(table: ir.Table, data: Data) -> tuple[Column, ...]:
    """List the columns of a table."""
    required = set(data.required_columns)
    return tuple(
        Column(
            position=position,
            name=name,
            kind=_kind(datatype),
            stored=str(datatype).lstrip("!"),
            declared=data.fields.get(name, _NOTHING),
            required=name in required,
        )
        for position, (name, datatype) in enumerate(table.schema().items())
    )


def named(columns: Iterable[Column], name: str | None) -> Column | None:
    """Return the column of this name, or None."""
    return next((column for column in columns if column.name == name), None)


def _kind(datatype: Any) -> Kind:
    if datatype.is_string():
        return "text"
    if datatype.is_floating() or datatype.is_decimal():
        return "float"
    for kind in ("boolean", "integer", "date", "timestamp", "time"):
        if getattr(datatype, f"is_{kind}")():
            return kind
    return "other"
