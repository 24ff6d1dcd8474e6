"""Bring the tables to the version that this Proveout writes and reads."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from proveout.errors import InputError
from proveout.evidence.ledger.database import Database
from proveout.evidence.ledger.kept import Kept


def ensure_schema(database: Database, *, create: bool) -> None:
    """Make or upgrade the tables where needed; safe when several processes do so at once.

    Raises InputError when there is nothing and none is to be made, `kept.refused` when it was
    written by a newer Proveout or the place holds something else.
    """
    kept = database.kept
    with database.reading() as connection:
        version = _version(connection, kept)
    if version == kept.version:
        return
    if version is None and not create:
        raise InputError(
            f"There is no {kept.name} in {database.place} yet.", hint=kept.hint_when_missing
        )
    if version is None:
        database.before_create()
    with database.writing() as connection:
        database.lock_schema(connection)
        version = _version(connection, kept)  # another process may have been quicker
        if version == kept.version:
            return
        if version is not None and version not in kept.known_versions:
            raise kept.refused(
                f"The {kept.name} {database.place} was written by a newer Proveout: its schema is "
                f"{version}, this one knows up to {kept.version}.",
                hint="Upgrade: pip install --upgrade proveout",
            )
        _upgrade(connection, kept)


def _version(connection: Connection, kept: Kept) -> str | None:
    if not inspect(connection).has_table(kept.version_table):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {kept.version_table}")).scalar()  # noqa: S608
    return None if found is None else str(found)


def _upgrade(connection: Connection, kept: Kept) -> None:
    # Imported only here: it takes longer than everything else, and is needed once per database.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(kept.migrations).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
