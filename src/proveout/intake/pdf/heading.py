"""Which rows of a table are its header, and which are totals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from proveout.intake.pdf.found import Row
from proveout.intake.pdf.numerals import is_numeral

MOST_HEADER_ROWS = 3
_PERIOD = re.compile(r"(?:(?:Q[1-4]|H[12]|FY|[A-Za-zäé]{3,9}\.?)[ /-]?)?(?:19|20)\d\d", re.ASCII)
_TOTAL = re.compile(
    r"(?:sub|grand|sum|net|gross|over)?[ -]?(?:sub)?"
    r"(?:total\w*|sum|summe|gesamt\w*|totaa?l\w*|somme|suma|zwischensumme|nettobetrag|"
    r"bruttobetrag|amount due|balance due|carried forward|brought forward|übertrag)\b.*",
    re.IGNORECASE,
)


def n_header_rows(rows: Sequence[Row], told: int | None) -> int:
    """Count the rows of header at the top of a table; 0 where it has none.

    `told` is what the drawing shows: rows above a rule that has none below it but the last.
    """
    if told and told < len(rows):
        return told
    if len(rows) < 2:
        return 0
    leading = list(takewhile(_names_columns, rows[: MOST_HEADER_ROWS + 1]))
    numbers_below = any(map(_has_number, rows[len(leading) :]))
    if leading and numbers_below:
        if len(leading) > MOST_HEADER_ROWS:
            return 1
        return len(leading) if _share_numeric(rows[len(leading) :]) > 0.5 else 1
    first = rows[0].cells
    if not numbers_below and all(first) and len(set(first)) == len(first):
        return 1
    return 0


def names_of(header: Sequence[Row]) -> list[str]:
    """Join the rows of a header downwards; what is written over several rows comes once."""
    names: list[str] = []
    for texts in zip(*(row.cells for row in header), strict=True):
        said: list[str] = []
        for text in texts:
            if text and (not said or said[-1] != text):
                said.append(text)
        names.append(" ".join(said))
    return names


def is_total(row: Row) -> bool:
    """Tell whether a row sums up others: its first text says so, and only numbers follow."""
    texts = [text for text in row.cells if text]
    if len(texts) < 2 or not _TOTAL.fullmatch(texts[0]):
        return False
    return all(is_numeral(text) for text in texts[1:])


def _names_columns(row: Row) -> bool:
    return not any(is_numeral(text) and not _PERIOD.fullmatch(text) for text in row.cells if text)


def _has_number(row: Row) -> bool:
    return any(is_numeral(text) for text in row.cells if text)


def _share_numeric(rows: Sequence[Row]) -> float:
    return sum(map(_has_number, rows)) / max(1, len(rows))
