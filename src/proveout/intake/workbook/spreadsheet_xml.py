"""Read SpreadsheetML 2003, which many programs export under the name .xls or .xml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from proveout.intake.workbook.grid import Area
from proveout.intake.workbook.safe_xml import walk
from proveout.intake.workbook.sparse import SparseSheet


def read_spreadsheet_xml(pieces: Iterable[bytes], name: str) -> list[SparseSheet]:
    """Return the sheets. Raises InputError where the XML is broken."""
    reader = _Reader()
    walk(pieces, name, begin=reader.begin, end=reader.end, text=reader.text)
    return reader.sheets


class _Reader:
    def __init__(self) -> None:
        self.sheets: list[SparseSheet] = []
        self._row = self._column = -1
        self._type: str | None = None
        self._text: list[str] = []
        self._in_table = False
        self._column_at = 0
        self._width = 1

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Worksheet":
            self.sheets.append(SparseSheet(attributes.get("Name", f"Sheet{len(self.sheets) + 1}")))
            self._row = -1
        elif not self.sheets:
            return
        elif tag == "Table":
            self._in_table, self._column_at = True, 0
        elif tag == "Column":
            self._take_column(attributes)
        elif tag == "Row" and self._in_table:
            self._row = _index(attributes, self._row + 1)
            self._column, self._width = -1, 1
            if attributes.get("Hidden") == "1":
                self.sheets[-1].hidden_rows.add(self._row)
        elif tag == "Cell" and self._in_table:
            self._column = _index(attributes, self._column + self._width)
            self._width = _number(attributes, "MergeAcross") + 1
            self._merge(attributes)
        elif tag == "Data" and self._in_table:
            self._type, self._text = attributes.get("Type", "String"), []

    def end(self, tag: str) -> None:
        if tag == "Data" and self._type is not None:
            value = _value(self._type, "".join(self._text))
            self.sheets[-1].put(self._row, max(self._column, 0), value)
            self._type = None
        elif tag == "Table":
            self._in_table = False
        elif tag == "Visible" and self.sheets and "".join(self._text).startswith("SheetHidden"):
            self.sheets[-1].hidden = True

    def text(self, text: str) -> None:
        if self._type is not None:
            self._text.append(text)
        elif not self._in_table:
            self._text = [text]

    def _take_column(self, attributes: Mapping[str, str]) -> None:
        self._column_at = _index(attributes, self._column_at)
        n = _number(attributes, "Span") + 1
        if attributes.get("Hidden") == "1" and n < 1024:
            hidden = self.sheets[-1].hidden_columns
            hidden |= set(range(self._column_at, self._column_at + n))
        self._column_at += n

    def _merge(self, attributes: Mapping[str, str]) -> None:
        down = _number(attributes, "MergeDown")
        if down or self._width > 1:
            self.sheets[-1].merges.append(
                Area(
                    top=self._row, left=self._column, bottom=self._row + down,
                    right=self._column + self._width - 1,
                )
            )  # fmt: skip


def _index(attributes: Mapping[str, str], otherwise: int) -> int:
    given = _number(attributes, "Index")
    return given - 1 if 0 < given <= 1 << 20 else otherwise


def _number(attributes: Mapping[str, str], name: str) -> int:
    try:
        return min(max(int(attributes.get(name, "0")), 0), 1 << 20)
    except ValueError:
        return 0


def _value(kind: str, text: str) -> Any:
    try:
        if kind == "Number":
            return float(text)
        if kind == "Boolean":
            return text.strip() == "1"
        if kind == "DateTime":
            moment = dt.datetime.fromisoformat(text.strip()[:26])
            return moment.date() if moment.time() == dt.time() else moment
    except ValueError:
        return text
    return text
