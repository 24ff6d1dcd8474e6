"""Read one file, whatever it is, and write its tables."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proveout.errors import ProveoutError
from proveout.intake.formats import format_of
from proveout.intake.mending import Fault, MendedTable, Mending, read_text
from proveout.intake.readers.whole_text import text_of
from proveout.intake.standard.model import FileResult, FoundFault, FoundTable, Wanted
from proveout.intake.standard.writing import Neutraliser, replacing, to_csv, write_csv

if TYPE_CHECKING:
    from proveout.intake.readers.port import ReadTable


def write_one(
    path: Path, target: Path | None, wanted: Wanted, *, taken: frozenset[Path] = frozenset()
) -> FileResult:
    """Read one file and write its tables; an error is part of the result."""
    name = str(path)
    try:
        return _written(path, name, target, wanted, taken)
    except ProveoutError as error:
        return FileResult(file=name, error=error.message, hint=error.hint)
    except OSError as error:
        return FileResult(file=name, error=f"{name}: {error.strerror or error}.")


def _written(
    path: Path, name: str, target: Path | None, wanted: Wanted, taken: frozenset[Path]
) -> FileResult:
    if not path.is_file():
        return _no_file(path, name)
    if not path.stat().st_size:
        _write_empty(target, wanted)
        return FileResult(file=name, format="csv", read_as={"empty": True})
    format_ = format_of(path, name)
    if format_ == "csv":
        text = text_of(path, name, encoding=wanted.encoding)
        if text is not None:
            return _text(name, *text, target, wanted, taken=taken)
    from proveout.intake.standard.by_reader import large_text, tables_of

    if format_ == "csv":
        return large_text(path, name, target, wanted)
    return tables_of(path, name, format_, target, wanted, taken=taken)


def _no_file(path: Path, name: str) -> FileResult:
    """Say what there is instead of a file."""
    if path.exists() and not path.is_dir():
        return FileResult(
            file=name,
            error=f"{name} is no file but a pipe or a device, which can be read only once.",
            hint="Write what comes from it to a file first.",
        )
    what = "is a folder" if path.is_dir() else "does not exist"
    return FileResult(file=name, error=f"{name} {what}.", hint="Name files to read.")


def _write_empty(target: Path | None, wanted: Wanted) -> None:
    if target is None:
        return
    if wanted.format == "csv":
        with replacing(target) as partial:
            partial.write_bytes(b"")
    else:
        import pyarrow as pa
        import pyarrow.parquet as pq

        with replacing(target) as partial:
            pq.write_table(pa.table({}), partial)


def _text(
    name: str,
    text: str,
    encoding: str,
    target: Path | None,
    wanted: Wanted,
    *,
    taken: frozenset[Path],
) -> FileResult:
    mending = read_text(text, delimiter=wanted.delimiter)
    if not mending.tables:
        _write_empty(target, wanted)
    found = []
    places = numbered(target, len(mending.tables), taken)
    for i, (table, place) in enumerate(zip(mending.tables, places, strict=True), start=1):
        part = f"table {i}" if len(mending.tables) > 1 else None
        found.append(_write_mended(table, place, wanted, part, is_first=i == 1))
    return FileResult(
        file=name, format="csv", read_as=_found_out(mending, encoding), tables=tuple(found)
    )


def _found_out(mending: Mending, encoding: str) -> dict[str, Any]:
    """Say what was found out about a text as a whole."""
    said: dict[str, Any] = {
        "encoding": encoding,
        "delimiter": mending.dialect.shown or None,
        "quote": mending.dialect.quote,
    }
    if mending.dialect.backslash:
        said["escape"] = "\\"
    if len(mending.newlines) > 1:
        said["newlines"] = "mixed"
    elif mending.newlines:
        said["newlines"] = mending.newlines[0]
    return said


def numbered(target: Path | None, n: int, taken: frozenset[Path]) -> list[Path | None]:
    """Say where each table goes: 'x.csv', 'x-2.csv' …, past names that other files need."""
    if target is None:
        return [None] * n
    places: list[Path | None] = [target]
    number = 2
    while len(places) < n:
        place = target.with_name(f"{target.stem}-{number}{target.suffix}")
        number += 1
        if place not in taken:
            places.append(place)
    return places[:n]


def _write_mended(
    table: MendedTable, place: Path | None, wanted: Wanted, part: str | None, *, is_first: bool
) -> FoundTable:
    neutral = Neutraliser()
    header, rows = table.header, table.rows
    if wanted.for_spreadsheet:
        rows = list(neutral.rows(rows))
        header = tuple(next(neutral.rows([header]))) if header else None
    if wanted.format == "parquet" and place is not None:
        write_text_parquet(place, header, table.width, rows)
    elif place is not None:
        to_csv(place, header, rows)
    else:
        _to_stdout(header, rows, is_first=is_first)
    return FoundTable(
        path=place,
        part=part,
        n_rows=len(table.rows),
        n_columns=table.width,
        header=table.header,
        header_line=table.header_line,
        header_rows=table.header_rows,
        n_repairs=len(table.repairs),
        n_rejects=len(table.rejects),
        repairs=tuple(map(found_fault, table.repairs)),
        rejects=tuple(map(found_fault, table.rejects)),
        margin=tuple({"line": n.line, "kind": n.kind, "text": n.text} for n in table.notes),
        n_neutralised=neutral.n,
    )


def found_fault(fault: Fault) -> FoundFault:
    """Say what the core found, in the words of a result."""
    return FoundFault(
        line=fault.line,
        reason=fault.reason,
        message=fault.message,
        raw=fault.raw,
        certainty=fault.certainty,
    )


def _to_stdout(header: Sequence[Any] | None, rows: list[list[str]], *, is_first: bool) -> None:
    """Write the first table to standard output; a reader that has seen enough is no error."""
    if not is_first:
        return
    try:
        sys.stdout.reconfigure(encoding="utf-8", newline="", errors="backslashreplace")  # type: ignore[union-attr]
        write_csv(sys.stdout, header, rows)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_text_parquet(
    place: Path, header: Sequence[str] | None, width: int, rows: Sequence[Sequence[str]]
) -> None:
    """Write rows of text to Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from proveout.intake.readers.delimited_dialect import column_names

    names = column_names(header or [""] * width)
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    table = pa.table(
        {
            name: pa.array(_plain(column), pa.string())
            for name, column in zip(names, columns, strict=True)
        }
    )
    with replacing(place) as partial:
        pq.write_table(table, partial)


def _plain(column: Sequence[str]) -> Iterator[str]:
    return (cell if cell.isascii() else cell.encode(errors="replace").decode() for cell in column)


def results_of(read: ReadTable) -> tuple[tuple[FoundFault, ...], tuple[FoundFault, ...]]:
    """Return the repairs and the rejects of a table that a reader gave."""

    def listed(faults: Any) -> tuple[FoundFault, ...]:
        return tuple(
            FoundFault(line=each.line, reason=each.reason, message=each.message, raw=each.raw)
            for each in faults.examples(100_000)
        )

    return listed(read.repairs), listed(read.rejects)
