"""All records of all sources in one table of an engine of our own, with their numbers.

Splink writes dozens of tables; those must neither stand among the user's nor outlive the question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from proveout.checks.readiness.engine import is_duckdb
from proveout.intake.memory import engine_memory_bytes, engine_threads
from proveout.intake.session import quoted
from proveout.intake.table import OpenTable

if TYPE_CHECKING:
    import duckdb
    import ibis.expr.datatypes as dt
    import ibis.expr.types as ir

_SHARE = 0.5
"""Part of the engine's memory that this second engine may use; the first one holds the sources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacked:
    """The table 'records': id, source, no, copy_of (id of an equal record), o0, o1 … as text."""

    engine: duckdb.DuckDBPyConnection
    names: tuple[str, ...]
    """The columns by position, as the first source that has them writes them."""
    moments: frozenset[int]
    """Positions of columns that are stored as a date or moment wherever they are."""
    numbers: frozenset[int]
    """Positions of columns that are stored as a number wherever they are."""
    sources: tuple[str, ...]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement and return all of its rows."""
        found: list[tuple[Any, ...]] = self.engine.execute(sql).fetchall()
        return found

    def row(self, sql: str) -> tuple[Any, ...]:
        """Run one statement and return its only row."""
        return self.rows(sql)[0]


@contextmanager
def stacked(sources: Sequence[OpenTable]) -> Iterator[Stacked]:
    """Copy the records into an engine of our own; it is gone at the end."""
    import duckdb

    memory = int(_SHARE * engine_memory_bytes())
    with TemporaryDirectory(prefix="proveout-") as folder:
        engine = duckdb.connect(
            str(Path(folder) / "records.duckdb"),
            config={
                "autoinstall_known_extensions": False,
                "memory_limit": f"{memory // 1024}KiB",
                "threads": engine_threads(memory),
                "temp_directory": folder,
            },
        )
        try:
            engine.execute("SET TimeZone = 'UTC'")
            engine.execute("SET enable_progress_bar = false")
            yield _fill(engine, sources)
        finally:
            engine.close()


def _fill(engine: duckdb.DuckDBPyConnection, sources: Sequence[OpenTable]) -> Stacked:
    columns = _columns(sources)
    listed = ", ".join(f"o{i} VARCHAR" for i in range(len(columns)))
    engine.execute(f"CREATE TABLE stack (id BIGINT, source VARCHAR, no BIGINT, {listed})")
    begun = 0
    for opened in sources:
        texts = ", ".join(_text(opened, names.get(opened.name)) for names in columns)
        engine.register("incoming", _reader(opened.table))
        engine.execute(
            f"INSERT INTO stack SELECT {begun} + n, ?, n, {texts} FROM "  # noqa: S608 - own names
            "(SELECT *, row_number() OVER () - 1 AS n FROM incoming)",
            [opened.name],
        )
        engine.unregister("incoming")
        begun = engine.execute("SELECT count(*) FROM stack").fetchall()[0][0]
    same = ", ".join(["source", *(f"o{i}" for i in range(len(columns)))])
    engine.execute(
        "CREATE TABLE records AS SELECT *, nullif(min(id) OVER (PARTITION BY "  # noqa: S608
        f"{same}), id) AS copy_of FROM stack"
    )
    engine.execute("DROP TABLE stack")
    types = [[each.table.schema()[n[each.name]] for each in sources if each.name in n]
             for n in columns]  # fmt: skip
    return Stacked(
        engine=engine,
        names=tuple(next(iter(names.values())) for names in columns),
        moments=frozenset(i for i, found in enumerate(types) if all(map(_is_moment, found))),
        numbers=frozenset(i for i, found in enumerate(types) if all(map(_is_number, found))),
        sources=tuple(opened.name for opened in sources),
    )


def _columns(sources: Sequence[OpenTable]) -> list[Mapping[str, str]]:
    """Meet the sources' columns by name: of each, what every source that has it calls it."""
    met: dict[str, dict[str, str]] = {}
    for opened in sources:
        for name, type_ in opened.table.schema().items():
            if type_.is_nested() or type_.is_binary():
                continue
            # 'Last Name' and 'last_name' are one; a name of signs alone stays as it is.
            plain = re.sub(r"[\W_]+", "", name.casefold()) or name
            if opened.name in met.get(plain, {}):
                plain = name
            met.setdefault(plain, {})[opened.name] = name
    return list(met.values())


def _text(opened: OpenTable, name: str | None) -> str:
    if name is None:
        return "NULL"
    text = f"CAST({quoted(name)} AS VARCHAR)"
    if opened.table.schema()[name].is_floating():
        # A whole number that is stored as a float for the gaps beside it stays a whole number.
        text = f"regexp_replace({text}, '\\.0$', '')"
    return text


def _reader(table: ir.Table) -> Any:
    if is_duckdb(table):
        backend = table.get_backend()
        return backend.con.sql(str(backend.compile(table))).to_arrow_reader()
    return table.to_pyarrow_batches()


def _is_moment(type_: dt.DataType) -> bool:
    return bool(type_.is_timestamp() or type_.is_date())


def _is_number(type_: dt.DataType) -> bool:
    return bool(type_.is_numeric()) and not type_.is_boolean()
