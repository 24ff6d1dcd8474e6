"""A small text without fault: what was cut to look through it is loaded as it is.

The engine's own reader is quick with a large file and slow to begin: a folder of a thousand small
ones takes it a thousand beginnings, twice each. The types are proven as those of any other file.
"""
# ruff: noqa: S608 - every name in a statement is quoted by session.quoted

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from proveout.intake.mending import Mending
from proveout.intake.mending.cutting import GARBLED
from proveout.intake.readers.delimited_dialect import Dialect, column_names
from proveout.intake.readers.port import SourceFile
from proveout.intake.session import Session, quoted
from proveout.intake.typing.deciding import Hints
from proveout.intake.typing.known import ALL, Known
from proveout.intake.typing.proving import LOOKED_AT, MORE_ROWS, settle, values_sql

if TYPE_CHECKING:
    import ibis.expr.types as ir

_VALUE_BYTES = 16
"""What a value takes in the engine, at most, beside a long text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """The rows of a file, as a table of the engine."""

    table: ir.Table
    notes: Mapping[str, Any]
    """In which formats figures and moments are written."""


def is_sound(text: str, mending: Mending, dialect: Dialect) -> bool:
    """Tell whether every line of a plain text is one record, under a header in the first line.

    What is told by fewer signs than these is left to the engine's reader.
    """
    (table,) = mending.tables
    n_lines = text.count("\n") + (not text.endswith("\n"))
    return (
        table.width > 1
        and len(table.rows) + 1 == n_lines
        and len(table.rows) <= MORE_ROWS
        and mending.newlines in (("LF",), ("CRLF",))
        and mending.dialect.delimiter == dialect.delimiter
        and table.header_line == dialect.header_line == dialect.header_lines == 1
        and not (dialect.trailing_delimiter or table.trailing_delimiter)
        and column_names(table.header or ()) == dialect.columns
        and "\0" not in text
        and not (not text.isascii() and GARBLED.search(text))
        # A quote that is text may have been left alone by the one and not by the other.
        and not ('"' in text and any('"' in cell for row in table.rows for cell in row))
    )


def load_sound(
    rows: Sequence[Sequence[str]], file: SourceFile, dialect: Dialect, session: Session
) -> Sound:
    """Load rows of text, typed as their values are."""
    import pyarrow as pa

    nulls = {"", *file.source.null_values}
    columns: Sequence[Sequence[str]] = [*zip(*rows, strict=True)] or [()] * len(dialect.columns)
    values = {
        name: [None if text in nulls else text for text in column]
        for name, column in zip(dialect.columns, columns, strict=True)
    }
    hints = Hints(decimal=file.source.decimal, delimiter=dialect.delimiter)
    known = Known(hints=hints, only=() if session.keeps_text else ALL)
    known.see({name: _first(column) for name, column in values.items()})
    view, table = session.new_name("text"), session.new_name("rows")
    arrays = [pa.array(column, pa.string()) for column in values.values()]
    session.engine.register(view, pa.table(arrays, names=list(values)))
    try:
        settle(session, quoted(view), known, dialect.columns)
        typed = values_sql(dialect.columns, known.kinds())
        size = len(rows) * len(values) * _VALUE_BYTES + sum(each.nbytes for each in arrays)
        session.execute(
            f"{session.creating(size)} {quoted(table)} AS SELECT {typed} FROM {quoted(view)}"
        )
    finally:
        session.engine.unregister(view)
    return Sound(table=session.table_like(table, typed), notes=known.notes())


def _first(column: Sequence[str | None]) -> list[str]:
    """Return the values of the first rows, or of later ones where these are null."""
    first = [text for text in column[:LOOKED_AT] if text is not None]
    if first:
        return list(dict.fromkeys(first))
    return [text for text in column if text is not None][:LOOKED_AT]
