"""Read OpenDocument sheets from their XML: .fods files, and what calamine leaves out of .ods."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from proveout.intake.workbook.cells import ERRORS
from proveout.intake.workbook.grid import Area
from proveout.intake.workbook.safe_xml import walk
from proveout.intake.workbook.serials import time_of_day
from proveout.intake.workbook.sparse import MOST_CELLS, SparseSheet

_MOST_REPEATS = 100_000
"""A row or cell repeated more often than this is the empty rest of a sheet."""
_MOST_COLUMNS = 1 << 14
_DURATION = re.compile(r"(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?")


def read_open_document(pieces: Iterable[bytes], name: str) -> list[SparseSheet]:
    """Return the sheets of an OpenDocument text. Raises InputError where its XML is broken."""
    reader = _Reader()
    walk(pieces, name, begin=reader.begin, end=reader.end, text=reader.text)
    return reader.sheets


class _Reader:
    def __init__(self) -> None:
        self.sheets: list[SparseSheet] = []
        self._row = self._column = self._rows = 0
        self._cell: Mapping[str, str] | None = None
        self._paragraphs: list[str] = []
        self._in_text = 0
        self._aside = 0
        """Depth within remarks and drawings, whose text is not the cell's."""
        self._hidden_styles: set[str] = set()
        self._style = ""

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:  # noqa: C901 - one a tag
        if self._aside or tag in ("annotation", "frame", "shapes", "forms"):
            self._aside += 1
        elif tag == "style":
            self._style = attributes.get("name", "")
        elif tag == "table-properties" and attributes.get("display") == "false":
            self._hidden_styles.add(self._style)
        elif tag == "table":
            hidden = attributes.get("style-name") in self._hidden_styles
            self.sheets.append(SparseSheet(attributes.get("name", "Sheet"), hidden=hidden))
            self._row = self._column = 0
        elif not self.sheets:
            return
        elif tag == "table-column":
            self._columns(attributes)
        elif tag == "table-row":
            self._begin_row(attributes)
        elif tag in ("table-cell", "covered-table-cell"):
            self._cell, self._paragraphs = attributes, []
        elif tag == "p" and self._cell is not None:
            self._paragraphs.append("")
            self._in_text += 1
        elif tag in ("s", "tab", "line-break") and self._paragraphs:
            mark = {"s": " ", "tab": "\t", "line-break": "\n"}[tag]
            self._paragraphs[-1] += mark * min(_count(attributes, "c"), 1000)

    def end(self, tag: str) -> None:
        if self._aside:
            self._aside -= 1
        elif tag == "p" and self._in_text:
            self._in_text -= 1
        elif tag in ("table-cell", "covered-table-cell") and self._cell is not None:
            self._end_cell(self._cell, covered=tag != "table-cell")
            self._cell = None
        elif tag == "table-row" and self.sheets:
            self._end_row()

    def text(self, text: str) -> None:
        if self._in_text and not self._aside and self._paragraphs:
            self._paragraphs[-1] += text

    def _columns(self, attributes: Mapping[str, str]) -> None:
        n = _count(attributes, "number-columns-repeated")
        if attributes.get("visibility") in ("collapse", "filter") and n < 1024:
            self.sheets[-1].hidden_columns |= set(range(self._column, self._column + n))
        self._column += n

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        self._column = 0
        self._rows = _count(attributes, "number-rows-repeated")
        self._written: dict[int, Any] = {}
        if attributes.get("visibility") in ("collapse", "filter") and self._rows < _MOST_REPEATS:
            self.sheets[-1].hidden_rows |= set(range(self._row, self._row + self._rows))

    def _end_cell(self, cell: Mapping[str, str], *, covered: bool) -> None:
        n = _count(cell, "number-columns-repeated")
        value = "" if covered else _value(cell, "\n".join(self._paragraphs))
        if value != "":
            for column in range(self._column, min(self._column + n, _MOST_COLUMNS)):
                self._written[column] = value
        wide, high = _count(cell, "number-columns-spanned"), _count(cell, "number-rows-spanned")
        if (wide > 1 or high > 1) and not covered:
            self.sheets[-1].merges.append(
                Area(
                    top=self._row, left=self._column, bottom=self._row + high - 1,
                    right=self._column + wide - 1,
                )
            )  # fmt: skip
        self._column += n

    def _end_row(self) -> None:
        sheet = self.sheets[-1]
        if self._written and self._rows < _MOST_REPEATS:
            room = MOST_CELLS + 1 - len(sheet.cells)
            rows = min(self._rows, room // len(self._written) + 1)
            for row in range(self._row, self._row + rows):
                for column, value in self._written.items():
                    sheet.put(row, column, value)
        self._row += self._rows


def _count(attributes: Mapping[str, str], name: str) -> int:
    try:
        return max(int(attributes.get(name, "1")), 1)
    except ValueError:
        return 1


def _value(cell: Mapping[str, str], text: str) -> Any:  # noqa: PLR0911 - one a type
    kind = cell.get("value-type", "")
    if kind == "error" or text in ERRORS or text.startswith("Err:5"):
        return text if text in ERRORS else "#VALUE!"
    try:
        if kind in ("float", "currency", "percentage"):
            return float(cell["value"])
        if kind == "boolean":
            return cell["boolean-value"] == "true"
        if kind == "date":
            return _moment(cell["date-value"])
        if kind == "time":
            return _time(cell["time-value"])
    except (KeyError, ValueError):
        return text
    return text


def _moment(text: str) -> Any:
    if len(text) == 10:
        return dt.date.fromisoformat(text)
    return dt.datetime.fromisoformat(text[:26]).replace(tzinfo=None)


def _time(text: str) -> Any:
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(text)
    days, hours, minutes = (int(found[at] or 0) for at in range(2, 5))
    seconds = float((found[5] or "0").replace(",", "."))
    span = dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return time_of_day(-span if found[1] else span)
