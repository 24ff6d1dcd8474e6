"""Asking the engine: one place where expressions become rows.

For DuckDB the compiled query goes to the connection directly: Ibis's own way out imports pandas,
which costs a second at the first query. Servers answer by `intake.databases.answers`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from proveout.intake.databases.abilities import abilities_of
from proveout.intake.databases.answers import from_server
from proveout.intake.databases.numbering import text_mark

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


def is_duckdb(expression: ir.Expr) -> bool:
    """Tell whether the embedded engine answers this expression."""
    return bool(expression.get_backend().name == "duckdb")


def rows(expression: ir.Table) -> list[dict[str, Any]]:
    """Run a query with a small answer. Moments with a zone come in UTC."""
    if not _is_direct(expression):
        found: list[dict[str, Any]] = arrow(expression).to_pylist()
        return found
    backend = expression.get_backend()
    answer = backend.con.sql(str(backend.compile(expression)))
    names = list(answer.columns)
    zoned = {n for n, t in zip(names, answer.types, strict=True) if str(t).endswith("ZONE")}
    if zoned:
        # A moment with a zone would need pytz here, and pandas by way of Arrow.
        answer = answer.project(", ".join(_in_utc(n) if n in zoned else _quoted(n) for n in names))
    return [
        {n: _aware(v) if n in zoned else v for n, v in zip(names, row, strict=True)}
        for row in answer.fetchall()
    ]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _in_utc(name: str) -> str:
    return f"timezone('UTC', {_quoted(name)}) AS {_quoted(name)}"


def _aware(moment: Any) -> Any:
    return moment if moment is None else moment.replace(tzinfo=UTC)


def arrow(expression: ir.Table) -> pa.Table:
    """Run a query whose answer is worked on further."""
    if not _is_direct(expression):
        return from_server(expression)
    backend = expression.get_backend()
    return backend.con.sql(str(backend.compile(expression))).to_arrow_table()


@contextmanager
def kept_aside(expression: ir.Table) -> Iterator[ir.Table]:
    """Have the embedded engine keep an intermediate result of which several things are asked.

    Other engines answer each question from the start: they may not let us write.
    """
    if not _is_direct(expression):
        yield expression
        return
    backend, name = expression.get_backend(), _new_name()
    backend.con.execute(f"CREATE TEMP TABLE {name} AS {backend.compile(expression)}")
    try:
        yield backend.table(name)
    finally:
        backend.con.execute(f"DROP TABLE {name}")


def keep(backend: Any, answer: pa.Table) -> ir.Table:
    """Put an answer of another engine into the embedded one, for as long as that is open."""
    handed_over, name = _new_name(), _new_name()
    backend.con.register(handed_over, answer)
    backend.con.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM {handed_over}")  # noqa: S608 - own names
    backend.con.unregister(handed_over)
    return backend.table(name)


@contextmanager
def under_a_name(expression: ir.Table) -> Iterator[ir.Table]:
    """Give an expression of which many things are asked a name in the embedded engine: a view.

    Nothing is computed or copied. But each question then spells out a name instead of the whole
    expression, which takes longer to write than a small question takes to answer.
    """
    if not _is_direct(expression):
        yield expression
        return
    backend, name = expression.get_backend(), _new_name()
    backend.con.execute(f"CREATE TEMP VIEW {name} AS {backend.compile(expression)}")
    try:
        yield backend.table(name)
    finally:
        backend.con.execute(f"DROP VIEW {name}")


@contextmanager
def as_one(tables: Sequence[ir.Table]) -> Iterator[list[ir.Table]]:
    """Put tables of the same columns into one where the embedded engine holds them all.

    One question is then asked instead of one for each; elsewhere they stay as they are.
    """
    import ibis

    engines = {id(table.get_backend()) for table in tables}
    if len(tables) < 2 or len(engines) > 1 or not all(map(_is_direct, tables)):
        yield list(tables)
        return
    with under_a_name(ibis.union(*tables)) as whole:
        yield [whole]


def count_texts(table: ir.Table, value: ir.StringValue, **beside: ir.Value) -> ir.Table:
    """Count the records (n) of each different text (value), broken down by what stands beside it.

    'Oslo' and 'OSLO' are two texts, also to an engine that groups them together.
    """
    picked = table.select(value=value, **beside)
    if abilities_of(table).minds_case:
        return picked.group_by("value", *beside).aggregate(n=picked.count())
    marked = picked.mutate(mark=text_mark(picked["value"]))
    groups = marked.group_by("mark", *beside)
    counted = groups.aggregate(value=marked["value"].min(), n=marked.count())
    return counted.select("value", *beside, "n")


def _new_name() -> str:
    return f"proveout_{uuid4().hex}"


def _is_direct(expression: ir.Table) -> bool:
    import ibis.expr.operations as ops

    # A table in memory must be handed to the engine first, which Ibis does on its own way.
    return is_duckdb(expression) and not expression.op().find(ops.InMemoryTable)
