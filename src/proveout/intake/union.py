"""Put tables together by the names of their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from proveout.intake.batches import batches_of
from proveout.intake.session import Session, quoted
from proveout.intake.table import OpenTable

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

SOURCE_COLUMN = "__source"
SITE_COLUMN = "__site"
_MOST_DIGITS = 38
"""Of a decimal number of the engine."""
_DIGITS_OF_WHOLE = 20
"""Of the largest whole number of 64 bits."""


def by_name(
    tables: Sequence[tuple[str, ir.Table]], session: Session, *, n_bytes: int | None = None
) -> tuple[ir.Table, dict[str, dict[str, Any]]]:
    """Put the files of one source together; and note what was missing or widened in which file.

    Many small ones, of which `n_bytes` in all were read, are copied into one table: a view of a
    thousand tables takes longer to look up than to read.
    """
    if len(tables) == 1:
        return tables[0][1], {}
    types = common_types([table for _, table in tables])
    notes: dict[str, dict[str, Any]] = {}
    for name, table in tables:
        note: dict[str, Any] = {}
        if missing := [column for column in types if column not in table.columns]:
            note["columns_missing"] = missing
        if other := [c for c in table.columns if not _same(table[c].type(), types[c])]:
            note["columns_widened"] = {c: str(types[c]) for c in other}
        if note:
            notes[name] = note
    joined = session.new_name("joined")
    united = _listed([table for _, table in tables], types)
    if united is None:
        stacked = _stacked([table for _, table in tables], types)
        united = str(session.connection.compile(stacked))
    begin = "CREATE VIEW"
    if len(tables) >= _MANY and n_bytes is not None and n_bytes <= _SMALL_BYTES:
        begin = session.creating(2 * n_bytes)
    session.execute(f"{begin} {quoted(joined)} AS {united}")
    return session.table(joined), notes


_MANY = 32
_SMALL_BYTES = 64 << 20


def _listed(tables: Sequence[ir.Table], types: Mapping[str, dt.DataType]) -> str | None:
    """Return the SQL that stacks tables which all have the same columns; None of others.

    It is what a compiler would make of it, in a hundredth of the time.
    """
    import ibis.expr.operations as ops

    columns = ", ".join(map(quoted, types))
    selected = []
    for table in tables:
        op = table.op()
        is_own = isinstance(op, ops.DatabaseTable) and op.namespace.database is None
        if not is_own or len(op.schema) != len(types):
            return None
        if not all(
            name in types and _same(type_, types[name]) for name, type_ in op.schema.items()
        ):
            return None
        selected.append(f"SELECT {columns} FROM {quoted(op.name)}")  # noqa: S608 - own names
    return " UNION ALL ".join(selected)


def unite(tables: Sequence[OpenTable], *, session: Session | None = None) -> ir.Table:
    """Stack sources, with the name and site of each row's source in '__source' and '__site'.

    A column that a source does not have is null there; types that differ become the wider one,
    and text where there is none. Sources that live on several engines are copied to that of the
    session (of the first embedded one, where none is given).
    """
    import ibis

    here = _on_one_engine([opened.table for opened in tables], session)
    marked = [
        table.mutate(
            **{
                SOURCE_COLUMN: ibis.literal(opened.name),
                SITE_COLUMN: ibis.literal(opened.source.site, type="string"),
            }
        )
        for opened, table in zip(tables, here, strict=True)
    ]
    return _stacked(marked, common_types(marked)) if len(marked) > 1 else marked[0]


def _on_one_engine(tables: Sequence[ir.Table], session: Session | None) -> list[ir.Table]:
    """Copy tables to one engine where they live on several, in batches."""
    import ibis

    engines = {id(table.get_backend()): table.get_backend() for table in tables}
    if len(engines) == 1:
        return list(tables)
    embedded = [engine for engine in engines.values() if engine.name == "duckdb"]
    if session is not None:
        target = session.connection
    else:
        target = embedded[0] if embedded else ibis.duckdb.connect()
    return [table if table.get_backend() is target else _copied(table, target) for table in tables]


def _copied(table: ir.Table, target: Backend) -> ir.Table:
    import ibis

    name, rows = ibis.util.gen_name("copy"), ibis.util.gen_name("rows")
    target.con.register(rows, batches_of(table))
    target.con.execute(f"CREATE TABLE {quoted(name)} AS FROM {quoted(rows)}").fetchall()
    target.con.unregister(rows)
    return target.table(name)


def common_types(tables: Sequence[ir.Table]) -> dict[str, dt.DataType]:
    """Find for every column the narrowest type that holds the values of all tables."""
    types: dict[str, dt.DataType] = {}
    for table in tables:
        for column, type_ in table.schema().items():
            types[column] = wider(types[column], type_) if column in types else type_
    return types


def wider(one: dt.DataType, other: dt.DataType) -> dt.DataType:
    """Return the type that holds the values of both; text where nothing else does."""
    import ibis.expr.datatypes as dt

    if _same(one, other) or other.is_null():
        return one
    if one.is_null():
        return other
    if one.is_numeric() and other.is_numeric() and not (one.is_boolean() or other.is_boolean()):
        return _wider_number(one, other)
    moments = {type(one), type(other)}
    if moments == {dt.Date, dt.Timestamp}:
        return one if one.is_timestamp() else other
    return dt.string


def _wider_number(one: dt.DataType, other: dt.DataType) -> dt.DataType:
    """Return whole numbers or decimals that hold both exactly; floats where none do."""
    import ibis.expr.datatypes as dt

    both = (one, other)
    if all(each.is_integer() for each in both):
        if all(each.is_unsigned_integer() for each in both):
            return dt.uint64
        if not any(each.is_uint64() for each in both):
            return dt.int64
    wholes, fractions = zip(*map(_digits, both), strict=True)
    n_whole, n_fraction = max(wholes), max(fractions)
    if n_whole + n_fraction > _MOST_DIGITS:
        return dt.float64
    return dt.Decimal(n_whole + n_fraction, n_fraction)


def _digits(type_: dt.DataType) -> tuple[int, int]:
    """Return how many digits a number may have before and behind its point."""
    import ibis.expr.datatypes as dt

    if isinstance(type_, dt.Decimal) and type_.precision is not None:
        return type_.precision - (type_.scale or 0), type_.scale or 0
    return (_DIGITS_OF_WHOLE, 0) if type_.is_integer() else (_MOST_DIGITS + 1, 0)


def _same(one: dt.DataType, other: dt.DataType) -> bool:
    return bool(one.copy(nullable=True) == other.copy(nullable=True))


def _stacked(tables: Sequence[ir.Table], types: dict[str, dt.DataType]) -> ir.Table:
    import ibis

    aligned = [
        table.select(
            **{
                column: (
                    table[column].cast(type_)
                    if column in table.columns
                    else ibis.null().cast(type_)
                )
                for column, type_ in types.items()
            }
        )
        for table in tables
    ]
    return ibis.union(*aligned, distinct=False)
