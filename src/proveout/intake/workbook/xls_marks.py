"""Marks of the sheets of an .xls file of 1995 or later: a walk over its records (MS-XLS 2.1.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from proveout.intake.workbook.marks import ERROR_CODES, Marks

BOF = frozenset({0x0009, 0x0209, 0x0409, 0x0809})
_EOF, _FILEPASS, _SHEET = 0x000A, 0x002F, 0x0085
_ROW, _COLUMN, _BOOL_ERROR, _FORMULA = 0x0208, 0x007D, 0x0205, frozenset({0x0006, 0x0206, 0x0406})
_STRINGS = 0x00FC
_LEAST_BYTES = {0x0203: 14, 0x0204: 8, 0x0205: 8, 0x027E: 10, 0x00FD: 10, 0x00BD: 6, 0x0200: 10}
_SIZE, _NUMBERS = 0x0200, 0x00BD
_CELLS = frozenset({0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00D6, _NUMBERS, *_FORMULA})


def records(content: bytes, at: int = 0) -> Iterator[tuple[int, int, int]]:
    """Yield type, start and end of each record, as far as they go on."""
    end = len(content)
    unpack = struct.Struct("<HH").unpack_from
    while at + 4 <= end:
        kind, size = unpack(content, at)
        at += 4
        yield kind, at, min(at + size, end)
        at += size


def is_encrypted(content: bytes) -> bool:
    """Tell whether the stream of a workbook asks for a password near its begin."""
    for n, (kind, _, _) in enumerate(records(content)):
        if kind == _FILEPASS:
            return True
        if kind == _EOF or n > 200:
            return False
    return False


def claims_too_many_strings(content: bytes) -> bool:
    """Tell whether the shared strings claim to be more than could stand there."""
    for kind, start, end in records(content):
        if kind == _STRINGS and end - start >= 8:
            return bool(max(struct.unpack_from("<II", content, start)) > max(len(content), 1 << 16))
        if kind == _EOF:
            return False
    return False


def xls_marks(content: bytes) -> list[Marks]:
    """Collect the marks of each sheet of cells, in the order of the workbook's list of sheets."""
    return [_of_sheet(content, at) for at in _sheets(content)]


def _sheets(content: bytes) -> list[int]:
    starts: list[int] = []
    for kind, start, end in records(content):
        if kind == _SHEET and end - start >= 6:
            at, _, type_ = struct.unpack_from("<IBB", content, start)
            if type_ == 0:
                starts.append(at)
        elif kind == _EOF:
            break
    return starts


def _of_sheet(content: bytes, at: int) -> Marks:
    marks, depth = Marks(is_doubtful=True), 0
    is_short = False
    for kind, start, end in records(content, at):
        if kind in BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                marks.is_doubtful = is_short
                break
        elif depth == 1:
            is_short = is_short or end - start < _LEAST_BYTES.get(kind, 0)
            _measure(marks, content, kind, start, end)
            _take(marks, content, kind, start, end)
    return marks


def _take(marks: Marks, content: bytes, kind: int, start: int, end: int) -> None:
    size = end - start
    if kind == _ROW and size >= 14:
        if content[start + 12] & 0x20:
            marks.hidden_rows.add(int.from_bytes(content[start : start + 2], "little"))
    elif kind == _COLUMN and size >= 10:
        first, last, _, _, flags = struct.unpack_from("<5H", content, start)
        if flags & 1:
            marks.hidden_columns.append((first, min(last, 255)))
    elif kind == _BOOL_ERROR and size >= 8:
        row, column, _, value, is_error = struct.unpack_from("<HHHBB", content, start)
        if is_error:
            marks.cells[row, column] = ERROR_CODES.get(value, "#VALUE!")
    elif kind in _FORMULA and size >= 14:
        row, column = struct.unpack_from("<HH", content, start)
        value = content[start + 6 : start + 14]
        if value[6:8] == b"\xff\xff" and value[0] == 2:
            marks.cells[row, column] = ERROR_CODES.get(value[2], "#VALUE!")


def _measure(marks: Marks, content: bytes, kind: int, start: int, end: int) -> None:
    """Take note of how far the sheet reaches, and claims to."""
    if kind in _CELLS and end - start >= 6:
        _reach(marks, content, kind, start, end)
    elif kind == _SIZE and end - start >= 10:
        _claim(marks, content, start, end - start)


def _reach(marks: Marks, content: bytes, kind: int, start: int, end: int) -> None:
    row, column = struct.unpack_from("<HH", content, start)
    if kind == _NUMBERS:
        column = max(column, int.from_bytes(content[end - 2 : end], "little"))
    marks.reach(row, column)


def _claim(marks: Marks, content: bytes, start: int, size: int) -> None:
    """Take what the sheet claims to have: the reader makes room for as many cells."""
    is_wide = size >= 14
    (row,) = struct.unpack_from("<I" if is_wide else "<H", content, start + (4 if is_wide else 2))
    (column,) = struct.unpack_from("<H", content, start + (10 if is_wide else 6))
    marks.reach(max(row - 1, 0), max(column - 1, 0))
