"""Know a file of one column, whose texts and figures hold signs that delimit elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence

_GROUPED = re.compile(
    r"[^\w\s]? ?[+-]?(\d{1,3}([,. ]\d{3})+([.,]\d+)?|\d+([.,]\d+)?) ?(%|[^\w\s]|[A-Z]{3})?"
)
"""A figure with marks for thousands and decimals, and its currency or percent."""
_FEW_LINES = 3


def is_one_column(lines: Sequence[str], delimiter: str) -> bool:
    """Tell whether a sign that comes often delimits nothing.

    The name of the only column does not hold it, and below, it stands within figures, or is
    followed by a blank as in prose. Blanks delimit only where some part is a figure or a code.
    """
    if delimiter == " ":
        return not _has_figures(lines)
    if delimiter not in (",", ";") or len(lines) < 2:
        return False
    name = lines[0].strip()
    if delimiter in name or not any(map(str.isalpha, name)):
        return False
    values = [line.strip().strip('"') for line in lines[1:]]
    return all(map(_GROUPED.fullmatch, values)) or _is_prose(values, delimiter)


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
    if any(' "' in line or '" ' in line or " '" in line for line in lines):
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
