"""Sort the rows of a damaged file: those that can be cut into fields, and those that cannot.

The engine's reader is quick and loses its place where a quote is opened and never closed: rows
after it are gone without a word. A file in which it meets such damage is sorted here first, row by
row, so that one open quote costs one row, and every row is either read or counted as a reject.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proveout.intake.readers.arrow_table import BATCH_ROWS, ArrowTable
from proveout.intake.readers.delimited_dialect import LONGEST_ROW_BYTES, Dialect
from proveout.intake.readers.port import SourceFile
from proveout.intake.readers.streams import opened
from proveout.intake.rejects import RAW_CHARACTERS, REJECT_FIELDS
from proveout.intake.session import Session

_MOST_LINES = 500
"""A quoted value that goes over more lines than this is an open quote."""


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    raw: bytes
    """As it stands, with line feeds alone."""
    fault: tuple[str, str] | None
    """Reason code and message."""


def sort_rows(path: Path, file: SourceFile, dialect: Dialect, session: Session) -> tuple[Path, str]:
    """Write the sound rows to a new file; return it, and the table of rejects."""
    import pyarrow as pa

    sound = session.scratch / (session.new_name("sound") + ".csv")
    types = {name: pa.int64() if name == "line" else pa.string() for name in REJECT_FIELDS}
    rejects = ArrowTable(session, stem="rejects", types=types)
    held: list[tuple[object, ...]] = []
    with opened(path, file.name) as stream, sound.open("wb") as out:
        for row in _rows(enumerate(stream, start=1), dialect):
            if row.fault is None:
                out.write(row.raw)
                continue
            text = row.raw.decode(errors="replace").rstrip("\n")[:RAW_CHARACTERS]
            held.append((file.name, row.line, None, *row.fault, text))
            if len(held) == BATCH_ROWS:
                rejects.append(list(zip(*held, strict=True)))
                held.clear()
    if held:
        rejects.append(list(zip(*held, strict=True)))
    return sound, rejects.name


def _rows(lines: Iterator[tuple[int, bytes]], dialect: Dialect) -> Iterator[_Row]:
    """Cut lines into rows. Lines before the header, and the header, pass as they are."""
    waiting: list[tuple[int, bytes]] = []
    for number, line in lines:
        waiting.append((number, _ended(line)))
        if number < dialect.header_line + dialect.header_lines:
            yield _Row(number, waiting.pop()[1], None)
            continue
        yield from _settled(waiting, dialect, last=False)
    while waiting:
        yield from _settled(waiting, dialect, last=True)


def _settled(waiting: list[tuple[int, bytes]], dialect: Dialect, *, last: bool) -> Iterator[_Row]:
    """Give the rows that are decided by now, and take their lines from those that wait."""
    while waiting:
        number, first = waiting[0]
        if first.count(b'"') % 2 == 0:
            yield _Row(number, first, _fault(first, dialect))
            del waiting[0]
            continue
        size = _closed_after(waiting)
        if size is None and not last and len(waiting) < _MOST_LINES:
            return  # the quote may be closed on a line to come
        raw = b"".join(line for _, line in waiting[:size])
        if size is not None and _fault(raw, dialect) is None:
            yield _Row(number, raw, None)
            del waiting[:size]
        else:
            yield _Row(number, first, ("quoting", "A quote is opened and not closed."))
            del waiting[0]


def _closed_after(waiting: list[tuple[int, bytes]]) -> int | None:
    """Tell after how many lines the quotes are even again."""
    odd = 0
    for size, (_, line) in enumerate(waiting, start=1):
        odd ^= line.count(b'"') % 2
        if not odd:
            return size
    return None


def _fault(raw: bytes, dialect: Dialect) -> tuple[str, str] | None:
    """Say what is wrong with a row; None where nothing is."""
    if len(raw) > LONGEST_ROW_BYTES:
        return "line-too-long", f"The row is longer than {LONGEST_ROW_BYTES} bytes."
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return "encoding", "The row holds bytes that stand for nothing in the file's encoding."
    if text == "\n":
        return None
    n = _n_fields(text, dialect)
    return ("quoting", "Text follows a closing quote.") if n is None else _misfit(n, dialect)


def _misfit(n: int, dialect: Dialect) -> tuple[str, str] | None:
    width = len(dialect.columns)
    if n < width:
        return "missing-columns", f"The row has {n} of {width} columns."
    if n > width:
        return "too-many-columns", f"The row has {n} columns, not {width}."
    return None


def _n_fields(text: str, dialect: Dialect) -> int | None:
    """Count the fields of a row; None where its quotes are wrong."""
    if '"' not in text:  # most rows; a tenth of the time
        n, ends_empty = text.count(dialect.delimiter) + 1, text.endswith(f"{dialect.delimiter}\n")
    else:
        csv.field_size_limit(LONGEST_ROW_BYTES)
        stream = io.StringIO(text, newline="")
        try:
            (row,) = csv.reader(stream, delimiter=dialect.delimiter, strict=True)
        except (csv.Error, ValueError):
            return None
        n, ends_empty = len(row), not row[-1]
    is_habit = dialect.trailing_delimiter and ends_empty and n == len(dialect.columns) + 1
    return n - 1 if is_habit else n


def _ended(line: bytes) -> bytes:
    return line.rstrip(b"\r\n") + b"\n"
