"""Files that take the engine (workbooks, databases, Parquet …), and texts too large for memory."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proveout.charter.schema import Source
from proveout.errors import InputError
from proveout.intake.batches import batches_of
from proveout.intake.mending.stream import Piece, Plan, mend_pieces, plan_of
from proveout.intake.readers.encodings import decoded, encoding_of
from proveout.intake.readers.streams import SAMPLE_BYTES, check_whole, opened
from proveout.intake.standard.model import FileResult, FoundFault, FoundTable, Wanted
from proveout.intake.standard.one import (
    found_fault,
    numbered,
    results_of,
    write_text_parquet,
)
from proveout.intake.standard.writing import Neutraliser, replacing, to_csv, write_csv

if TYPE_CHECKING:
    from proveout.intake.readers.port import ReadTable


def tables_of(
    path: Path,
    name: str,
    format_: str,
    target: Path | None,
    wanted: Wanted,
    *,
    taken: frozenset[Path],
) -> FileResult:
    """Read a file by the reader of its format, and write every table that it gives."""
    from proveout.intake.readers import FILE_READERS, SourceFile
    from proveout.intake.session import Session

    if format_ not in FILE_READERS:
        raise InputError(
            f"{name} holds other files, or is of a kind that is not read by itself ({format_}).",
            hint="Unpack it, and name the files in it.",
        )
    source = Source(path=str(path), table=wanted.table)
    with Session() as session:
        read = FILE_READERS[format_](SourceFile(path=path, name=name, source=source), session)
        places = numbered(target, len(read), taken)
        found = tuple(
            _write_read(each, place, wanted, is_first=i == 0)
            for i, (each, place) in enumerate(zip(read, places, strict=True))
        )
        read_as = dict(read[0].file.read_as) if read else {}
    return FileResult(file=name, format=format_, read_as=read_as, tables=found)


def _write_read(
    read: ReadTable, place: Path | None, wanted: Wanted, *, is_first: bool
) -> FoundTable:
    neutral = Neutraliser()
    names = list(read.table.columns)
    n = 0
    if wanted.format == "parquet" and place is not None:
        with replacing(place) as partial:
            read.table.to_parquet(partial)
        n = int(read.table.count().execute())
    else:
        rows: Iterable[Sequence[Any]] = _text_rows(read)
        header: Sequence[str] = names
        if wanted.for_spreadsheet:
            rows, header = neutral.rows(rows), next(neutral.rows([names]))
        if place is not None:
            n = to_csv(place, header, rows)
        elif is_first:
            import sys

            n = write_csv(sys.stdout, header, rows)
    repairs, rejects = results_of(read)
    return FoundTable(
        path=place,
        part=read.part,
        n_rows=n,
        n_columns=len(names),
        header=tuple(names),
        header_line=read.file.read_as.get("header_line"),
        header_rows=1,
        n_repairs=read.repairs.count,
        n_rejects=read.rejects.count,
        repairs=repairs,
        rejects=rejects,
        margin=tuple({"at": m.at, "kind": m.kind, "text": m.text} for m in read.margin),
        n_neutralised=neutral.n,
    )


def _text_rows(read: ReadTable) -> Iterator[list[str]]:
    """Return the rows as text: null as nothing, days and times as ISO 8601 writes them."""
    for batch in batches_of(read.table):
        columns = [[_text(value) for value in column.to_pylist()] for column in batch.columns]
        yield from map(list, zip(*columns, strict=True))


def _text(value: Any) -> str:
    match value:
        case None:
            text = ""
        case bool():
            text = "true" if value else "false"
        case float() if value.is_integer() and abs(value) < _EXACT:
            text = str(int(value))
        case dict() | list():
            text = json.dumps(value, ensure_ascii=False, default=str)
        case bytes():
            text = value.hex()
        case _:
            text = str(value)
    return text


_EXACT = 1e15
"""Whole numbers below this are exact in a float."""


def large_text(path: Path, name: str, target: Path | None, wanted: Wanted) -> FileResult:
    """Mend a text piece by piece."""
    check_whole(path, name)
    with opened(path, name) as stream:
        head = stream.read(SAMPLE_BYTES)
    encoding = wanted.encoding or encoding_of(head)
    if encoding is None:
        raise InputError(
            f"{name} is not text in any encoding that is known.",
            hint="If it is text, write its encoding (encoding: utf-16-le); if not, its format.",
        )
    sample = decoded(head, encoding, name).rpartition("\n")[0] or decoded(head, encoding, name)
    plan = plan_of(sample + "\n", delimiter=wanted.delimiter)
    if plan is None:
        raise InputError(
            f"{name} begins with nothing but blank lines.", hint="Export it again without them."
        )
    with opened(path, name) as stream:
        lines = io.TextIOWrapper(stream, encoding=encoding, errors="surrogateescape", newline="")
        found = _write_pieces(mend_pieces(lines, plan), plan, target, wanted)
    read_as = {
        "encoding": encoding,
        "delimiter": plan.dialect.shown or None,
        "quote": plan.dialect.quote,
    }
    return FileResult(file=name, format="csv", read_as=read_as, tables=(found,))


def _write_pieces(
    pieces: Iterator[Piece], plan: Plan, target: Path | None, wanted: Wanted
) -> FoundTable:
    neutral = Neutraliser()
    repairs, rejects = [found_fault(each) for each in plan.repairs], list[FoundFault]()
    margin = [{"line": n.line, "kind": n.kind, "text": n.text} for n in plan.notes]

    def rows() -> Iterator[list[str]]:
        for piece in pieces:
            repairs.extend(map(found_fault, piece.repairs))
            rejects.extend(map(found_fault, piece.rejects))
            margin.extend({"line": n.line, "kind": n.kind, "text": n.text} for n in piece.notes)
            yield from neutral.rows(piece.rows) if wanted.for_spreadsheet else piece.rows

    header = plan.header
    if header and plan.trailing_delimiter and len(header) == plan.width:
        header = header[:-1]
    if header and wanted.for_spreadsheet:
        header = tuple(next(neutral.rows([header])))
    if target is None:
        import sys

        n = write_csv(sys.stdout, header, rows())
    elif wanted.format == "csv":
        n = to_csv(target, header, rows())
    else:
        n = _parquet_pieces(target, header, plan.width - plan.trailing_delimiter, rows())
    return FoundTable(
        path=target,
        part=None,
        n_rows=n,
        n_columns=plan.width - plan.trailing_delimiter,
        header=plan.header,
        header_line=plan.header_line,
        header_rows=plan.header_rows,
        n_repairs=len(repairs),
        n_rejects=len(rejects),
        repairs=tuple(repairs),
        rejects=tuple(rejects),
        margin=tuple(margin),
        n_neutralised=neutral.n,
    )


_BATCH_ROWS = 50_000


def _parquet_pieces(
    target: Path, header: Sequence[str] | None, width: int, rows: Iterator[list[str]]
) -> int:
    from itertools import islice

    import pyarrow as pa
    import pyarrow.parquet as pq

    from proveout.intake.readers.delimited_dialect import column_names

    first = next(rows, None)
    if first is None:
        write_text_parquet(target, header, width, [])
        return 0
    schema = pa.schema([(name, pa.string()) for name in column_names(header or [""] * width)])
    n, all_rows = 0, chain([first], rows)
    with replacing(target) as partial, pq.ParquetWriter(partial, schema) as writer:
        while batch := list(islice(all_rows, _BATCH_ROWS)):
            columns = [pa.array(column, pa.string()) for column in zip(*batch, strict=True)]
            writer.write_batch(pa.record_batch(columns, schema=schema))
            n += len(batch)
    return n
