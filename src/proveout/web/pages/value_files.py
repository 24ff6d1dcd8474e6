"""A file of observations: its rows as they can be kept, and why others cannot."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from proveout.charter.schema.value import CaseRecord
from proveout.desk.imports import REFUSED_SHOWN
from proveout.errors import InputError
from proveout.web.pages.taking_in import MOST_LETTERS, Given, clean, is_moment, without_nul

MOST_FURTHER = 30
"""Columns of a row besides those that are known."""
_YES, _NO = ("yes", "y", "true", "x"), ("no", "n", "false")
_DECIMALS, _THOUSANDS = re.compile(r"-?\d+,\d+"), re.compile(r"-?\d{1,3},\d{3}")
_KNOWN = ("id", "kpi", "at", "ended", "value", "case", "team", "person")
_TRUTHS = ("with_system", "assigned", "volunteer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What could be read of a file, and what could not."""

    rows: list[dict[str, Any]]
    n_refused: int
    refused: list[dict[str, Any]]


def read_rows(file: Given, columns: CaseRecord, kpi: str | None, known: Set[str]) -> Read:
    """Read the rows of a file; `kpi` is that of all of them, `known` are those there are."""
    import ibis

    from proveout.checks.columns import known_seconds_of, known_truth_of, text_of

    table = file.table
    named = {
        key: _column(table, getattr(columns, key, key), file.name, is_needed=key == "at")
        for key in (*_KNOWN, *_TRUTHS)
    }
    nothing = ibis.null("string")
    texts = {
        key: nothing if named[key] is None else text_of(table[named[key]])
        for key in (*_KNOWN, *_TRUTHS)
    }
    taken = set(named.values())
    further = [each for each in table.columns if each not in taken][:MOST_FURTHER]
    moments = {
        f"{key}_s": ibis.null("float64")
        if named[key] is None
        else known_seconds_of(table[named[key]])
        for key in ("at", "ended")
    }
    # The words are those that count in the records of a charter.
    truths = {
        f"is_{key}": known_truth_of(None if named[key] is None else table[named[key]])
        for key in _TRUTHS
    }
    more = {f"more_{number}": table[each] for number, each in enumerate(further)}
    rows = table.select(**texts, **moments, **truths, **more).to_pyarrow().to_pylist()
    good: list[dict[str, Any]] = []
    refused, n_refused = list(file.refused), file.n_refused
    for number, row in enumerate(rows, start=1):
        told = clean(row)
        why = _fault(told, kpi, known)
        if why is None:
            good.append(_taken(told, kpi, further))
            continue
        n_refused += 1
        if len(refused) < REFUSED_SHOWN:
            refused.append({"line": None, "why": f"case {number}: {why}", "row": ""})
    return Read(rows=good, n_refused=n_refused, refused=refused)


def _column(table: Any, wanted: str, file: str, *, is_needed: bool) -> str | None:
    alike = [each for each in table.columns if each.strip().casefold() == wanted.casefold()]
    if alike or not is_needed:
        return alike[0] if alike else None
    raise InputError(
        f"{file} has no column '{wanted}', which says when a case began. It has: "
        f"{', '.join(table.columns)}.",
        hint=f"Call it '{wanted}'. A charter that reads the dashboard may say what else it is "
        "called: value: {records: {source: dashboard, at: COLUMN}}",
    )


def _fault(row: Mapping[str, Any], kpi: str | None, known: Set[str]) -> str | None:
    """Say why a row is no observation; None where it is one."""
    told = kpi or row["kpi"]
    if told is not None and told not in known:
        return f"the charter has no KPI '{told}'"
    if not is_moment(row["at_s"]):
        return f"'{row['at'] or ''}' is no moment"
    if row["ended"] is not None and not is_moment(row["ended_s"]):
        return f"'{row['ended']}' is no moment"
    if row["ended_s"] is not None and row["ended_s"] < row["at_s"]:
        return f"it ends ({row['ended']}) before it begins ({row['at']})"
    if row["value"] is not None and _number(row["value"]) is None:
        return f"'{row['value']}' is no number"
    doubtful = [each for each in _TRUTHS if row[each] is not None and row[f"is_{each}"] is None]
    return f"{doubtful[0]} '{row[doubtful[0]]}' is neither yes nor no" if doubtful else None


def _number(text: str) -> float | None:
    """Read a figure; yes and no are 1 and 0. '1,234' is none: it may be meant either way."""
    told = text.casefold()
    if told in _YES or told in _NO:
        return float(told in _YES)
    if _DECIMALS.fullmatch(told) and not _THOUSANDS.fullmatch(told):
        told = told.replace(",", ".")
    try:
        value = float(told)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _taken(row: Mapping[str, Any], kpi: str | None, further: Sequence[str]) -> dict[str, Any]:
    ended = row["ended_s"]
    more = {name: _plain(row[f"more_{number}"]) for number, name in enumerate(further)}
    return {
        **{key: row[key] for key in ("id", "case", "team", "person")},
        "kpi": kpi or row["kpi"],
        "at": datetime.fromtimestamp(row["at_s"], UTC),
        "ended": None if ended is None else datetime.fromtimestamp(ended, UTC),
        "value": None if row["value"] is None else _number(row["value"]),
        **{key: row[f"is_{key}"] for key in _TRUTHS},
        "more": {
            without_nul(name)[:MOST_LETTERS]: each
            for name, each in more.items()
            if each is not None
        },
    }


def _plain(value: Any) -> str | float | bool | None:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)[:MOST_LETTERS]
