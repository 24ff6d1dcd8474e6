"""Tables and views of a SQLite file, copied into the engine.

SQLite types each value, not each column. A column whose values are of one type gets that type;
one that mixes them becomes text, and says so.
"""
# ruff: noqa: S608 - every name in a statement is quoted by session.quoted

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any

from proveout.errors import InputError
from proveout.intake.readers.arrow_table import BATCH_ROWS, ArrowTable
from proveout.intake.readers.choice import chosen
from proveout.intake.readers.port import ReadTable, SourceFile
from proveout.intake.readers.typing import MOMENTS, values_of
from proveout.intake.session import Session, quoted
from proveout.intake.table import FileRead

if TYPE_CHECKING:
    import pyarrow as pa

EXACT = 2**53
"""Whole numbers up to here are exact as floats."""
_FIGURES = {"integer", "real"}
MOST_BYTES = 64 << 20
"""Of one value: a few letters of SQL can ask for a GB of it."""
MOST_SECONDS = 600.0
"""For one view: it can be made to never end."""


def read_sqlite(file: SourceFile, session: Session) -> list[ReadTable]:
    """Read one table of a SQLite file, opened for reading only."""
    try:
        with closing(_connected(file)) as connection:
            return [_read(connection, file, session)]
    except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
        if str(error) == "interrupted":
            raise InputError(
                f"The view '{file.source.table}' of {file.name} takes more than "
                f"{MOST_SECONDS:.0f} seconds.",
                hint="Write its rows to a table of the database.",
            ) from error
        raise InputError(
            f"{file.name} is no SQLite database that can be read: {error}.",
            hint="The file is damaged, or something is writing to it: read a copy or a backup.",
        ) from error


def _connected(file: SourceFile) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{file.path.resolve().as_uri()}?mode=ro", uri=True)
    connection.text_factory = lambda raw: raw.decode(errors="replace")
    # What a file brings along, views and the like, is let do nothing but compute.
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    return connection


def _bounded(connection: sqlite3.Connection) -> None:
    """Give what follows so much time and no more."""
    until = time.monotonic() + MOST_SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > until, 1_000_000)


def _read(connection: sqlite3.Connection, file: SourceFile, session: Session) -> ReadTable:
    there = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
            "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        )
    ]
    wanted = chosen(file.source.table, there, what="table", where=file.name)
    ((kind,),) = connection.execute("SELECT type FROM sqlite_master WHERE name = ?", [wanted])
    if kind == "view":
        _bounded(connection)
    columns = [
        str(row[0])
        for row in connection.execute(f"SELECT * FROM {quoted(wanted)} LIMIT 0").description
    ]
    kinds = {column: _kinds(connection, wanted, column) for column in columns}
    types = {column: _arrow_type(found) for column, found in kinds.items()}
    table = ArrowTable(session, stem="sqlite", types=types)
    convert = [_converter(types[column]) for column in columns]
    cursor = connection.execute(f"SELECT * FROM {quoted(wanted)}")
    while rows := cursor.fetchmany(BATCH_ROWS):
        table.append(
            [
                [None if value is None else to(value) for value in column]
                for to, column in zip(convert, zip(*rows, strict=True), strict=True)
            ]
        )
    texts = tuple(column for column, found in kinds.items() if found == {"text"})
    read_as: dict[str, Any] = {"table": wanted}
    if mixed := {column: sorted(found) for column, found in kinds.items() if _is_mixed(found)}:
        read_as["mixed_columns"] = mixed
    # SQLite has no type for moments: they are kept as text in the ISO form.
    values = values_of(session, quoted(table.name), columns, among=texts, only=MOMENTS)
    view = session.new_name("sqlite_view")
    session.execute(f"CREATE VIEW {quoted(view)} AS SELECT {values} FROM {quoted(table.name)}")
    return ReadTable(
        table=session.table(view),
        file=FileRead(
            name=file.name, n_bytes=file.path.stat().st_size, format="sqlite", read_as=read_as
        ),
    )


def _kinds(connection: sqlite3.Connection, table: str, column: str) -> set[str]:
    asked = f"SELECT DISTINCT typeof({quoted(column)}) FROM {quoted(table)}"
    kinds = {kind for (kind,) in connection.execute(asked)} - {"null"}
    if kinds == _FIGURES and _has_long_integer(connection, table, column):
        return {"long integer", "real"}
    return kinds


def _has_long_integer(connection: sqlite3.Connection, table: str, column: str) -> bool:
    """Tell whether a whole number has more digits than a float holds."""
    name = quoted(column)
    ((found,),) = connection.execute(
        f"SELECT EXISTS (SELECT 1 FROM {quoted(table)} WHERE typeof({name}) = 'integer' "
        f"AND ({name} > {EXACT} OR {name} < -{EXACT}))"
    )
    return bool(found)


def _is_mixed(kinds: set[str]) -> bool:
    return len(kinds) > 1 and kinds != _FIGURES


def _arrow_type(kinds: set[str]) -> pa.DataType:
    import pyarrow as pa

    if kinds == {"integer"}:
        return pa.int64()
    if kinds in ({"real"}, _FIGURES):
        return pa.float64()
    return pa.string()


def _converter(type_: pa.DataType) -> Callable[[Any], Any]:
    import pyarrow as pa

    if pa.types.is_string(type_):
        return lambda value: value.hex() if isinstance(value, bytes) else str(value)
    return float if pa.types.is_floating(type_) else int
