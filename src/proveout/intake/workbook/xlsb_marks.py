"""Marks of the sheets of an .xlsb file: a walk over its records (MS-XLSB 2.1.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from proveout.intake.workbook.archive import Archive
from proveout.intake.workbook.grid import Area
from proveout.intake.workbook.marks import ERROR_CODES, Marks

_ROW, _CELL_ERROR, _FORMULA_ERROR, _COLUMN, _MERGE = 0, 3, 11, 60, 176
_CELLS = frozenset(range(1, 12))
_SHEET, _SIZE = 156, 148
_STRINGS, _END = 159, 130
_LEAST_BYTES = {0: 13, 148: 16, 2: 12, 3: 9, 4: 9, 5: 16, 6: 12, 7: 12, 8: 12, 9: 16, 10: 9, 11: 9}
"""Of rows, of the sheet's size, and of cells by their kind."""
_LONGEST = 1 << 28
_HEAD_BYTES = 1 << 12
_MOST_STRINGS = 1 << 25
"""The reader makes room for as many as are claimed; a sheet of a million rows has fewer."""


def records(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield type, start and end of each record, as far as they go on."""
    at, end = 0, len(content)
    while at < end:
        kind = content[at]
        at += 1
        if kind & 0x80 and at < end:
            kind = (kind & 0x7F) | (content[at] & 0x7F) << 7
            at += 1
        size = shift = 0
        while at < end and shift < 28:
            byte = content[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, at, min(at + size, end)
        at += size


def xlsb_marks(content: bytes) -> Marks:  # noqa: C901 - one branch a record
    """Collect the marks of one sheet."""
    marks, row = Marks(is_doubtful=True), 0
    is_short = False
    for kind, start, end in records(content):
        if kind == _END:
            marks.is_doubtful = is_short
        is_short = is_short or end - start < _LEAST_BYTES.get(kind, 0)
        if kind in _CELLS:
            if end - start < 4:
                continue
            column = int.from_bytes(content[start : start + 4], "little")
            marks.reach(row, column)
            if kind in (_CELL_ERROR, _FORMULA_ERROR) and end - start >= 9:
                code = content[start + 8]
                marks.cells[row, column] = ERROR_CODES.get(code, "#VALUE!")
        elif kind == _ROW and end - start >= 13:
            row = int.from_bytes(content[start : start + 4], "little")
            # Bits of BrtRowHdr after row, style and height: the fifth of the second byte hides.
            if content[start + 11] & 0x10:
                marks.hidden_rows.add(row)
        elif kind == _SIZE and end - start >= 16:
            # The reader makes room for as many cells as the sheet claims to have.
            _, last_row, _, last_column = struct.unpack_from("<IIII", content, start)
            marks.reach(last_row, last_column)
        elif kind == _COLUMN and end - start >= 18:
            first, last = struct.unpack_from("<II", content, start)
            if content[start + 16] & 0x01:
                marks.hidden_columns.append((first, min(last, 16_383)))
        elif kind == _MERGE and end - start >= 16:
            top, bottom, left, right = struct.unpack_from("<IIII", content, start)
            if top <= bottom < 1 << 20 and left <= right < 1 << 14:
                marks.merges.append(Area(top=top, left=left, bottom=bottom, right=right))
    return marks


def claims_too_many_strings(content: bytes) -> bool:
    """Tell whether the shared strings claim to be more than could stand there."""
    for kind, start, end in records(content[:_HEAD_BYTES]):
        if kind == _STRINGS and end - start >= 8:
            return bool(max(struct.unpack_from("<II", content, start)) > _MOST_STRINGS)
    return False


def sheet_parts(archive: Archive) -> dict[str, str]:
    """Return for each sheet's name the part of the archive that holds it."""
    import re

    links = archive.read("xl/_rels/workbook.bin.rels").decode("utf-8", "replace")
    targets: dict[str, str] = {}
    for link in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", links):
        told = dict(re.findall(r"\b(Id|Target)=[\"']([^\"']*)", link))
        targets[told.get("Id", "")] = told.get("Target", "")
    content = archive.read("xl/workbook.bin", _LONGEST)
    parts: dict[str, str] = {}
    for kind, start, end in records(content):
        if kind != _SHEET or end - start < 16:
            continue
        id_, at = _text(content, start + 8)
        name, _ = _text(content, at)
        target = targets.get(id_, "")
        if target:
            parts[name] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return parts


def _text(content: bytes, at: int) -> tuple[str, int]:
    """Read a string of UTF-16 with its count of characters before it."""
    n = int.from_bytes(content[at : at + 4], "little")
    if n == 0xFFFFFFFF or n > 1 << 16:
        return "", at + 4
    end = at + 4 + 2 * n
    return content[at + 4 : end].decode("utf-16-le", "replace"), end
