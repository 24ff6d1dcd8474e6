"""Draw rows at random, the same ones each time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd


def fetch(
    table: ir.Table, columns: Sequence[str] | None = None, *, rows: int | None, seed: int
) -> pd.DataFrame:
    """Pull columns (all when None) of at most so many rows, drawn at random; all when None.

    Every row gets a key, a hash of its position and the seed; the rows with the smallest keys are
    drawn, and come in the order of the table. Equal table, seed and number give equal rows.
    """
    import ibis

    wanted = table.select(*columns) if columns is not None else table
    if rows is None:
        return cast("pd.DataFrame", wanted.execute())
    position, key = "__position", "__key"
    numbered = wanted.mutate(**{position: ibis.row_number()})
    keyed = numbered.mutate(**{key: (numbered[position].cast("string") + f"/{seed}").hash()})
    drawn = keyed.order_by([key, position]).limit(rows).order_by(position).drop(position, key)
    return cast("pd.DataFrame", drawn.execute())
