"""Tables and views of a PostgreSQL server, worked on where they are, for reading only."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from proveout.charter.schema import Source
from proveout.errors import InputError, MissingExtraError, UnreachableError
from proveout.intake.readers.choice import chosen
from proveout.intake.session import Session

if TYPE_CHECKING:
    import ibis.expr.types as ir

_CONNECT_SECONDS = 10
_OPTIONS = "-c default_transaction_read_only=on -c timezone=UTC -c datestyle=ISO"


def read_postgres(source: Source, session: Session) -> tuple[ir.Table, str]:
    """Open one table of a server; return it with its name.

    Raises MissingExtraError, UnreachableError or InputError; none of them shows the password.
    """
    backend = session.server(source.path, lambda: _connected(source))
    rows = backend.raw_sql(
        "SELECT table_schema, table_name FROM information_schema.tables "
        "WHERE table_schema NOT IN ('information_schema', 'pg_catalog') "
        "AND table_schema NOT LIKE 'pg_temp%' ORDER BY 1, 2"
    ).fetchall()
    there = {
        name if schema == "public" else f"{schema}.{name}": (schema, name) for schema, name in rows
    }
    wanted = source.table
    if wanted is not None and wanted.startswith("public."):
        wanted = wanted.removeprefix("public.")
    found = chosen(wanted, list(there), what="table", where=without_password(source.path))
    schema, name = there[found]
    return backend.table(name, database=schema), found


def without_password(url: str) -> str:
    """Return the URL as it may be shown: without password, and without options."""
    shown = re.sub(r"^(\w+://[^/@:]*):[^@]*@", r"\1@", url)
    return shown.partition("?")[0]


def _connected(source: Source) -> tuple[Any, Callable[[], object]]:
    try:
        import ibis
        import ibis.backends.postgres
        import psycopg
    except ImportError as error:
        raise MissingExtraError(
            extra="postgres", wanted_for=f"Reading {without_password(source.path)}"
        ) from error
    url = re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", source.path)
    try:
        connection = psycopg.connect(
            url, options=_OPTIONS, connect_timeout=_CONNECT_SECONDS, autocommit=True
        )
    except psycopg.ProgrammingError as error:
        raise InputError(
            f"{without_password(source.path)} is no PostgreSQL URL.",
            hint="Write postgresql://USER@HOST:5432/DATABASE, and the table under 'table'.",
        ) from error
    except psycopg.OperationalError as error:
        raise UnreachableError(
            f"{without_password(source.path)} cannot be reached: {_reason(error)}",
            hint="Check host, port, user and database, and that the server lets you in.",
        ) from error
    return ibis.postgres.from_connection(connection), connection.close


def _reason(error: Exception) -> str:
    """Return the first reason; psycopg says it per address, and adds advice."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in lines if "failed: " in line] or lines
    return telling[0].rpartition("failed: ")[2] if telling else type(error).__name__
