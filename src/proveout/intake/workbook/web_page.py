"""Read the tables of a web page, which many web applications export under the name .xls."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from proveout.intake.workbook.grid import Area
from proveout.intake.workbook.sparse import SparseSheet

_SKIPPED = frozenset({"script", "style", "head", "title"})
_BREAKS = frozenset({"br", "p", "div", "li"})
_MOST_SPAN, _MOST_TAKEN = 1000, 100_000
"""Cells that one cell, and all of a table, may lie over; pages that say more are made to harm."""


def read_web_page(text: str) -> list[SparseSheet]:
    """Return each table that is no part of another as a sheet."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.end_cell()
    return [sheet for sheet in reader.sheets if sheet.cells]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sheets: list[SparseSheet] = []
        self._depth = 0
        self._row = self._column = -1
        self._words: list[str] | None = None
        self._skipped = 0
        self._taken: set[tuple[int, int]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self._skipped += 1
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
                name = f"Table {len(self.sheets) + 1}"
                self.sheets.append(SparseSheet(name, typed=False))
                self._row, self._taken = -1, set()
        elif self._depth != 1:
            if tag in ("td", "th", "br") and self._words is not None:
                self._words.append(" ")
        elif tag == "tr":
            self.end_cell()
            self._row, self._column = self._row + 1, -1
            self._taken = {at for at in self._taken if at[0] >= self._row}
        elif tag in ("td", "th"):
            self.end_cell()
            self._begin_cell(dict(attrs))
        elif tag in _BREAKS and self._words is not None:
            self._words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED:
            self._skipped = max(self._skipped - 1, 0)
        elif tag == "table" and self._depth:
            if self._depth == 1:
                self.end_cell()
            self._depth -= 1
        elif tag in ("td", "th") and self._depth == 1:
            self.end_cell()

    def handle_data(self, data: str) -> None:
        if self._words is not None and not self._skipped:
            self._words.append(data)

    def end_cell(self) -> None:
        """Write the cell that is open, if one is."""
        if self._words is not None:
            text = " ".join("".join(self._words).split())
            self.sheets[-1].put(self._row, self._column, text)
            self._words = None

    def _begin_cell(self, attributes: dict[str, str | None]) -> None:
        self._row = max(self._row, 0)
        self._column += 1
        while (self._row, self._column) in self._taken:
            self._column += 1
        wide, high = _span(attributes.get("colspan")), _span(attributes.get("rowspan"))
        if 1 < wide * high <= _MOST_SPAN and len(self._taken) < _MOST_TAKEN:
            area = Area(
                top=self._row, left=self._column, bottom=self._row + high - 1,
                right=self._column + wide - 1,
            )  # fmt: skip
            self.sheets[-1].merges.append(area)
            self._taken |= {
                (row, column)
                for row in range(area.top, area.bottom + 1)
                for column in range(area.left, area.right + 1)
            }
        self._words = []


def _span(text: str | None) -> int:
    found = re.match(r"\s*(\d{1,6})", text or "1")
    return min(max(int(found[1]) if found else 1, 1), _MOST_SPAN)
