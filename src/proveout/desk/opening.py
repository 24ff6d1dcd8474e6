"""Open the dashboard's database by its location."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from proveout.desk.kept import DESK
from proveout.desk.port import Desk
from proveout.evidence.ledger.connecting import open_database


@contextmanager
def open_desk(location: str, *, create: bool = True) -> Iterator[Desk]:
    """Open it in a file (SQLite) or at a `postgresql://` URL, and close it afterwards.

    Raises InputError when the location is wrong, StoreError when it is damaged, newer than this
    Proveout, or may not be written; UnreachableError and MissingExtraError for a PostgreSQL that
    cannot be used.
    """
    with open_database(location, DESK, create=create) as database:
        yield database
