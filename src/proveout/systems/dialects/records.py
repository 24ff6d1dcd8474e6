"""Rows of a table as dialects take them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one dict per row, ready for JSON: missing is None, moments are ISO 8601 text."""
    text = rows.to_json(orient="records", date_format="iso", date_unit="us", double_precision=15)
    found: list[dict[str, Any]] = json.loads(text)
    return found
