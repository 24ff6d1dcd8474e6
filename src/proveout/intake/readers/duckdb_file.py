"""Tables and views of a DuckDB database file, read where they are."""
# ruff: noqa: S608 - every name in a statement is quoted by session.quoted or session.literal

from __future__ import annotations

import re

from proveout.errors import InputError, UnreachableError
from proveout.intake.readers.choice import chosen
from proveout.intake.readers.port import ReadTable, SourceFile
from proveout.intake.session import Session, literal, quoted
from proveout.intake.table import FileRead
from proveout.intake.troubles import is_of_the_machine


def read_duckdb(file: SourceFile, session: Session) -> list[ReadTable]:
    """Open one table of a DuckDB file, for reading only."""
    catalog = _attached(file, session)
    there = {
        name if schema == "main" else f"{schema}.{name}": (schema, name, is_view)
        for schema, name, is_view in session.rows(
            "SELECT schema_name, table_name, false FROM duckdb_tables() WHERE database_name = ? "
            "UNION ALL SELECT schema_name, view_name, true FROM duckdb_views() "
            "WHERE database_name = ? AND NOT internal ORDER BY ALL",
            [catalog, catalog],
        )
    }
    wanted = chosen(file.source.table, list(there), what="table", where=file.name)
    schema, name, is_view = there[wanted]
    if is_view:
        table = session.table(_copied_view(catalog, schema, name, session))
    else:
        table = session.table(name, catalog=catalog, schema=schema)
    return [
        ReadTable(
            table=table,
            file=FileRead(
                name=file.name,
                n_bytes=file.path.stat().st_size,
                format="duckdb",
                read_as={"table": wanted},
            ),
        )
    ]


def _copied_view(catalog: str, schema: str, name: str, session: Session) -> str:
    """Run a view once: the names in it mean something only while its own database is in use."""
    ((home,),) = session.rows("SELECT current_database()")
    copy = session.new_name("view")
    session.execute(f"USE {quoted(catalog)}")
    try:
        session.execute(
            f"CREATE TABLE {quoted(home)}.main.{quoted(copy)} AS "
            f"SELECT * FROM {quoted(catalog)}.{quoted(schema)}.{quoted(name)}"
        )
    finally:
        session.execute(f"USE {quoted(home)}")
    return copy


def _attached(file: SourceFile, session: Session) -> str:
    import duckdb

    path = str(file.path.resolve())
    known = session.rows("SELECT database_name FROM duckdb_databases() WHERE path = ?", [path])
    if known:
        return str(known[0][0])
    catalog = session.new_name("database")
    try:
        session.execute(f"ATTACH {literal(path)} AS {quoted(catalog)} (READ_ONLY)")
    except duckdb.Error as error:
        if is_of_the_machine(error):
            raise
        why = str(error).splitlines()[0]
        if re.search(r"\block\b", why, re.IGNORECASE):
            raise UnreachableError(
                f"{file.name} is open for writing in another program.",
                hint="Close it there, or read a copy.",
            ) from error
        raise InputError(
            f"{file.name} is no DuckDB database that can be read: {why}",
            hint="The file is damaged, or was written by a newer DuckDB: export the table as "
            "Parquet.",
        ) from error
    return catalog
