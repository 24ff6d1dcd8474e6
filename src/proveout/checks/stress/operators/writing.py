"""Moments as they are written in a column, and others written in just the same way."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from proveout.checks.stress.columns import ISO


def read(cell: Any) -> date | datetime | None:
    """Read a moment or a day; None where a cell is neither."""
    if isinstance(cell, date):
        return cell
    try:
        return datetime.fromisoformat(cell)
    except (TypeError, ValueError):
        return None


def like(cell: Any, moment: date | datetime) -> Any:
    """Write a moment as the cell it takes the place of: with Z, without seconds, as a day.

    What is damaged is the moment; a system must not stumble over another notation instead.

    >>> like("2024-03-04T10:00Z", datetime(1900, 1, 1))
    '1900-01-01T00:00Z'
    """
    if not isinstance(cell, str):
        return moment
    day = moment.isoformat()[:10]
    written = ISO.fullmatch(cell)
    clock, seconds, fraction, zone = (None,) * 4 if written is None else written.groups()
    if clock is None or not isinstance(moment, datetime):
        return day
    text = f"{day}{clock[0]}{moment:%H:%M}"
    if seconds is not None:
        text += f":{moment:%S}"
    if fraction is not None:
        text += f".{moment.microsecond:06}".ljust(len(fraction), "0")[: len(fraction)]
    return text + (zone or "")
