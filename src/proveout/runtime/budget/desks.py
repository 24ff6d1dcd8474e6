"""The desk that fits a store."""

from __future__ import annotations

from proveout.runtime.budget.desk import Desk
from proveout.runtime.store.port import Store


def desk_for(store: Store, pilot: str, owner: str) -> Desk:
    """Return a desk; it connects when it is first used."""
    if store.dialect == "sqlite":
        from proveout.runtime.budget.sqlite_desk import SqliteDesk

        return SqliteDesk(store, pilot, owner)
    from proveout.runtime.budget.postgres_desk import PostgresDesk

    return PostgresDesk(store, pilot, owner)
