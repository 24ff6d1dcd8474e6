"""True answers: which columns hold them, and what they say row by row. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from proveout.charter.schema import Charter
from proveout.scoring.values import as_text, is_empty
from proveout.statistics.labels import normalise

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PARTS = (list, tuple, dict, np.ndarray)

LABEL = ""
"""Stands for the field where the truth is one value and no document."""


def truth_by_field(charter: Charter) -> dict[str, str]:
    """Return the column that holds the truth of each field of a document.

    Where answers are no documents it is one column, under LABEL. A field that is held to a JSON
    Schema alone has no truth.
    """
    data, system = charter.data, charter.system
    if system is not None and system.task == "extraction" and system.scoring is not None:
        return {
            name: field.truth or name
            for name, field in system.scoring.fields.items()
            if field.by != "json_schema" or field.truth is not None
        }
    label = data.labels.column if data.labels is not None else data.label
    return {LABEL: label} if label is not None else {}


def stands_in_data(charter: Charter, found: Sequence[str]) -> bool:
    """Tell whether the truth is in columns of the data, and not in a file of its own."""
    columns = truth_by_field(charter)
    if set(columns) == {LABEL}:
        return charter.data.label is not None and charter.data.label in found
    return all(name in found for name in columns.values())


def known_truths(
    charter: Charter, found: Mapping[str, NDArray[np.object_]], rows: int
) -> NDArray[np.object_]:
    """Return the truth of each row from the columns that hold it; None where it is not known.

    For documents a dict with a value per field, empty fields None; a row none of whose fields is
    filled has not been labelled. Where only forms are looked at, every row can be judged.
    """
    columns = truth_by_field(charter)
    if set(columns) == {LABEL}:
        return found[columns[LABEL]]
    truth = np.full(rows, None, dtype=object)
    for row in range(rows):
        document = {
            field: None if is_empty(value := found[column][row]) else value
            for field, column in columns.items()
        }
        if not columns or any(value is not None for value in document.values()):
            truth[row] = document
    return truth


def objects(column: pd.Series[Any]) -> NDArray[np.object_]:
    """Return a column as objects, None where it has nothing."""
    values = np.array(column.to_numpy(dtype=object), dtype=object)
    values[np.asarray(column.isna(), dtype=bool)] = None
    return values


def join_truths(
    frame: pd.DataFrame, known: pd.DataFrame, *, key: Sequence[str], columns: Sequence[str]
) -> tuple[dict[str, NDArray[np.object_]], int]:
    """Return true values by key, column by column, and how many rows have contradicting ones.

    Keys are compared as labels are (`statistics.labels.normalise`), so that 7, 7.0 and '7' meet.
    A key with several different values in a column has none in any: nobody can tell which is true.
    """
    keys, wanted = keys_of(known, key), keys_of(frame, key)
    contradicting = np.zeros(len(wanted), dtype=bool)
    found = {}
    for name in columns:
        filled = known[name].notna().to_numpy(dtype=bool)
        values = pd.Series(_spelled(known[name][filled]), index=keys[filled])
        kinds = values.groupby(level=0, sort=False).nunique()
        first = pd.Series(known[name][filled].to_numpy(dtype=object), index=keys[filled])
        found[name] = objects(first[~first.index.duplicated()].reindex(wanted))
        contradicting |= np.asarray(wanted.isin(kinds.index[kinds > 1]), dtype=bool)
    for values_of in found.values():
        values_of[contradicting] = None
    return found, int(contradicting.sum())


def _spelled(column: pd.Series[Any]) -> NDArray[np.object_]:
    """Return values in the one spelling of labels; lists and objects as text."""
    plain = [as_text(each) if isinstance(each, _PARTS) else each for each in objects(column)]
    return normalise(pd.Series(plain, dtype=object))


def keys_of(frame: pd.DataFrame, names: Sequence[str]) -> pd.Index[Any]:
    """Return one text per row of what its key columns hold."""
    parts = [normalise(frame[name]) for name in names]
    # The unit separator cannot stand in a key that came from a file.
    return pd.Index(["\x1f".join(map(str, row)) for row in zip(*parts, strict=True)], dtype=object)
