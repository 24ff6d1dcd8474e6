"""Write tables: whole or not at all, and never over what was read."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

Row = Sequence[Any]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: Any) -> Any:
    """Put an apostrophe before a text that a spreadsheet would take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


class Neutraliser:
    """Puts an apostrophe before cells that a spreadsheet would run, and counts them.

    A sign before a plain number runs nothing.
    """

    def __init__(self) -> None:
        self.n = 0

    def rows(self, rows: Iterable[Row]) -> Iterator[list[Any]]:
        """Return the rows, neutralised."""
        for row in rows:
            yield [self._safe(cell) for cell in row]

    def _safe(self, cell: Any) -> Any:
        safe = harmless(cell)
        if safe is cell or _is_number(cell):
            return cell
        self.n += 1
        return safe


def _is_number(cell: str) -> bool:
    return cell[:1] in "+-" and cell[1:].replace(".", "", 1).replace(",", "").isdecimal()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a file beside `path` to write to; it takes its place when all has been written.

    What a link leads to is replaced, not the link; a device or a pipe is written to as it is.
    """
    if path.exists() and not path.is_file():
        yield path
        return
    path = Path(os.path.realpath(path))
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        partial.chmod(0o666 & ~_umask())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _umask() -> int:
    # The only way to read it is to set it.
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_csv(stream: IO[str], header: Row | None, rows: Iterable[Row]) -> int:
    """Write standard CSV (RFC 4180 with line feeds); return how many rows."""
    n, rest = 0, iter(rows if header is None else chain([header], rows))
    while batch := list(islice(rest, _BATCH)):
        n += len(batch)
        stream.write(_as_csv(batch))
    return n - (header is not None)


_BATCH = 1000


def _as_csv(rows: Sequence[Row]) -> str:
    text = io.StringIO(newline="")
    minimal = csv.writer(text, lineterminator="\n")
    minimal.writerows(rows)
    if "\r" not in text.getvalue():
        return text.getvalue()
    # A carriage return within a cell is not quoted by it, and would end the row.
    text.seek(0)
    text.truncate()
    quoting = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for row in rows:
        writer = quoting if any(isinstance(cell, str) and "\r" in cell for cell in row) else minimal
        writer.writerow(row)
    return text.getvalue()


def to_csv(path: Path, header: Row | None, rows: Iterable[Row]) -> int:
    """Write a CSV file, whole or not at all; return how many rows."""
    with (
        replacing(path) as partial,
        partial.open("w", encoding="utf-8", newline="", errors="backslashreplace") as stream,
    ):
        return write_csv(stream, header, rows)


def to_parquet(path: Path, write: Callable[[Path], int]) -> int:
    """Write a Parquet file by `write`, whole or not at all; return how many rows."""
    with replacing(path) as partial:
        return write(partial)
