"""Connect to a PostgreSQL server, for reading only."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from proveout.errors import InputError, MissingExtraError, UnreachableError
from proveout.intake.databases.url import without_password

if TYPE_CHECKING:
    import ibis.expr.types as ir

_CONNECT_SECONDS = 10
_OPTIONS = "-c default_transaction_read_only=on -c timezone=UTC -c datestyle=ISO"


def connected(url: str, shown: str) -> tuple[Any, Callable[[], object]]:
    """Return the connection and what closes it; messages name the server as `shown`."""
    try:
        import ibis
        import ibis.backends.postgres
        import psycopg
    except ImportError as error:
        raise MissingExtraError(extra="postgres", wanted_for=f"Reading {shown}") from error
    address = re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url, flags=re.IGNORECASE)
    try:
        connection = psycopg.connect(
            address, options=_OPTIONS, connect_timeout=_CONNECT_SECONDS, autocommit=True
        )
    except psycopg.ProgrammingError as error:
        raise InputError(
            f"{without_password(url)} is no PostgreSQL URL.",
            hint="Write postgresql://USER@HOST:5432/DATABASE, and the table under 'table'.",
        ) from error
    except psycopg.OperationalError as error:
        raise UnreachableError(
            f"{shown} cannot be reached: {_reason(error)}",
            hint="Check host, port, user and database, and that the server lets you in.",
        ) from error
    return ibis.postgres.from_connection(connection), connection.close


def tables(backend: Any) -> dict[str, tuple[str, str]]:
    """Return schema and name of every table and view, by how it is written here."""
    found = backend.raw_sql(
        "SELECT table_schema, table_name FROM information_schema.tables "
        "WHERE table_schema NOT IN ('information_schema', 'pg_catalog') "
        "AND table_schema NOT LIKE 'pg_temp%' ORDER BY 1, 2"
    ).fetchall()
    return {
        name if schema == "public" else f"{schema}.{name}": (schema, name) for schema, name in found
    }


def in_words(table: ir.Table, schema: str, name: str) -> ir.Table:
    """Return a table with what Ibis takes for text, and PostgreSQL does not, as text.

    Such are enumerations, which know none of the functions of text.
    """
    import ibis

    @ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
    def text(value: str) -> str: ...  # type: ignore[empty-body]

    with table.get_backend().con.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = %s "
            "AND table_name = %s AND data_type NOT IN ('text', 'character varying', 'character')",
            (schema, name),
        )
        others = {column for (column,) in cursor.fetchall()}
    said = {
        column: text(table[column])
        for column, type_ in table.schema().items()
        if type_.is_string() and column in others
    }
    return table.mutate(**said) if said else table


def _reason(error: Exception) -> str:
    """Return the first reason; psycopg says it per address, and adds advice."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in lines if "failed: " in line] or lines
    return telling[0].rpartition("failed: ")[2] if telling else type(error).__name__
