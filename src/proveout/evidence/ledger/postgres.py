"""A PostgreSQL database, for when several machines write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from proveout.errors import (
    InputError,
    MissingExtraError,
    ProveoutError,
    UnreachableError,
)
from proveout.evidence.ledger.database import Database
from proveout.evidence.ledger.kept import LEDGER, Kept

LOCK_TIMEOUT = "60s"
"""How long an append waits for others; one append holds the head for milliseconds."""
SCHEMA_LOCK = 0x70726F76656F7574
"""Key of the advisory lock while tables are made: 'proveout' as bytes."""

_UNREACHABLE_STATES = ("08", "28", "3D", "57P")
"""SQLSTATE classes: connection, authorisation, no such database, server going down."""
_DAMAGED_STATES = ("XX001", "XX002", "42P01")
"""Damaged pages, and a table that is gone."""
_BUSY_STATE = "55P03"


class PostgresDatabase(Database):
    """PostgreSQL through psycopg 3; appends queue on the row that holds the head."""

    dialect = "postgresql"
    reading_options = {  # noqa: RUF012  # read only
        "isolation_level": "REPEATABLE READ",
        "postgresql_readonly": True,
    }
    writing_options = {"isolation_level": "READ COMMITTED"}  # noqa: RUF012

    def __init__(self, location: str, *, kept: Kept = LEDGER) -> None:
        url = _parse(location, kept)
        try:
            import psycopg
        except ImportError as error:
            raise MissingExtraError(
                extra="postgres", wanted_for=f"A {kept.name} in PostgreSQL"
            ) from error
        self.driver_errors = (psycopg.Error,)
        self._secrets = [
            str(secret) for secret in (url.password, url.query.get("password")) if secret
        ]
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "connect_timeout": kept.connect_timeout_s,
                "prepare_threshold": None,  # connection poolers do not know prepared statements
            },
        )
        event.listen(engine, "connect", _set_up)
        super().__init__(engine, _display(url), kept)

    def lock_schema(self, connection: Connection) -> None:
        """Queue behind any other process that makes tables."""
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SCHEMA_LOCK})

    def damage(self, connection: Connection) -> Sequence[str]:  # noqa: ARG002
        """Nothing to ask: PostgreSQL reports damaged pages when it reads them."""
        return ()

    def explain(self, error: Exception) -> ProveoutError:
        """Put an error of PostgreSQL into words, without the password."""
        cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
        said = " ".join(str(cause).split())
        for secret in self._secrets:
            said = said.replace(secret, "***")
        name = self.kept.name
        state = getattr(cause, "sqlstate", None) or ""
        if state.startswith(_DAMAGED_STATES):
            return self.kept.broken(
                f"The {name} {self.place} is damaged: PostgreSQL says '{said}'.",
                hint="Keep the database as it is, and restore the last backup beside it.",
            )
        if state == _BUSY_STATE:
            return self.kept.refused(
                f"The {name} {self.place} is busy: another process has held it for more than a "
                f"minute.",
                hint=f"Find the session that holds {self.kept.held}, or try again later.",
            )
        if _is_unreachable(error, cause, state):
            return UnreachableError(
                f"The {name} {self.place} cannot be reached: {said}",
                hint="Check that the server runs, the address, the user and the password.",
            )
        return self.kept.refused(
            f"The {name} {self.place} refused: {said}",
            hint="Check the rights of the user: it needs to create and write tables.",
        )


def _is_unreachable(error: Exception, cause: BaseException, state: str) -> bool:
    if state:
        return state.startswith(_UNREACHABLE_STATES)
    # Without a SQLSTATE there was no answer from the server at all.
    return type(cause).__name__ == "OperationalError" or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def _parse(location: str, kept: Kept) -> URL:
    try:
        url = make_url(location.replace("postgres://", "postgresql://", 1))
    except (SQLAlchemyError, ValueError):
        url = None
    # An '@' behind the first one comes from a password: the rest of it would be shown as the host.
    if url is None or "@" in f"{url.host}{url.database}":
        # Neither chained nor shown: the text may hold a password.
        raise InputError(
            f"The address of the {kept.name} is not a PostgreSQL URL.",
            hint="Write postgresql://USER:PASSWORD@HOST:5432/DATABASE; special characters in "
            "the password as %XX.",
        )
    return url


def _display(url: URL) -> str:
    host = url.host or url.query.get("host") or "the local socket"
    user = f"{url.username}@" if url.username else ""
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{user}{host}{port}/{url.database or ''}"


def _set_up(raw: Any, _record: Any) -> None:
    # What was acknowledged has to survive a crash of the server, whatever its default is.
    raw.execute(
        "SELECT set_config('synchronous_commit', 'on', false) "
        "WHERE current_setting('synchronous_commit') = 'off'"
    )
    raw.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
    raw.commit()
