"""Tables and views of a DuckDB database file, read where they are."""
# ruff: noqa: S608 - every name in a statement is quoted by session.quoted or session.literal

from __future__ import annotations

import re
import threading

from proveout.errors import InputError, UnreachableError
from proveout.intake.readers.arrow_table import BATCH_ROWS
from proveout.intake.readers.choice import chosen
from proveout.intake.readers.port import ReadTable, SourceFile
from proveout.intake.session import Session, literal, quoted
from proveout.intake.table import FileRead
from proveout.intake.troubles import is_of_the_machine

MOST_SECONDS = 600.0
"""For one view: it can be made to never end."""


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
        table = session.table(_copied_view(file, schema, name, session))
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


def _copied_view(file: SourceFile, schema: str, name: str, session: Session) -> str:
    """Run a view once, in an engine of its own that may touch nothing but this database.

    A view is a program of whoever made the file: it may name any file of this machine, or a server.
    """
    import duckdb

    copy = session.new_name("view")
    own = duckdb.connect(
        str(file.path.resolve()),
        read_only=True,
        config={
            "enable_external_access": "false",
            "autoload_known_extensions": "false",
            "autoinstall_known_extensions": "false",
            "memory_limit": "1GB",
            "threads": "2",
        },
    )
    clock = threading.Timer(MOST_SECONDS, own.interrupt)
    clock.start()
    try:
        own.execute("SET lock_configuration = true")
        rows = own.sql(f"SELECT * FROM {quoted(schema)}.{quoted(name)}")
        # The method has another name in older versions of the engine.
        reader = getattr(rows, "to_arrow_reader", None) or rows.fetch_arrow_reader
        session.engine.register(f"{copy}_rows", reader(BATCH_ROWS))
        session.execute(f"CREATE TABLE {quoted(copy)} AS FROM {quoted(f'{copy}_rows')}")
        session.engine.unregister(f"{copy}_rows")
    except duckdb.Error as error:
        if is_of_the_machine(error):
            raise
        raise _refused_view(file, name, error) from error
    finally:
        clock.cancel()
        own.close()
    return copy


def _refused_view(file: SourceFile, name: str, error: Exception) -> InputError:
    import duckdb

    why = str(error).splitlines()[0]
    if isinstance(error, duckdb.PermissionException):
        return InputError(
            f"The view '{name}' of {file.name} reads what is outside of the database, which a view "
            "is not let.",
            hint="Write its rows to a table of the database, or name what it reads as a source.",
        )
    if isinstance(error, duckdb.InterruptException) or "interrupt" in why.lower():
        return InputError(
            f"The view '{name}' of {file.name} takes more than {MOST_SECONDS:.0f} seconds.",
            hint="Write its rows to a table of the database.",
        )
    return InputError(
        f"The view '{name}' of {file.name} cannot be read: {why}",
        hint="Name a table, or correct the view.",
    )


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
