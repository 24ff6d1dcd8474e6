"""Open a ledger by its location: the one place that knows which database it is in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from proveout.errors import InputError
from proveout.evidence.ledger.port import Ledger

if TYPE_CHECKING:
    from proveout.evidence.ledger.database import Database

_POSTGRES = ("postgresql", "postgres", "postgresql+psycopg")


@contextmanager
def open_ledger(
    location: str,
    *,
    create: bool = True,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[Ledger]:
    """Open the ledger in a file (SQLite) or at a `postgresql://` URL, and close it afterwards.

    A new ledger, its folder included, is made where there is none, unless `create` is False.
    Raises InputError when the location is wrong or, with create=False, holds no ledger;
    LedgerError when it is damaged, newer than this Proveout, or may not be written;
    UnreachableError and MissingExtraError for a PostgreSQL that cannot be used.
    """
    # SQLAlchemy takes a moment to import; commands that need no ledger do not pay for it.
    from proveout.evidence.ledger.migrating import NO_LEDGER_HINT, ensure_schema
    from proveout.evidence.ledger.postgres import PostgresDatabase
    from proveout.evidence.ledger.sqlite import SqliteDatabase, may_write, sqlite_file
    from proveout.evidence.ledger.store import SqlLedger

    scheme, is_url, _ = location.partition("://")
    if is_url and scheme not in _POSTGRES:
        raise InputError(
            f"A ledger cannot be kept in '{scheme}://'.",
            hint="Give a file path (SQLite) or a URL that begins with postgresql://",
        )
    database: Database
    if is_url:
        database = PostgresDatabase(location)
    else:
        path = sqlite_file(location, create=create, hint_when_missing=NO_LEDGER_HINT)
        database = SqliteDatabase(path, read_only=not create and not may_write(path))
    try:
        ensure_schema(database, create=create)
        yield SqlLedger(database, clock)
    finally:
        database.close()
