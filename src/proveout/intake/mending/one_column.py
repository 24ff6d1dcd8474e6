"""Know a file of one column, whose texts and figures hold signs that delimit elsewhere."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from itertools import islice

_GROUPED = re.compile(
    r"[^\w\s]? ?[+-]?(\d{1,3}([,. ]\d{3})+([.,]\d+)?|\d+([.,]\d+)?) ?(%|[^\w\s]|[A-Z]{3})?"
)
"""A figure with marks for thousands and decimals, and its currency or percent."""
_MOMENT = re.compile(
    r"(\d{1,4}[-/.]\d\d?[-/.]\d{1,4}|\d\d? \w{3,9}\.? \d{2,4})?[ T]*"
    r"(\d\d?:\d\d(:\d\d([.,]\d+)?)?)?( ?[AaPp][Mm])?"
)
_FEW_LINES = 3
_MOST_LINES = 2_000
_ENOUGH_ROWS = 20


def is_one_column(lines: Sequence[str], delimiter: str) -> bool:
    """Tell whether a sign that comes often delimits nothing.

    The name of the only column does not hold it, and below, it stands within figures, or is
    followed by a blank as in prose. Blanks delimit only where some part is a figure or a code.
    """
    if delimiter in (" ", ":") and all(
        _MOMENT.fullmatch(line.strip().strip('"')) or _GROUPED.fullmatch(line.strip())
        for line in lines[1:]
    ):
        return len(lines) > 1
    if delimiter == " ":
        return not _has_figures(lines)
    if delimiter not in (",", ";") or len(lines) < 2:
        return False
    name = lines[0].strip()
    if delimiter in name or not any(map(str.isalpha, name)):
        return False
    values = [line.strip().strip('"') for line in lines[1:]]
    return all(map(_GROUPED.fullmatch, values)) or _is_prose(values, delimiter)


def only_uniform(lines: Sequence[str], quote: str, delimiters: Sequence[str]) -> str | None:
    """Return the one delimiter by which all rows are sound and equally long; None where several
    make such rows, or none.
    """
    found = [sign for sign in delimiters if _is_uniform(lines, quote, sign)]
    return found[0] if len(found) == 1 else None


def _is_uniform(lines: Sequence[str], quote: str, delimiter: str) -> bool:
    if not lines or delimiter not in lines[0]:
        return False
    reader = csv.reader(
        islice(lines, _MOST_LINES), delimiter=delimiter, quotechar=quote, strict=True
    )
    width, n, spaced = 0, 0, False
    try:
        for cells in filter(None, reader):
            if width and len(cells) != width:
                return False
            width, n = len(cells), n + 1
            spaced = any(cell.startswith(" ") for cell in cells)
    except csv.Error:
        # The lines may have been cut off within a field.
        if n < _ENOUGH_ROWS or reader.line_num < min(len(lines), _MOST_LINES):
            return False
    if n == 1:  # one row is as long as itself by any sign
        return width > _FEW_LINES and not spaced
    return width > 1


def _is_prose(values: Sequence[str], delimiter: str) -> bool:
    """Tell whether the sign is always followed by a blank, and makes no columns."""
    signs = sum(value.count(delimiter) for value in values)
    if sum(value.count(delimiter + " ") for value in values) < signs:
        return False
    if any(delimiter + ' "' in value or '"' + delimiter in value for value in values):
        return False
    widths = {value.count(delimiter) + 1 for value in values}
    return len(widths) > 1 or (widths == {2} and not _has_figures_after(values, delimiter))


def _has_figures(lines: Sequence[str]) -> bool:
    """Tell whether one part of most lines holds a digit in most of them, or a quote opens one."""
    single = (line.replace('""', "") for line in lines)
    if any(' "' in line or '" ' in line or " '" in line for line in single):
        return True
    parts = [line.split() for line in lines]
    width = max(map(len, parts), default=0)
    for i in range(width):
        held = [cells[i] for cells in parts if len(cells) > i]
        digits = sum(any(map(str.isdigit, cell)) for cell in held)
        if 2 * len(held) >= len(lines) and 2 * digits > len(held):
            return True
    return False


def _has_figures_after(values: Sequence[str], delimiter: str) -> bool:
    """Tell whether what follows the delimiter is a figure or a code in most lines."""
    after = [value.partition(delimiter)[2] for value in values]
    figures = sum(any(map(str.isdigit, each)) for each in after)
    return 2 * figures > len(after) or (len(values) < _FEW_LINES and figures > 0)
