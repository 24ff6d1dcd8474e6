"""Which texts are numbers, and what the marks in a column of them mean."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SIGN = r"[-+−–(]?\s?"
_UNIT = r"(?:[€$£¥%]|[A-Z]{3})"
NUMERAL = re.compile(
    rf"{_SIGN}(?:{_UNIT}\s?)?{_SIGN}\d[\d.,'’\u00a0\u202f ]*\s?(?:{_UNIT})?\s?[-)]?", re.ASCII
)
_GROUPED = {
    ".": re.compile(r"[-+−]?(?:\d{1,3}(?:[,'’\u00a0\u202f ]\d{3})+|\d+)(?:\.\d+)?-?"),
    ",": re.compile(r"[-+−]?(?:\d{1,3}(?:[.'’\u00a0\u202f ]\d{3})+|\d+)(?:,\d+)?-?"),
}
_TELLING = {
    ".": re.compile(r".*(?:,\d{3}\.\d*|\.\d{1,2}-?$|\.\d{4,}-?$|,\d{3},\d{3})"),
    ",": re.compile(r".*(?:\.\d{3},\d*|,\d{1,2}-?$|,\d{4,}-?$|\.\d{3}\.\d{3})"),
}
"""What can be read in one way only: '1,234.5', '2.50', '1,234,567'."""
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{4}-")
"""Or the part of one that stands at the end of a line."""


def is_numeral(text: str) -> bool:
    """Tell whether a text is an amount, a share or a count."""
    return bool(NUMERAL.fullmatch(text.strip())) and not _DATE.fullmatch(text.strip())


def mark_of(columns: Iterable[Iterable[str]]) -> str | None:
    """Find the decimal mark of a table's columns of numbers; None where nothing tells it."""
    votes = {".": 0, ",": 0}
    for column in columns:
        texts = [text for text in column if text]
        for mark, pattern in _GROUPED.items():
            if texts and all(pattern.fullmatch(text) for text in texts):
                votes[mark] += any(_TELLING[mark].match(text) for text in texts)
    if bool(votes["."]) == bool(votes[","]):
        return None
    return "." if votes["."] else ","


def plain(texts: list[str], mark: str) -> list[str] | None:
    """Write a column of numbers without groups and with a point; None where one is no number.

    A code is not touched: where nothing but digits stands in a column, it stays as it is.
    """
    pattern = _GROUPED[mark]
    if not any(texts) or not all(not text or pattern.fullmatch(text) for text in texts):
        return None
    if all(text.isdigit() for text in texts if text):
        return None
    if any(re.match(r"[-+−]?0\d", text) for text in texts):
        return None
    return [_plain(text, mark) for text in texts]


def _plain(text: str, mark: str) -> str:
    digits = re.sub(r"[^\d.,-]", "", text.replace("−", "-"))
    if digits.endswith("-"):
        digits = f"-{digits[:-1]}"
    other = "," if mark == "." else "."
    return digits.replace(other, "").replace(mark, ".")
