"""Draw rows at random, the same ones each time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from proveout.intake.databases.answers import frame_from_server, from_server
from proveout.intake.databases.numbering import comparable, number_of, record_text

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

_BUCKETS = 1 << 20
_MARGIN = 6
"""Standard deviations of the number of rows that pass the sieve; one draw in 10⁹ comes short."""


def fetch(
    table: ir.Table, columns: Sequence[str] | None = None, *, rows: int | None, seed: int
) -> pd.DataFrame:
    """Pull columns (all when None) of at most so many rows, drawn at random; all when None.

    Every row gets a key, a hash of its position and the seed; the rows with the smallest keys are
    drawn, and come in the order of the table. Equal table, seed and number give equal rows, on
    files and embedded databases. A server keeps no order of its own: there, the key is a hash of
    the record, so that the draw repeats in whatever order the rows come. Only of tables with few
    different records it is one of positions again, which repeats as long as the order does.
    """
    return _pulled(drawn(table, columns, rows=rows, seed=seed))


def drawn(
    table: ir.Table, columns: Sequence[str] | None = None, *, rows: int | None, seed: int
) -> ir.Table:
    """Return the rows that `fetch` pulls, where they live.

    What is computed of a table is computed of every row before it is drawn from: draw first.
    """
    n_rows = None if rows is None else _count(table)
    wanted = list(columns) if columns is not None else list(table.columns)
    if rows is None or n_rows is None or n_rows <= rows:
        return table.select(*wanted)
    if table.get_backend().name != "duckdb":
        by_record = _drawn_by_record(table, wanted, rows=rows, n_rows=n_rows, seed=seed)
        if by_record is not None:
            return by_record
    return _drawn_by_position(table.select(*wanted), rows=rows, n_rows=n_rows, seed=seed)


def _drawn_by_position(table: ir.Table, *, rows: int, n_rows: int, seed: int) -> ir.Table:
    import ibis

    position, key = "__position", "__key"
    numbered = table.mutate(**{position: ibis.row_number()})
    text = numbered[position].cast("string") + f"/{seed}"
    if table.get_backend().name == "duckdb":
        hashed = (text.hash() % _BUCKETS + _BUCKETS) % _BUCKETS
    else:
        hashed = number_of(text) % _BUCKETS
    keyed = numbered.mutate(**{key: hashed})
    # Few rows pass the sieve, and only these are sorted.
    sieved = keyed.filter(keyed[key] < _sieve(rows, n_rows))
    drawn = sieved.order_by([key, position]).limit(rows)
    return drawn.order_by(position).drop(position, key)


def _drawn_by_record(
    table: ir.Table, wanted: Sequence[str], *, rows: int, n_rows: int, seed: int
) -> ir.Table | None:
    """Draw by a hash of the record; None where alike records make the draw too large or small."""
    key = "__key"
    number = number_of(record_text(table, comparable(table)), str(seed)) % _BUCKETS
    keyed = table.select(*wanted, **{key: number})
    sieved = keyed.filter(keyed[key] < _sieve(rows, n_rows))
    n_passed = _count(sieved)
    if not rows <= n_passed <= rows + 2 * _MARGIN * (rows**0.5 + 1) + 1:
        return None
    return sieved.order_by(key).limit(rows).drop(key)


def _count(table: ir.Table) -> int:
    if table.get_backend().name == "duckdb":
        return int(table.count().execute())
    return int(from_server(table.aggregate(n=table.count()))["n"][0].as_py())


def _pulled(table: ir.Table) -> pd.DataFrame:
    if table.get_backend().name == "duckdb":
        return cast("pd.DataFrame", table.execute())
    return frame_from_server(table)


def _sieve(rows: int, n_rows: int) -> int:
    """Return below which key more than enough rows lie."""
    enough = rows + _MARGIN * (rows**0.5 + 1)
    return min(int(_BUCKETS * enough / n_rows) + 1, _BUCKETS)
