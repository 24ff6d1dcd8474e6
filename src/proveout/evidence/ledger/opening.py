"""Open a ledger by its location."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from proveout.evidence.ledger.connecting import open_database
from proveout.evidence.ledger.kept import LEDGER
from proveout.evidence.ledger.port import Ledger


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
    with open_database(location, LEDGER, create=create) as database:
        from proveout.evidence.ledger.store import SqlLedger

        yield SqlLedger(database, clock)
