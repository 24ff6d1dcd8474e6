"""The sample of every file of a source, and each record's hash, as tables of one engine."""
# ruff: noqa: S608 - every name in a statement is quoted, or our own

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from proveout.charter.schema import Data
from proveout.checks.readiness.columns import Kind, columns_of
from proveout.intake.session import quoted

if TYPE_CHECKING:
    import duckdb

    from proveout.intake.table import FileRead, OpenTable

CELLS = 4_000_000
"""Cells in the sample of a source, all of its files together."""
ROWS_EACH = (200, 4_000)
"""Rows that are looked at of each file: at least, where it has them, and at most."""
HASHES = 4_000_000
"""Records that are compared across files; of a larger source, those with certain hashes."""
_BUCKETS = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFile:
    """One file, as the engine knows it."""

    at: int
    rows: str
    """The SQL of its rows."""
    kinds: Mapping[str, Kind]
    read: FileRead


class SampledFiles:
    """A look under way, with its tables in the engine."""

    def __init__(self, opened: OpenTable, declared_moment: str | None) -> None:
        self.engine: duckdb.DuckDBPyConnection = opened.table.get_backend().con
        suffix = uuid4().hex[:12]
        self.sample, self.hashes = f"series_sample_{suffix}", f"series_hashes_{suffix}"
        self.files = [_file(opened, at) for at in range(len(opened.parts))]
        self.names = list(dict.fromkeys(name for file in self.files for name in file.kinds))
        self.types = {
            name: str(t) for name, t in zip(*_described(self.engine, opened), strict=True)
        }
        self.declared_moment = declared_moment
        self.n_rows: list[int] = []

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.engine.execute(sql).fetchall()
        return found


def _file(opened: OpenTable, at: int) -> SeriesFile:
    table = opened.parts[at].table
    return SeriesFile(
        at=at,
        rows=f"({table.get_backend().compile(table)})",
        kinds={column.name: column.kind for column in columns_of(table, Data())},
        read=opened.parts[at].file,
    )


def _described(
    engine: duckdb.DuckDBPyConnection, opened: OpenTable
) -> tuple[Sequence[str], Sequence[Any]]:
    united = engine.sql(str(opened.table.get_backend().compile(opened.table)))
    return united.columns, united.types


@contextmanager
def drawn(look: SampledFiles) -> Iterator[None]:
    """Fill the sample (file, c0, c1 … as text) and the hashes (file, h); drop both at the end."""
    columns = "".join(f", c{at} VARCHAR" for at in range(len(look.names)))
    look.engine.execute(f"CREATE TEMP TABLE {look.sample} (file INTEGER{columns})")
    look.engine.execute(f"CREATE TEMP TABLE {look.hashes} (file INTEGER, h UBIGINT)")
    try:
        most = CELLS // max(1, len(look.files) * len(look.names))
        rows_each = min(max(most, ROWS_EACH[0]), ROWS_EACH[1])
        every = max(1, sum(look.n_rows) // HASHES)
        for file in look.files:
            _take(look, file, rows_each, every)
        yield
    finally:
        look.engine.execute(f"DROP TABLE {look.sample}")
        look.engine.execute(f"DROP TABLE {look.hashes}")


def _take(look: SampledFiles, file: SeriesFile, rows_each: int, every: int) -> None:
    """Draw a file's sample by the hash of its records, and keep their hashes."""
    typed = ", ".join(f"{quoted(n)}::{look.types.get(n, 'VARCHAR')}" for n in file.kinds)
    own = look.hashes  # no column of theirs has this name
    hashed = f"(SELECT *, hash({typed}) AS {own} FROM {file.rows})"
    bound = _BUCKETS * rows_each // max(rows_each, look.n_rows[file.at])
    names = [name for name in look.names if name in file.kinds]
    into = ", ".join(f"c{look.names.index(name)}" for name in names)
    texts = ", ".join(f"{quoted(name)}::VARCHAR" for name in names)
    look.engine.execute(
        f"INSERT INTO {look.sample} (file, {into}) SELECT {file.at}, {texts} FROM {hashed} "
        f"WHERE {own} % {_BUCKETS} < {bound} LIMIT {2 * rows_each}"
    )
    look.engine.execute(
        f"INSERT INTO {look.hashes} SELECT {file.at}, {own} FROM {hashed} WHERE {own} % {every} = 0"
    )


def listed(files: Sequence[int] | Mapping[int, Any]) -> str:
    return ", ".join(str(int(file)) for file in files)
