"""The rows of a table piece by piece, whatever engine it lives on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

PIECE_ROWS = 20_000


def batches_of(table: ir.Table, *, rows: int = PIECE_ROWS) -> pa.RecordBatchReader:
    """Return a reader of a table's rows, `rows` at a time; never all of them are in memory.

    Ibis asks the embedded engine for them by a name that its newer versions do not have.
    """
    backend = table.get_backend()
    if backend.name != "duckdb":
        return table.to_pyarrow_batches(chunk_size=rows)
    relation = backend.con.sql(backend.compile(table))
    reader = getattr(relation, "to_arrow_reader", None) or relation.fetch_arrow_reader
    return reader(rows)
