"""Records as columns, and columns as records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from proveout.runtime.log.columns import schema
from proveout.runtime.record import Record

if TYPE_CHECKING:
    import pyarrow as pa

MICRO = 1_000_000
_DERIVED = ("at", "ended_at", "cost")


def table_of(records: Sequence[Record]) -> pa.Table:
    """Put records into the columns of the archive."""
    import pyarrow as pa

    wanted = schema()
    columns = {
        name: pa.array([getattr(each, name) for each in records], wanted.field(name).type)
        for name in wanted.names
        if name not in _DERIVED
    }
    columns["at"] = _moments([each.at for each in records])
    columns["ended_at"] = _moments([each.at + each.seconds for each in records])
    columns["cost"] = _money([each.cost for each in records])
    return pa.table([columns[name] for name in wanted.names], schema=wanted)


def records_of(table: pa.Table | pa.RecordBatch) -> Iterator[Record]:
    """Turn rows of the archive into records again; moments to the microsecond."""
    import pyarrow as pa

    columns: dict[str, list[Any]] = {}
    for name in table.schema.names:
        column = table.column(name)
        if name == "at":
            columns[name] = [us / MICRO for us in column.cast(pa.int64()).to_pylist()]
        elif name == "cost":
            columns[name] = [int(cost.scaleb(9)) for cost in column.to_pylist()]
        elif name in ("reasons", "notes"):
            columns[name] = [tuple(each) for each in column.to_pylist()]
        elif name in Record.__struct_fields__:
            columns[name] = column.to_pylist()
    names = tuple(columns)
    for row in zip(*columns.values(), strict=True):
        yield Record(**dict(zip(names, row, strict=True)))


def _moments(seconds: list[float]) -> pa.Array:
    import pyarrow as pa

    return pa.array([round(s * MICRO) for s in seconds], pa.int64()).cast(
        pa.timestamp("us", tz="UTC")
    )


def _money(billionths: list[int]) -> pa.Array:
    """Return whole billionths as decimals with nine places: the same number, read otherwise."""
    import pyarrow as pa

    whole = pa.array(billionths, pa.int64()).cast(pa.decimal128(28, 0))
    return pa.Array.from_buffers(pa.decimal128(28, 9), len(whole), whole.buffers())
