"""Read workbooks of Excel 2 to 5 that are a bare stream of records (BIFF2 to BIFF5)."""

from __future__ import annotations

import re
import struct
from typing import Any

from proveout.intake.workbook.marks import ERROR_CODES
from proveout.intake.workbook.serials import moment_of
from proveout.intake.workbook.sparse import SparseSheet
from proveout.intake.workbook.xls_marks import BOF, is_encrypted, records

_VERSIONS = {0x0009: 2, 0x0209: 3, 0x0409: 4, 0x0809: 5}
_EOF, _CODEPAGE, _DATE_SYSTEM, _SHEET, _ROW = 0x0A, 0x42, 0x22, 0x85, 0x08
_FORMATS, _STYLES = frozenset({0x1E, 0x41E}), frozenset({0x43, 0x243, 0x443, 0xE0})
_DATE_FORMATS = frozenset({14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47})
"""Of BIFF5, where formats that come with the program have fixed numbers."""
_IN_DATE = re.compile(r"(?<!\\)[dmyhs]", re.IGNORECASE)
_IN_TEXT = re.compile(r'"[^"]*"|\[[^\]]*\]|General|Standard', re.IGNORECASE)


def begins_old_excel(head: bytes) -> bool:
    """Tell whether a file begins like a bare stream of records."""
    if len(head) < 8:
        return False
    kind, size, _, what = struct.unpack_from("<4H", head)
    return kind in BOF and 4 <= size <= 16 and what in (0x05, 0x10, 0x20, 0x40, 0x100)


def version_of(head: bytes) -> int:
    """Return the version of Excel that wrote such a stream: 2, 3, 4 or 5."""
    return _VERSIONS[int.from_bytes(head[:2], "little")]


def read_old_excel(content: bytes) -> list[SparseSheet] | None:
    """Return the sheets of a bare stream; None where it is encrypted."""
    if is_encrypted(content):
        return None
    reader = _Reader(content)
    reader.read()
    return [sheet for sheet in reader.sheets if sheet.cells] or reader.sheets


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.sheets: list[SparseSheet] = []
        self._content = content
        self._version = version_of(content)
        self._encoding = "cp1252"
        self._is_1904 = False
        self._names: list[str] = []
        self._formats: list[str] = []
        self._styles: list[int] = []
        self._waits: tuple[int, int] | None = None
        """The cell whose formula gives the text in the next record."""

    def read(self) -> None:
        depth = 0
        for kind, start, end in records(self._content):
            if kind in BOF:
                depth += 1
                what = int.from_bytes(self._content[start + 2 : start + 4], "little")
                if what == 0x10:
                    at = len(self.sheets)
                    name = self._names[at] if at < len(self._names) else f"Sheet{at + 1}"
                    self.sheets.append(SparseSheet(name))
            elif kind == _EOF:
                depth -= 1
            else:
                self._take(kind, self._content[start:end])

    def _take(self, kind: int, record: bytes) -> None:
        if kind == _CODEPAGE and len(record) >= 2:
            page = int.from_bytes(record[:2], "little")
            self._encoding = {0x8000: "mac_roman", 0x8001: "cp1252"}.get(page, f"cp{page}")
        elif kind == _DATE_SYSTEM and len(record) >= 2:
            self._is_1904 = record[0] == 1
        elif kind == _SHEET and len(record) > 7:
            self._names.append(self._decoded(record[7 : 7 + record[6]]))
        elif kind == 0x8F and len(record) > 5:  # a sheet of a workbook of Excel 4
            self._names.append(self._decoded(record[5 : 5 + record[4]]))
        elif kind in _FORMATS:
            skip = 2 if kind == 0x41E else 0
            self._formats.append(self._decoded(record[skip + 1 : skip + 1 + record[skip]]))
        elif kind in _STYLES and len(record) >= 4:
            # The font comes first, then the number of the format.
            wide = kind == 0xE0
            self._styles.append(
                record[2] if wide else record[3] & 0x3F if kind == 0x43 else record[1]
            )
        elif self.sheets and len(record) >= 4:
            self._cell(kind, record)

    def _cell(self, kind: int, record: bytes) -> None:  # noqa: C901 - one branch a record
        low = kind & 0xFF
        old = kind < 0x100 and self._version == 2
        row, column = struct.unpack_from("<HH", record)
        body = record[7:] if old else record[6:]
        style = (
            (record[5] & 0x3F if old else int.from_bytes(record[4:6], "little"))
            if len(record) > 5
            else 0
        )
        if kind == _ROW and old:
            return
        value: Any = None
        if old and kind == 0x02 and len(body) >= 2:
            value = self._number(float(int.from_bytes(body[:2], "little")), style)
        elif low == 0x03 and len(body) >= 8:
            value = self._number(struct.unpack_from("<d", body)[0], style)
        elif low == 0x04 or kind == 0xD6:
            value = self._text(body, old=old)
        elif low == 0x05 and kind != 0x85 and len(body) >= 2:
            value = ERROR_CODES.get(body[0], "#VALUE!") if body[1] else bool(body[0])
        elif kind in (0x06, 0x206, 0x406) and len(body) >= 8:
            value = self._formula(row, column, body[:8], style)
        elif low == 0x07 and self._waits is not None and kind in (0x07, 0x207):
            row, column = self._waits
            value, self._waits = self._text(record, old=self._version == 2), None
        elif kind == 0x27E and len(body) >= 4:
            value = self._number(_rk(body), style)
        elif kind == 0xBD:
            for at in range(4, len(record) - 7, 6):
                number = self._number(
                    _rk(record[at + 2 : at + 6]), int.from_bytes(record[at : at + 2], "little")
                )
                self.sheets[-1].put(row, column + (at - 4) // 6, number)
        if value is not None:
            self.sheets[-1].put(row, column, value)

    def _formula(self, row: int, column: int, value: bytes, style: int) -> Any:
        if value[6:8] != b"\xff\xff":
            return self._number(struct.unpack("<d", value)[0], style)
        if value[0] == 0:
            self._waits = (row, column)
            return None
        if value[0] == 2:
            return ERROR_CODES.get(value[2], "#VALUE!")
        return bool(value[2]) if value[0] == 1 else None

    def _text(self, body: bytes, *, old: bool) -> str:
        if old:
            return self._decoded(body[1 : 1 + body[0]]) if body else ""
        n = int.from_bytes(body[:2], "little")
        return self._decoded(body[2 : 2 + n])

    def _decoded(self, text: bytes) -> str:
        try:
            return text.decode(self._encoding, "replace")
        except LookupError:
            return text.decode("cp1252", "replace")

    def _number(self, number: float, style: int) -> Any:
        return moment_of(number, is_1904=self._is_1904) if self._is_date(style) else number

    def _is_date(self, style: int) -> bool:
        number = (
            style
            if self._version == 2
            else (self._styles[style] if style < len(self._styles) else 0)
        )
        if self._version == 5 and number in _DATE_FORMATS:
            return True
        if number >= len(self._formats) or self._version == 5:
            return False
        return _IN_DATE.search(_IN_TEXT.sub("", self._formats[number])) is not None


def _rk(body: bytes) -> float:
    """Read a number in the short form: 30 bits, and whether it is whole or in hundredths."""
    raw = int.from_bytes(body[:4], "little")
    if raw & 2:
        number = float((raw >> 2) - (1 << 30 if raw & 0x80000000 else 0))
    else:
        number = struct.unpack("<d", struct.pack("<Q", (raw & 0xFFFFFFFC) << 32))[0]
    return number / 100 if raw & 1 else number
