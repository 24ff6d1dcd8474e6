"""Bring the tables of a ledger to the version that this Proveout writes and reads."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from proveout.errors import InputError, LedgerError
from proveout.evidence.ledger.database import Database
from proveout.evidence.ledger.schema import KNOWN_VERSIONS, SCHEMA_VERSION, VERSION_TABLE

NO_LEDGER_HINT = (
    "It is made when something is first recorded: proveout seal pilot.yaml, "
    "or proveout assess pilot.yaml. If it stands elsewhere, name it with --ledger."
)


def ensure_schema(database: Database, *, create: bool) -> None:
    """Make or upgrade the tables where needed; safe when several processes do so at once.

    Raises InputError when there is no ledger and none is to be made, LedgerError when it was
    written by a newer Proveout or the place holds something else.
    """
    with database.reading() as connection:
        version = _version(connection)
    if version == SCHEMA_VERSION:
        return
    if version is None and not create:
        raise InputError(f"There is no ledger in {database.place} yet.", hint=NO_LEDGER_HINT)
    if version is None:
        database.before_create()
    with database.writing() as connection:
        database.lock_schema(connection)
        version = _version(connection)  # another process may have been quicker
        if version == SCHEMA_VERSION:
            return
        if version is not None and version not in KNOWN_VERSIONS:
            raise LedgerError(
                f"The ledger {database.place} was written by a newer Proveout: its schema is "
                f"{version}, this one knows up to {SCHEMA_VERSION}.",
                hint="Upgrade: pip install --upgrade proveout",
            )
        _upgrade(connection)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608
    return None if found is None else str(found)


def _upgrade(connection: Connection) -> None:
    # Imported only here: it takes longer than everything else, and is needed once per ledger.
    from alembic import command
    from alembic.config import Config

    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
