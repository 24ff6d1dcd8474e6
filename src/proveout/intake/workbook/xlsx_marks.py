"""Marks of the sheets of an .xlsx file, found in its XML without parsing all of it.

Patterns over the bytes cost a tenth of a parse; they look for attributes that every writer puts
down in the same way, and at cells that say where they stand.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from contextlib import suppress

from proveout.intake.workbook.archive import Archive
from proveout.intake.workbook.cells import ERRORS
from proveout.intake.workbook.grid import Uncomputed, column_number
from proveout.intake.workbook.marks import Marks

_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*\bhidden=[\"'](?:1|true)[\"'][^>]*)>")
_HIDDEN_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*\bhidden=[\"'](?:1|true)[\"'][^>]*)>")
_ERROR = re.compile(
    rb"<(?:\w+:)?c\b([^>]*\bt=[\"']e[\"'][^>]*)>(?:(?!</(?:\w+:)?c>).){0,9000}?"
    rb"<(?:\w+:)?v>([^<]*)</",
    re.DOTALL,
)
_NO_VALUE = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]{0,9000})</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_BELOW_ZERO = re.compile(
    rb"<(?:\w+:)?c\b([^<>]*)>(?:<(?:\w+:)?f\b[^<>]*>(?:[^<]*</(?:\w+:)?f>)?)?"
    rb"<(?:\w+:)?v>(-[0-9][0-9.eE+-]{0,30})</"
)
_AT = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_ROW_AT = re.compile(rb"\br=[\"'](\d{1,7})[\"']")
_RANGE = re.compile(rb"\b(min|max)=[\"'](\d{1,5})[\"']")
# Without \b before it: a pattern that begins with plain bytes is found several times as fast.
_FAR = re.compile(rb'r="([A-Z]{2,3})\d')
_FAR_QUOTED = re.compile(rb"r='([A-Z]{2,3})\d")
_ROWS = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br=[\"'](\d{1,7})[\"']")
_ENDS = (b"</c>", b"</row>", b"/>", b":c>", b":row>")
_LONGEST = 1 << 23
_HEAD_BYTES = 1 << 16


class XlsxScan:
    """Collects the marks of one sheet while its XML goes by in pieces."""

    def __init__(self) -> None:
        self.marks = Marks()
        self._rest = b""
        self._unusual: bool | None = None
        """Written with single quotes or prefixes, as hardly any program does."""

    def feed(self, piece: bytes) -> None:
        """Take the next piece; an empty one ends the sheet."""
        text = self._rest + piece
        cut = len(text) if not piece else max(text.rfind(end) + len(end) for end in _ENDS)
        if piece and len(text) < _LONGEST:
            # A cell that is cut in two is looked at with the next piece: leave the last one.
            cut = max(text.rfind(b"</c>") + 4, text.rfind(b"</row>") + 6, 0)
        self._rest = text[cut:]
        self._look(text[:cut])

    def _look(self, text: bytes) -> None:
        if b"hidden=" in text:
            self._hidden(text)
        if self._unusual is None:
            head = text[:_HEAD_BYTES]
            self._unusual = b"='" in head or b"<sheetData" not in head
        unusual = self._unusual
        if b't="e"' in text or (unusual and b"t='e'" in text):
            for found in _ERROR.finditer(text):
                if at := _place(found[1]):
                    text_of = html.unescape(found[2].decode("utf-8", "replace"))
                    self.marks.cells[at] = text_of if text_of in ERRORS else "#VALUE!"
        if b"<f" in text or (unusual and b":f" in text):
            for found in _NO_VALUE.finditer(text):
                if b't="str"' not in found[1] and (at := _place(found[1])):
                    formula = html.unescape((found[2] or b"").decode("utf-8", "replace"))
                    self.marks.cells[at] = Uncomputed("=" + formula)
        self._extent(text)

    def _hidden(self, text: bytes) -> None:
        for found in _HIDDEN_ROW.finditer(text):
            if row := _ROW_AT.search(found[1]):
                self.marks.hidden_rows.add(int(row[1]) - 1)
        for found in _HIDDEN_COLUMN.finditer(text):
            ends = {key: int(number) - 1 for key, number in _RANGE.findall(found[1])}
            if len(ends) == 2:
                self.marks.hidden_columns.append((ends[b"min"], min(ends[b"max"], 16_383)))

    def _extent(self, text: bytes) -> None:
        marks = self.marks
        last = text.rfind(b"<row")
        if last >= 0 and (row := _ROWS.match(text, last)):
            marks.last_row = max(marks.last_row, int(row[1]) - 1)
        far = set(_FAR.findall(text))
        if self._unusual:
            far |= set(_FAR_QUOTED.findall(text))
        if far:
            columns = max(column_number(letters.decode()) for letters in far)
            marks.last_column = max(marks.last_column, columns)
        else:
            marks.last_column = max(marks.last_column, 25)


def below_zero(pieces: Iterable[bytes]) -> dict[tuple[int, int], float]:
    """Find the figures below zero of one sheet."""
    found: dict[tuple[int, int], float] = {}
    rest = b""
    for piece in pieces:
        text = rest + piece
        cut = text.rfind(b"c>") + 2
        for cell in _BELOW_ZERO.finditer(text[:cut]):
            if at := _place(cell[1]):
                with suppress(ValueError):
                    found[at] = float(cell[2])
        rest = text[cut:][-_LONGEST:]
    return found


def sheet_parts(archive: Archive) -> dict[str, str]:
    """Return for each sheet's name the part of the archive that holds it."""
    book = archive.read("xl/workbook.xml")
    links = archive.read("xl/_rels/workbook.xml.rels")
    targets = {
        _attribute(link, b"Id"): _attribute(link, b"Target")
        for link in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", links)
    }
    parts: dict[str, str] = {}
    for sheet in re.findall(rb"<(?:\w+:)?sheet\b[^>]*>", book):
        id_ = re.search(rb"\b\w+:id=[\"']([^\"']*)[\"']", sheet)
        target = targets.get(id_[1].decode("utf-8", "replace") if id_ else "")
        if target:
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            parts[_attribute(sheet, b"name") or ""] = path.removeprefix("xl/xl/") or path
    return parts


def _attribute(tag: bytes, name: bytes) -> str | None:
    found = re.search(rb"\b" + name + rb"=(?:\"([^\"]*)\"|'([^']*)')", tag)
    if found is None:
        return None
    return html.unescape((found[1] or found[2] or b"").decode("utf-8", "replace"))


def _place(attributes: bytes) -> tuple[int, int] | None:
    at = _AT.search(attributes)
    if at is None:
        return None
    return int(at[2]) - 1, column_number(at[1].decode())
