"""Rows in the bodies of the protocols that carry them: Open Inference v2, MLflow, plain JSON.

Each takes a body that is decoded already, and raises NotRowsError for one without rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = dict[str, Any]
"""Column → value."""

_MLFLOW = ("dataframe_records", "inputs", "instances")


class NotRowsError(ValueError):
    """The body holds no rows; the text says why."""


def plain_rows(asked: Any) -> list[Row]:
    """Take the first list of records, wherever it stands; without one, the body is the one row."""
    found = _records(asked)
    if found is not None:
        return found
    return [asked if isinstance(asked, dict) else {"value": asked}]


def mlflow_rows(asked: Any) -> list[Row]:
    """Read dataframe_split, dataframe_records, inputs or instances of an MLflow scoring server."""
    if not isinstance(asked, dict):
        raise NotRowsError("The body is not a JSON object.")
    if "dataframe_split" in asked:
        split = asked["dataframe_split"]
        if not isinstance(split, dict) or not isinstance(split.get("data"), list):
            raise NotRowsError("'dataframe_split' has no 'data'.")
        columns = split.get("columns") or range(len(split["data"][0]) if split["data"] else 0)
        return [dict(zip(map(str, columns), row, strict=False)) for row in split["data"]]
    for key in _MLFLOW:
        if key in asked:
            return _table(asked[key])
    raise NotRowsError(f"The body has none of dataframe_split, {', '.join(_MLFLOW)}.")


def open_inference_rows(asked: Any) -> list[Row]:
    """Read tensors: one per column, or a matrix whose columns are called NAME.0, NAME.1 …"""
    tensors = asked.get("inputs") if isinstance(asked, dict) else None
    if not isinstance(tensors, list) or not tensors:
        raise NotRowsError("'inputs' is missing; it is a list of tensors.")
    columns: dict[str, list[Any]] = {}
    for tensor in tensors:
        columns |= _columns(tensor)
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        raise NotRowsError("The tensors differ in their number of rows.")
    names = list(columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _records(value: Any) -> list[Row] | None:
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return value
    inner = value.values() if isinstance(value, dict) else ()
    return next((found for item in inner if (found := _records(item)) is not None), None)


def _table(value: Any) -> list[Row]:
    if isinstance(value, dict):  # column → values
        columns = {str(k): v if isinstance(v, list) else [v] for k, v in value.items()}
        return [
            dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=False)
        ]
    if not isinstance(value, list):
        raise NotRowsError("The rows are neither a list nor an object of columns.")
    return [_row(item) for item in value]


def _row(item: Any) -> Row:
    if isinstance(item, Mapping):
        return dict(item)
    return {str(i): v for i, v in enumerate(item if isinstance(item, list) else [item])}


def _columns(tensor: Any) -> dict[str, list[Any]]:
    if not isinstance(tensor, dict) or not isinstance(tensor.get("data"), list):
        raise NotRowsError("A tensor has no 'data'.")
    name, shape, data = str(tensor.get("name")), tensor.get("shape") or [], tensor["data"]
    flat = [v for part in data for v in part] if data and isinstance(data[0], list) else data
    width = int(shape[1]) if len(shape) == 2 else 1
    if width == 1:
        return {name: flat}
    return {f"{name}.{i}": flat[i::width] for i in range(width)}
