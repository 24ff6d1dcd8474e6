"""Draw rows at random, the same ones each time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from proveout.intake.databases.answers import frame_from_server, from_server

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
    files and embedded databases. A server keeps no order of its own: there, the draw repeats as
    long as the server returns rows in the same order.
    """
    import ibis

    wanted = table.select(*columns) if columns is not None else table
    n_rows = None if rows is None else _count(table)
    if rows is None or n_rows is None or n_rows <= rows:
        return _pulled(wanted)
    position, key = "__position", "__key"
    numbered = wanted.mutate(**{position: ibis.row_number()})
    hashed = (numbered[position].cast("string") + f"/{seed}").hash()
    keyed = numbered.mutate(**{key: (hashed % _BUCKETS + _BUCKETS) % _BUCKETS})
    # Few rows pass the sieve, and only these are sorted.
    sieved = keyed.filter(keyed[key] < _sieve(rows, n_rows))
    drawn = sieved.order_by([key, position]).limit(rows)
    return _pulled(drawn.order_by(position).drop(position, key))


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
