"""What goes over the pipes between Proveout and the process of the system.

A frame is a kind (one byte), a length (eight bytes, little-endian) and a payload. Tables travel as
Arrow IPC streams; columns that Arrow has no single type for (a number column with text in some
rows) travel as JSON beside them. Nothing is ever unpickled.
"""

from __future__ import annotations

import json
import struct
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.systems.answering import RawAnswers

if TYPE_CHECKING:
    import pandas as pd

HEADER = struct.Struct("<cQ")

REQUEST = b"Q"
"""Parent to child: a batch."""
READY = b"R"
"""Child to parent: loaded, batches may come."""
ANSWERS = b"A"
"""Child to parent: what the callable returned."""
NO_ANSWERS = b"N"
"""Child to parent: what the callable returned cannot be read as answers; JSON with 'fault'."""

RAISED = b"X"
"""Child to parent: the callable, or loading it, raised; JSON with 'fault'."""

MOST_BYTES = 1 << 31
"""A longer frame from the child is taken for damage."""


def frame(kind: bytes, payload: bytes) -> bytes:
    """Put a payload into a frame."""
    return HEADER.pack(kind, len(payload)) + payload


def batch_to_bytes(batch: pd.DataFrame) -> bytes:
    """Encode a batch, its row index left out. Any cell that has no plain form becomes its text."""
    import pyarrow as pa

    arrays: dict[str, Any] = {}
    mixed: dict[str, list[Any]] = {}
    for position in range(batch.shape[1]):
        column = batch.iloc[:, position]
        key = str(position)
        try:
            arrays[key] = pa.Array.from_pandas(column)
        except (pa.ArrowException, ValueError, TypeError, OverflowError):
            mixed[key] = [_plain(cell) for cell in column.tolist()]
            continue
        if isinstance(arrays[key], pa.ChunkedArray):
            arrays[key] = arrays[key].combine_chunks()
    # Column types are kept one by one, so that a name that is no text or stands twice is no matter.
    plan = {
        "rows": len(batch),
        "columns": [_plain(name) for name in batch.columns],
        "dtypes": [str(dtype) for dtype in batch.dtypes],
        "mixed": mixed,
    }
    table = pa.table(arrays) if arrays else pa.table({"none": pa.nulls(len(batch))})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    head = json.dumps(plan).encode()
    return b"".join((struct.pack("<Q", len(head)), head, sink.getvalue().to_pybytes()))


def batch_from_bytes(payload: bytes) -> pd.DataFrame:
    """Rebuild a batch, with a fresh row index."""
    import pandas as pd
    import pyarrow as pa

    (length,) = struct.unpack_from("<Q", payload)
    plan = json.loads(payload[8 : 8 + length])
    with pa.ipc.open_stream(memoryview(payload)[8 + length :]) as reader:
        table = reader.read_all()
    columns = []
    for position, dtype in enumerate(plan["dtypes"]):
        key = str(position)
        if key in plan["mixed"]:
            cells = [_cell(value) for value in plan["mixed"][key]]
            columns.append(pd.Series(cells, dtype=object))
        else:
            columns.append(_as_dtype(table.column(key).to_pandas(), dtype))
    if not columns:
        return pd.DataFrame(index=pd.RangeIndex(plan["rows"]))
    whole = pd.concat(columns, axis=1, ignore_index=True)
    whole.columns = pd.Index([_cell(name) for name in plan["columns"]])
    return whole


def _as_dtype(column: Any, dtype: str) -> Any:
    if str(column.dtype) == dtype or dtype == "category":
        return column
    try:
        return column.astype(dtype)
    except (TypeError, ValueError):  # such as a list type: what Arrow made of it is close enough
        return column


def _plain(cell: Any) -> Any:
    if isinstance(cell, np.generic):
        cell = cell.item()
    if cell is None or isinstance(cell, str | bool | int | float):
        return cell
    if isinstance(cell, datetime | date | time):
        return {"type": type(cell).__name__, "text": cell.isoformat()}
    if isinstance(cell, Decimal):
        return {"type": "Decimal", "text": str(cell)}
    return None if repr(cell) in ("<NA>", "NaT") else str(cell)


def _cell(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    text = value["text"]
    match value["type"]:
        case "Decimal":
            return Decimal(text)
        case "date":
            return date.fromisoformat(text)
        case "time":
            return time.fromisoformat(text)
        case "Timestamp":
            import pandas as pd

            return pd.Timestamp(text)
        case _:
            return datetime.fromisoformat(text)


_TOKENS = ("input_tokens", "output_tokens")


def _as_json(document: dict[Any, Any]) -> str:
    """Write the fields of a document; a value that JSON does not know becomes its text."""

    def plain(value: Any) -> Any:
        value = _plain(value)
        return value["text"] if isinstance(value, dict) else value

    named = {str(name): value for name, value in document.items()}
    return json.dumps(named, default=plain, skipkeys=True)


def answers_to_bytes(raw: RawAnswers) -> bytes:
    """Encode what the callable returned, once it has been read."""
    import pyarrow as pa

    is_document = np.array([isinstance(item, dict) for item in raw.text], dtype=bool)
    columns = {
        "status": pa.array(raw.status),
        "number": pa.array(raw.number),
        "text": pa.array(raw.text, mask=is_document, type=pa.string()),
        "confidence": pa.array(raw.confidence),
    }
    if is_document.any():
        documents = [_as_json(item) if isinstance(item, dict) else None for item in raw.text]
        columns["document"] = pa.array(documents, type=pa.string())
    for name in _TOKENS:
        if getattr(raw, name) is not None:
            columns[name] = pa.array(getattr(raw, name))
    table = pa.table(columns).replace_schema_metadata({"faults": json.dumps(raw.faults)})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    encoded: bytes = sink.getvalue().to_pybytes()
    return encoded


def answers_from_bytes(payload: bytes) -> RawAnswers:
    """Rebuild what `answers_to_bytes` encoded. Raises ValueError on anything else."""
    import pyarrow as pa

    try:
        with pa.ipc.open_stream(payload) as reader:
            table = reader.read_all()
        metadata = table.schema.metadata or {}
        text = table.column("text").to_numpy().astype(object)
        if "document" in table.column_names:
            for row, document in enumerate(table.column("document").to_pylist()):
                if document is not None:
                    text[row] = json.loads(document)
        return RawAnswers(
            status=table.column("status").to_numpy().astype(np.int8),
            number=table.column("number").to_numpy().astype(np.float64),
            text=text,
            confidence=table.column("confidence").to_numpy().astype(np.float64),
            faults=tuple(json.loads(metadata.get(b"faults", b"[]"))),
            **{
                name: table.column(name).to_numpy().astype(np.float64)
                for name in _TOKENS
                if name in table.column_names
            },
        )
    except (pa.ArrowInvalid, KeyError, TypeError) as error:
        raise ValueError(f"the reply of the system's process cannot be read: {error}") from error
