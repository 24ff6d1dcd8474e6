"""Open a database by its location: the one place that knows which kind it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from proveout.errors import InputError
from proveout.evidence.ledger.kept import Kept

if TYPE_CHECKING:
    from proveout.evidence.ledger.database import Database

_POSTGRES = ("postgresql", "postgres", "postgresql+psycopg")


@contextmanager
def open_database(location: str, kept: Kept, *, create: bool) -> Iterator[Database]:
    """Open the file (SQLite) or `postgresql://` URL, its tables up to date; close it afterwards.

    Raises InputError when the location is wrong or, with create=False, holds nothing of the kind;
    `kept.refused` when it is newer than this Proveout or may not be written, `kept.broken` when it
    is damaged; UnreachableError and MissingExtraError for a PostgreSQL that cannot be used.
    """
    # SQLAlchemy takes a moment to import; commands that need no database do not pay for it.
    from proveout.evidence.ledger.migrating import ensure_schema
    from proveout.evidence.ledger.postgres import PostgresDatabase
    from proveout.evidence.ledger.sqlite import SqliteDatabase, may_write, sqlite_file

    scheme, is_url, _ = location.partition("://")
    if is_url and scheme not in _POSTGRES:
        raise InputError(
            f"A {kept.name} cannot be kept in '{scheme}://'.",
            hint="Give a file path (SQLite) or a URL that begins with postgresql://",
        )
    database: Database
    if is_url:
        database = PostgresDatabase(location, kept=kept)
    else:
        path = sqlite_file(location, create=create, kept=kept)
        database = SqliteDatabase(path, read_only=not create and not may_write(path), kept=kept)
    try:
        ensure_schema(database, create=create)
        yield database
    finally:
        database.close()
