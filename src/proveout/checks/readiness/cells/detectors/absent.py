"""Missing values: texts that stand for one, and gaps in columns that are otherwise filled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from proveout.checks.readiness.cells.grid import Column
from proveout.checks.readiness.cells.shapes import Shapes
from proveout.checks.readiness.cells.signal import Signal, Told, by_value

ALWAYS = frozenset({
    "n/a", "#n/a", "n.a.", "nan", "null", "#null!", "nil", "(null)", "<na>", "<null>", "#value!",
    "#ref!", "#div/0!", "tbd", "t.b.d.", "?", "??", "???", "-", "--", "---", "n.v.", "k.a.", "\\n",
    "undefined", "not available", "not applicable",
})  # fmt: skip
"""Texts that are hardly ever a value."""
OFTEN = frozenset({
    "na", "none", "unknown", "unbekannt", "missing", "empty", "xxx", "xx", "x", ".", "..",
    "no data", "not known", "dummy", "test", "default", "blank", "nd", "void", "noname",
    "inconnu", "*",
})  # fmt: skip
"""Texts that are a value in some columns: suspect where the others are of another kind."""
_DATES = frozenset({
    "1900-01-01", "01/01/1900", "1/1/1900", "01.01.1900", "1970-01-01", "01/01/1970", "9999-12-31",
    "12/31/9999", "31.12.9999", "0000-00-00", "00/00/0000", "1899-12-30", "01/01/0001",
    "0001-01-01",
})  # fmt: skip
_HARDLY = 0.005
_OFTEN_ENOUGH = 0.05
_NEARLY_ALWAYS = 0.02
"""Share of empty cells up to which a column counts as nearly always filled."""


def own_null(columns: Sequence[Column]) -> str | None:
    """Return the text by which a table writes 'no value', in place of empty cells, if it has one.

    It stands in several columns, often in one of them, and these have no empty cells beside it.
    What is written so is the table's rule, not a slip; the audit of the field tells of it.
    """
    often: Counter[str] = Counter()
    columns_with: Counter[str] = Counter()
    for column in columns:
        if column.n_rows - column.n_filled > _HARDLY * column.n_rows:
            continue
        for code in _candidates(column):
            text = column.values[code].strip().casefold()
            columns_with[text] += 1
            often[text] = max(often[text], int(column.counts[code]))
    several = [
        text
        for text, n in columns_with.most_common()
        if n > 1 and often[text] >= _OFTEN_ENOUGH * columns[0].n_rows
    ]
    return several[0] if several else None


def _candidates(column: Column) -> list[int]:
    known = ALWAYS | OFTEN
    return [
        code
        for code, value, n in column.filled()
        if n >= _HARDLY * column.n_rows and value.strip().casefold() in known
    ]


def stand_ins(column: Column, shapes: Shapes, *, null: str | None = None) -> Signal | None:
    """Find texts that say 'not known' instead of leaving the cell empty.

    `null` is the table's own way to say so.
    """
    found: dict[int, tuple[float, Told]] = {}
    for code, value, n in column.filled():
        text = value.strip().casefold()
        if text == null:
            continue
        score = _score(text, shapes, n / column.n_filled)
        if score:
            reason = f"'{value}' stands for a value that is not known"
            found[code] = score, Told(reason=reason, suggestion="")
    found |= _sentinels(column, shapes)
    return by_value("stand-in", column, found)


def _score(text: str, shapes: Shapes, share: float) -> float:
    if text in ALWAYS:
        return 0.97 if share < 0.9 else 0.0
    structured = shapes.digit_share >= 0.5 * (1 - share)
    if text in OFTEN and structured and share < 0.5:
        return 0.85
    if text in _DATES:
        return 0.75
    return 0.0


def _sentinels(column: Column, shapes: Shapes) -> dict[int, tuple[float, Told]]:
    """Find numbers such as -999 and 9999 that are far outside all others, and come again."""
    import numpy as np

    figures, counts = shapes.figures, column.counts
    known = ~np.isnan(figures)
    if shapes.numeric_share < 0.5 or known.sum() < 10:
        return {}
    found = {}
    for code in np.flatnonzero(known).tolist():
        digits = column.values[code].strip().lstrip("-").removesuffix(".0")
        is_nines = len(digits) >= 3 and set(digits) <= {"9"}
        if not (is_nines or column.values[code].strip() in ("-1", "-1.0")):
            continue
        others = figures[known & (np.arange(len(figures)) != code)]
        low, high = float(others.min()), float(others.max())
        mine = float(figures[code])
        spread = max(high - low, 1e-9)
        gap = (low - mine) if mine < low else (mine - high)
        outside = low >= 0 if mine < 0 else mine > high and gap > 0.5 * spread
        if outside and (counts[code] > 1 or is_nines):
            reason = (
                f"{column.values[code]} stands for a value that is not known: all others are "
                f"{low:g} to {high:g}"
            )
            found[code] = 0.8, Told(reason=reason, suggestion="")
    return found


def gaps(column: Column) -> Signal | None:
    """Find empty cells of a column that is nearly always filled."""
    n_empty = column.n_rows - column.n_filled
    if not n_empty or n_empty > _NEARLY_ALWAYS * column.n_rows or column.n_rows < 50:
        return None
    n_filled, n_rows = column.n_filled, column.n_rows
    told = Told(reason=f"empty, while {n_filled:,} of {n_rows:,} records have a value")
    empty = dict.fromkeys(column.is_empty.nonzero()[0].tolist(), (0.6, told))
    return by_value("missing", column, empty)
