"""The engine of one run: an embedded DuckDB behind Ibis, with its limits and its scratch space."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from proveout.intake.memory import engine_memory_bytes, engine_threads
from proveout.intake.scratch import Scratch
from proveout.intake.troubles import told

if TYPE_CHECKING:
    import duckdb
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

_ROWS_SHARE = 0.4
"""Part of the engine's memory that rows may take up; the rest is for asking things of them."""


class Session:
    """One engine, shared by all sources of a run. Close it, or use it in a `with` statement, which
    also says what the engine's own errors mean (`troubles.told`).

    Rows read from text are kept in memory where there is ample room (`creating`). What is larger
    goes to a scratch database on disk: the engine compresses it, which takes as long as reading it,
    and pages it out when memory is short, which it does at a higher price with tables in memory.
    """

    def __init__(
        self,
        *,
        memory_bytes: int | None = None,
        threads: int | None = None,
        keeps_text: bool = False,
    ) -> None:
        import ibis

        self.keeps_text = keeps_text
        """Values of text files stay as they stand in the file, whatever they look like."""
        self._scratch = Scratch()
        self.memory_bytes = engine_memory_bytes() if memory_bytes is None else memory_bytes
        self._names = count(1)
        self._room_bytes = int(_ROWS_SHARE * self.memory_bytes)
        self._closers: list[Callable[[], object]] = []
        self._servers: dict[str, Any] = {}
        self._schemas: dict[Hashable, Any] = {}
        self.connection: Backend = ibis.duckdb.connect(
            str(self.scratch / "rows.duckdb"),
            temp_directory=str(self.scratch / "spill"),
            memory_limit=f"{self.memory_bytes // 1024}KiB",
            threads=threads or engine_threads(self.memory_bytes),
            # A run never fetches code: what is not installed is done without.
            autoinstall_known_extensions=False,
        )
        # Times without a zone mean the same everywhere, whatever the machine is set to.
        self.execute("SET TimeZone = 'UTC'")
        # Standard output belongs to the results.
        self.execute("SET enable_progress_bar = false")

    @property
    def engine(self) -> duckdb.DuckDBPyConnection:
        """The connection beneath Ibis."""
        return self.connection.con

    @property
    def scratch(self) -> Path:
        """A folder for temporary files; gone when the session is closed."""
        return self._scratch.path

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement to its end."""
        self.rows(sql, parameters)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return all of its rows."""
        found: list[tuple[Any, ...]] = self.engine.execute(sql, parameters or None).fetchall()
        return found

    def new_name(self, stem: str) -> str:
        """Return a name for a table that nobody else has."""
        return f"{stem}_{next(self._names)}"

    def creating(self, n_bytes: int) -> str:
        """Return how the statement begins that creates a table of about so many bytes."""
        if n_bytes > self._room_bytes:
            return "CREATE TABLE"
        self._room_bytes -= n_bytes
        return "CREATE TEMP TABLE"

    def table(
        self, name: str, *, catalog: str | None = None, schema: str | None = None
    ) -> ir.Table:
        """Return a table or view as a lazy expression."""
        if catalog is None:
            return self.connection.table(name)
        return self.connection.table(name, database=(catalog, schema or "main"))

    def table_like(self, name: str, others: Hashable) -> ir.Table:
        """Return a table that has the columns of others, of which the engine is asked once."""
        import ibis.expr.operations as ops

        if others not in self._schemas:
            self._schemas[others] = self.table(name).schema()
        schema, nowhere = self._schemas[others], ops.Namespace(catalog=None, database=None)
        found: ir.Table = ops.DatabaseTable(
            name, schema=schema, source=self.connection, namespace=nowhere
        ).to_expr()
        return found

    def server(self, url: str, connect: Callable[[], tuple[Any, Callable[[], object]]]) -> Any:
        """Return the connection to a database server, made once and closed with the session.

        `connect` returns the connection and what closes it.
        """
        if url not in self._servers:
            self._servers[url], closer = connect()
            self._closers.append(closer)
        return self._servers[url]

    def close(self) -> None:
        """Let go of the engine and remove its scratch space."""
        for closer in reversed(self._closers):
            closer()
        self._closers.clear()
        self.connection.disconnect()
        self._scratch.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        if isinstance(error, Exception):
            with told():
                raise error


def quoted(name: str) -> str:
    """Quote an identifier for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text for SQL."""
    return "'" + text.replace("'", "''") + "'"
