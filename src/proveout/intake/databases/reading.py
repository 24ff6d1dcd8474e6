"""Open one table of a database where it lies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proveout.charter.schema import Source
from proveout.errors import InputError
from proveout.intake.databases import postgres, server, spark
from proveout.intake.databases.engines import ENGINES, Engine, engine_of
from proveout.intake.databases.url import filled_in, without_password
from proveout.intake.readers.choice import chosen
from proveout.intake.session import Session

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseTable:
    """A table of a server; the expression is answered there."""

    table: ir.Table
    name: str
    """As it is called there, with its schema where that is not the usual one."""
    engine: Engine
    where: str
    """The URL as it may be shown."""


def is_database(source: Source) -> bool:
    """Tell whether the source is a table of a database server or warehouse."""
    return source.format in ("postgres", "database") or engine_of(source.path) is not None


def read_database(source: Source, session: Session, *, folder: Path) -> DatabaseTable:
    """Open one table of a server.

    Raises MissingExtraError, UnreachableError or InputError; none of them shows the password.
    """
    engine = _engine(source)
    url, shown = filled_in(source.path), without_password(source.path)
    match engine.name:
        case "postgres":
            backend = session.server(url, lambda: postgres.connected(url, shown))
            table, name = _of_postgres(backend, source.table, shown)
        case "pyspark":
            backend = session.server("spark", lambda: spark.connected(url, shown))
            lake = spark.lake_table(backend, url, folder, session.new_name("lake"))
            if lake is not None:
                return DatabaseTable(
                    table=_as_said(lake, source), name=_lake_name(url), engine=engine, where=shown
                )
            table, name = _of_server(backend, source.table, shown)
        case _:
            backend = session.server(url, lambda: server.connected(engine, url, shown))
            table, name = _of_server(backend, source.table, shown)
    return DatabaseTable(table=_as_said(table, source), name=name, engine=engine, where=shown)


def _as_said(table: ir.Table, source: Source) -> ir.Table:
    """Apply what the charter says of the columns: other names, and texts for no value."""
    import ibis

    names = {new: old for old, new in source.rename.items() if old in table.columns}
    table = table.rename(names) if names else table
    if not source.null_values:
        return table
    texts = [name for name, type_ in table.schema().items() if type_.is_string()]
    none = ibis.null("string")
    return table.mutate(
        **{
            name: ibis.ifelse(table[name].isin(source.null_values), none, table[name])
            for name in texts
        }
    )


def _engine(source: Source) -> Engine:
    engine = engine_of(source.path)
    if engine is None and source.format == "postgres":
        return ENGINES[0]
    if engine is None:
        raise InputError(
            f"{without_password(source.path)} is no database URL that is known.",
            hint=f"Write for example {ENGINES[0].example}; others begin with "
            f"{', '.join(f'{each.schemes[0]}://' for each in ENGINES[1:])}.",
        )
    return engine


def _of_postgres(backend: Any, wanted: str | None, shown: str) -> tuple[ir.Table, str]:
    there = postgres.tables(backend)
    if wanted is not None:
        wanted = wanted.removeprefix("public.")
    found = chosen(wanted, list(there), what="table", where=shown)
    schema, name = there[found]
    table = backend.table(name, database=schema)
    return postgres.in_words(table, schema, name), found


def _of_server(backend: Any, wanted: str | None, shown: str) -> tuple[ir.Table, str]:
    """Find a table by 'name', 'schema.name' or 'catalog.schema.name'."""
    path, _, name = (wanted or "").rpartition(".")
    schema: tuple[str, ...] | str | None = None
    if path:
        schema = tuple(path.split(".")) if "." in path else path
    there = server.tables_in(backend, None) if schema is None else _in_schema(backend, schema)
    found = chosen(name or None, there, what="table", where=f"{shown}: {path}" if path else shown)
    table = backend.table(found, database=schema)
    if backend.name == "mysql":
        table = server.with_truth_values(table, backend, found, path or None)
    return table, f"{path}.{found}" if path else found


def _in_schema(backend: Any, schema: tuple[str, ...] | str) -> list[str]:
    try:
        return server.tables_in(backend, schema)
    except Exception:  # noqa: BLE001 - each driver says in its own way that there is no such schema
        return []


def _lake_name(url: str) -> str:
    found = re.search(r"[?&]path=([^&#]+)", url)
    return found[1] if found else ""
