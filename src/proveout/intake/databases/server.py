"""Connect to the servers and warehouses that Ibis reaches by itself: all but two."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from proveout.errors import MissingExtraError, UnreachableError
from proveout.intake.databases.answers import from_server
from proveout.intake.databases.engines import Engine, example_of
from proveout.intake.databases.url import scheme_of, scrubbed

if TYPE_CHECKING:
    import ibis.expr.types as ir

_CONNECT_SECONDS = 10
_MORE: dict[str, dict[str, Any]] = {
    "mysql": {"connect_timeout": _CONNECT_SECONDS},
    "mssql": {"timeout": _CONNECT_SECONDS},
    # Ibis would write functions of its own into the database.
    "snowflake": {"create_object_udfs": False, "login_timeout": _CONNECT_SECONDS},
    # No browser window: a server that needs one is not reached from a job.
    "bigquery": {"auth_local_webserver": False},
}
_FIRST: dict[str, tuple[str, ...]] = {
    "mysql": ("SET SESSION TRANSACTION READ ONLY",),
}
"""What is said to a server before anything is asked."""


def connected(engine: Engine, url: str, shown: str) -> tuple[Any, Callable[[], object]]:
    """Return the connection and what closes it; messages name the server as `shown`."""
    import importlib

    try:
        importlib.import_module(f"ibis.backends.{engine.name}")
    except ImportError as error:
        raise MissingExtraError(extra=engine.extra, wanted_for=f"Reading {shown}") from error
    try:
        backend = _backend(engine, url)
        for statement in _FIRST.get(engine.name, ()):
            backend.raw_sql(statement).close()
    except ImportError as error:  # a driver that Ibis imports only now
        raise MissingExtraError(extra=engine.extra, wanted_for=f"Reading {shown}") from error
    except Exception as error:
        # Each driver has its own errors, and says by them alike that a host, a user, a password or
        # a database is wrong.
        raise UnreachableError(
            f"{shown} cannot be reached: {_reason(error, url)}.",
            hint="Check host, port, user, password and database, and that the server lets you in. "
            + example_of(engine),
        ) from error
    return backend, backend.disconnect


def tables_in(backend: Any, schema: tuple[str, ...] | str | None) -> list[str]:
    """Return the names of the tables and views of a schema; of the current one when None."""
    return sorted(str(name) for name in backend.list_tables(database=schema))


def with_truth_values(table: ir.Table, backend: Any, name: str, schema: str | None) -> ir.Table:
    """Return a table of MySQL with its truth values as such: it keeps them as 0 and 1.

    A column is one where it was made as BOOLEAN, which MySQL notes as tinyint(1), and where nothing
    else is in it.
    """
    import ibis

    with backend.con.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
            "AND table_schema = coalesce(%s, database()) AND column_type = 'tinyint(1)'",
            (name, schema),
        )
        made = [column for (column,) in cursor.fetchall() if column in table.columns]
    if not made:
        return table
    ends = {f"{end}{i}": getattr(table[column], end)() for i, column in enumerate(made)
            for end in ("min", "max")}  # fmt: skip
    (found,) = from_server(table.aggregate(**ends)).to_pylist()
    only = [
        column
        for i, column in enumerate(made)
        if (found[f"min{i}"] or 0) >= 0 and (found[f"max{i}"] or 0) <= 1
    ]
    truths = {
        column: ibis.ifelse(table[column].isnull(), None, table[column] == 1) for column in only
    }
    return table.mutate(**truths) if truths else table


def _backend(engine: Engine, url: str) -> Any:
    import ibis

    address = engine.name + url[len(scheme_of(url)) :]
    return ibis.connect(address, **_MORE.get(engine.name, {}))


def _reason(error: Exception, url: str) -> str:
    lines = [line.strip() for line in scrubbed(str(error), url).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__).rstrip(".")
