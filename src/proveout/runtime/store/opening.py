"""Open the store by its location."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from proveout.evidence.ledger.connecting import open_database
from proveout.runtime.store.kept import STORE
from proveout.runtime.store.port import Store


@contextmanager
def open_store(location: str, *, create: bool = True) -> Iterator[Store]:
    """Open the store in a file (SQLite) or at a `postgresql://` URL, and close it afterwards.

    Its tables are made or brought up to date, unless `create` is False and there are none.
    Raises InputError when the location is wrong or, with create=False, holds no store; StoreError
    when it is damaged, newer than this Proveout, or may not be written; UnreachableError and
    MissingExtraError for a PostgreSQL that cannot be used.
    """
    with open_database(location, STORE, create=create) as database:
        yield database
