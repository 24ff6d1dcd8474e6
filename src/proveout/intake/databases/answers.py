"""Answers of a server as Arrow tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa

_BY_CURSOR = ("postgres", "mysql", "mssql")
"""Servers whose drivers give plain Python values, not always of the type that Ibis expects: the
mean of whole numbers is a decimal to PostgreSQL and MySQL."""


def from_server(expression: ir.Table) -> pa.Table:
    """Run a query on its server; decimals come as floats."""
    backend = expression.get_backend()
    if backend.name == "pyspark":
        return _from_spark(expression)
    if backend.name not in _BY_CURSOR or not hasattr(backend.con, "cursor"):
        return expression.to_pyarrow()
    import pyarrow as pa

    cursor = backend.con.cursor()
    try:
        cursor.execute(str(backend.compile(expression)))
        fetched = cursor.fetchall()
    finally:
        cursor.close()
    schema = expression.schema()
    columns = list(zip(*fetched, strict=True)) or [() for _ in schema]
    arrays = [_array(values, type_) for values, type_ in zip(columns, schema.values(), strict=True)]
    return pa.table(arrays, names=list(schema))


def frame_from_server(expression: ir.Table) -> pd.DataFrame:
    """Run a query on its server; columns have the types that Ibis gives them elsewhere."""
    from ibis.formats.pandas import PandasData

    answer = from_server(expression).to_pandas()
    return cast("pd.DataFrame", PandasData.convert_table(answer, expression.schema()))


def _from_spark(expression: ir.Table) -> pa.Table:
    backend = expression.get_backend()
    answer = backend._session.sql(str(backend.compile(expression)))
    if not hasattr(answer, "toArrow"):  # before Spark 4
        return expression.to_pyarrow()
    return answer.toArrow()


def _array(values: Sequence[Any], type_: Any) -> pa.Array:
    import pyarrow as pa

    # A mean of decimals has more digits than they have.
    if type_.is_floating() or type_.is_decimal():
        return pa.array([None if v is None else float(v) for v in values], type=pa.float64())
    if type_.is_integer():
        return pa.array([None if v is None else int(v) for v in values], type=pa.int64())
    if type_.is_boolean():
        return pa.array([None if v is None else bool(v) for v in values], type=pa.bool_())
    if type_.is_string():
        return pa.array([None if v is None else _text(v) for v in values], type=pa.string())
    return pa.array(values, type=type_.to_pyarrow())


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
