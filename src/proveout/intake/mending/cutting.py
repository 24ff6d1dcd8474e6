"""Cut lines into fields: strictly, so that damage shows."""

from __future__ import annotations

import contextlib
import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from proveout.intake.mending.model import TextDialect

_AT_ONCE = 100
"""As many lines are cut at once; after a damaged one the rest of them are cut again."""
LONGEST_FIELD = 1 << 24
"""Characters; the csv module refuses longer fields, which are damage."""
_BACKSLASH, _ESCAPED = "\ue000", "\ue001"
"""Stand for an escaped backslash and an escaped quote while a line is cut (private use area)."""
MASK = "\ue002"
"""Stands for a quote that is text while a line is cut."""
_ENDS = re.compile("(\r\n|\n|\r)")
GARBLED = re.compile("[\udc80-\udcff]")
"""What stands for a byte that could not be decoded (the error handler 'surrogateescape')."""


@dataclass(slots=True)
class Row:
    """One row of the text as it was cut."""

    line: int
    """From 1."""
    raw: str
    cells: list[str] | None
    """None where its quotes are wrong."""
    is_odd: bool = field(default=False)
    """A quote stands within a field that is not quoted."""
    is_garbled: bool = field(default=False)
    """It holds bytes that stand for nothing in the encoding of the file."""

    @property
    def width(self) -> int:
        """How many fields; 0 where that is not known."""
        return 0 if self.cells is None else len(self.cells)

    @property
    def is_blank(self) -> bool:
        """Tell whether nothing stands in it, delimiters aside."""
        return self.cells is not None and not any(map(str.strip, self.cells))


class Cutter:
    """Cuts lines by one dialect."""

    __slots__ = ("_options", "dialect")

    def __init__(self, dialect: TextDialect) -> None:
        if csv.field_size_limit() < LONGEST_FIELD:
            csv.field_size_limit(LONGEST_FIELD)
        self.dialect = dialect
        self._options: dict[str, Any] = {
            # Where there is no delimiter, one that never stands in text.
            "delimiter": dialect.delimiter or "\ue003",
            "quotechar": dialect.quote,
            "skipinitialspace": dialect.skips_blanks,
            "strict": True,
        }

    def cut(self, text: str) -> list[str] | None:
        """Cut one row, which may go over several lines; None where its quotes are wrong."""
        dialect = self.dialect
        if dialect.quote not in text and not dialect.skips_blanks and dialect.delimiter:
            return text.split(dialect.delimiter)
        if dialect.backslash and "\\" in text:
            text = text.replace("\\\\", _BACKSLASH).replace("\\" + dialect.quote, _ESCAPED)
        try:
            rows = list(csv.reader([text], **self._options))
        except csv.Error:
            return None
        if len(rows) != 1:
            return [""] if not rows else None
        cells: list[str] = rows[0]
        if dialect.backslash:
            return [
                each.replace(_BACKSLASH, "\\").replace(_ESCAPED, dialect.quote) for each in cells
            ]
        return cells

    def cut_each(self, lines: Sequence[str]) -> list[list[str] | None]:
        """Cut each line by itself; many at once where nothing is wrong with them.

        A quote that stays open is seen no further than the next line with an odd number of them,
        so that each line is looked at a few times at most.
        """
        if self.dialect.backslash:
            return [self.cut(line) for line in lines]
        found: list[list[str] | None] = []
        nothing = self.cut("")
        while len(found) < len(lines):
            start = len(found)
            piece = lines[start : start + _AT_ONCE]
            reader = csv.reader(piece, **self._options)
            with contextlib.suppress(csv.Error):
                for n, cells in enumerate(reader, start=1):
                    if reader.line_num != n:
                        break  # over more than one line
                    found.append(cells or nothing)
            if len(found) < start + len(piece):
                found.append(self.cut(lines[len(found)]))
        return found

    def cut_all(self, lines: Iterable[str]) -> list[list[str]] | None:
        """Cut many rows at once, quoted line ends included; None on the first damage."""
        if self.dialect.backslash:
            return None
        try:
            return list(csv.reader(lines, **self._options))
        except csv.Error:
            return None

    def is_odd(self, raw: str, cells: list[str]) -> bool:
        """Tell whether a quote stands as text in a field that is not quoted."""
        quote = self.dialect.quote
        if quote not in raw:
            return False
        for cell in cells:
            if quote in cell:
                escaped = cell.replace(quote, quote + quote)
                if f"{quote}{escaped}{quote}" not in raw and not self.dialect.backslash:
                    return True
        return False


def split_lines(text: str) -> tuple[list[str], list[str]]:
    """Split into lines, and the end of each: '' for a last one without."""
    if "\r" not in text:
        lines = text.split("\n")
        ends = ["\n"] * (len(lines) - 1) + [""]
    else:
        parts = _ENDS.split(text)
        lines, ends = parts[0::2], [*parts[1::2], ""]
    if lines and not lines[-1] and not ends[-1]:
        lines.pop()
        ends.pop()
    return lines, ends


_MOST_LINES = 500
"""A quoted field that goes over more lines than this is an open quote."""
_LONE = 3
"""As many whole rows in a row, within what would be one quoted field, show that it is none."""


def rows_of(
    lines: list[str],
    ends: list[str],
    cutter: Cutter,
    width: int,
    *,
    already: list[list[str] | None] | None = None,
) -> Iterator[Row]:
    """Cut lines into rows; a quoted field may hold line ends.

    `width` is how many fields most rows have, `already` each line as it was cut before. Each line
    is looked at once or twice, whatever quotes it holds: from an open quote the search goes only to
    the next line with an odd number of them.
    """
    quote, i, n = cutter.dialect.quote, 0, len(lines)
    while i < n:
        line = lines[i]
        cells = cutter.cut(line) if already is None else already[i]
        odd = cells is not None and quote in line and cutter.is_odd(line, cells)
        if cells is not None and not (odd and width and len(cells) != width):
            yield Row(i + 1, line, cells, odd)
            i += 1
            continue
        whole = _joined(lines, ends, i, cutter, width) if cells is None else None
        if whole is None:
            size = _continued(lines, i, cutter, width)
            raw = "".join(lines[k] + ends[k] for k in range(i, i + size - 1)) + lines[i + size - 1]
            yield Row(i + 1, raw, cells if size == 1 else cutter.cut(raw), odd)
            i += size
        else:
            raw, cells, size = whole
            yield Row(i + 1, raw, cells)
            i += size


def _joined(
    lines: list[str], ends: list[str], start: int, cutter: Cutter, width: int
) -> tuple[str, list[str], int] | None:
    """Join a line whose quote stays open with those up to which it is closed, where that fits."""
    quote = cutter.dialect.quote
    if _odd(lines[start], cutter) == 0:
        return None
    last = None
    for j in range(start + 1, min(start + _MOST_LINES, len(lines))):
        if quote in lines[j] and _odd(lines[j], cutter):
            last = j
            break
    if last is None:
        return None
    raw = "".join(lines[k] + ends[k] for k in range(start, last)) + lines[last]
    cells = cutter.cut(raw)
    if cells is None or (width and abs(len(cells) - width) > 1):
        return None
    is_whole = not width or len(cells) == width
    if width > 2 and (not is_whole or last - start > _LONE):
        between = [cutter.cut(lines[k]) for k in range(start + 1, last)]
        n_rows = sum(1 for each in between if each is not None and len(each) == width)
        if n_rows and (not is_whole or n_rows == len(between)):
            return None
    elif not is_whole:
        return None
    return raw, cells, last - start + 1


def _continued(lines: list[str], start: int, cutter: Cutter, width: int) -> int:
    """Tell over how many lines a damaged row goes: what follows is the end of a quoted field.

    That is a line in which the first quote closes a field, and which is far from a row by itself.
    """
    quote, delimiter = cutter.dialect.quote, cutter.dialect.delimiter
    if width < 3 or not delimiter:
        return 1
    at = lines[start].rfind(delimiter + quote)
    if at < 0 or lines[start].count(quote, at) % 2 == 0:
        return 1  # the last field is not an open one
    for i in range(start + 1, min(start + _MOST_LINES, len(lines))):
        line = lines[i]
        n = line.count(delimiter)
        if quote in line:
            after = line[line.index(quote) + 1 :]
            closes = line.count(quote) % 2 == 1 and (not after or after.startswith(delimiter))
            before = line[: line.index(quote)].count(delimiter)
            return i - start + 1 if closes and n < width - 1 and before < width // 2 else 1
        if n >= width - 1:
            return 1
    return 1


def _odd(line: str, cutter: Cutter) -> int:
    if cutter.dialect.backslash:
        line = line.replace("\\\\", "").replace("\\" + cutter.dialect.quote, "")
    return line.count(cutter.dialect.quote) % 2
