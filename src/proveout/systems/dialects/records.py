"""Rows of a table as dialects take them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from proveout.systems.answering import whole

if TYPE_CHECKING:
    import pandas as pd

_KNOWN = (bool, int, float, Decimal, date, datetime, time, timedelta, np.generic, type(None))
"""Kinds of cells that pandas writes as JSON as they are meant."""


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one dict per row, ready for JSON: missing is None, moments are ISO 8601 text.

    What has no form in JSON, such as bytes, becomes its text; of columns with the same name the
    later ones are numbered ('a', 'a.1').
    """
    text = _writable(rows).to_json(
        orient="records", date_format="iso", date_unit="us", double_precision=15
    )
    found: list[dict[str, Any]] = json.loads(text)
    return found


def _writable(rows: pd.DataFrame) -> pd.DataFrame:
    strange = [at for at in range(rows.shape[1]) if rows.dtypes.iloc[at].kind == "O"]
    if rows.columns.is_unique and not strange:
        return rows
    rows = rows.set_axis(_distinct(rows.columns), axis=1)
    # Among them are texts and the types of pandas' own, whose cells are looked at as well.
    return rows.assign(
        **{
            rows.columns[at]: rows.iloc[:, at].astype(object).map(_cell)
            for at in strange
            if str(rows.dtypes.iloc[at]) not in ("str", "category")
        }
    )


def _cell(cell: Any) -> Any:
    if isinstance(cell, str | dict | list):
        return whole(cell)
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    if isinstance(cell, _KNOWN) or repr(cell) in ("<NA>", "NaT"):
        return cell
    return str(cell)


def _distinct(names: Iterable[Any]) -> list[str]:
    seen: Counter[str] = Counter()
    found = []
    for name in map(str, names):
        found.append(f"{name}.{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return found
