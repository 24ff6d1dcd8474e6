"""One reader per file format; a better reader of a format takes the place of the one here.

Each is loaded when a file asks for it: together they take a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from proveout.intake.readers.port import Reader, ReadTable, SourceFile
from proveout.intake.session import Session


def _delimited(file: SourceFile, session: Session) -> Sequence[ReadTable]:
    from proveout.intake.readers.delimited import read_delimited

    return read_delimited(file, session)


def _parquet(file: SourceFile, session: Session) -> Sequence[ReadTable]:
    from proveout.intake.readers.parquet import read_parquet

    return read_parquet(file, session)


def _json_lines(file: SourceFile, session: Session) -> Sequence[ReadTable]:
    from proveout.intake.readers.json_lines import read_json_lines

    return read_json_lines(file, session)


def _workbook(file: SourceFile, session: Session) -> Sequence[ReadTable]:
    from proveout.intake.workbook.reading import read_workbook

    return read_workbook(file, session)


def _duckdb(file: SourceFile, session: Session) -> Sequence[ReadTable]:
    from proveout.intake.readers.duckdb_file import read_duckdb

    return read_duckdb(file, session)


def _sqlite(file: SourceFile, session: Session) -> Sequence[ReadTable]:
    from proveout.intake.readers.sqlite_file import read_sqlite

    return read_sqlite(file, session)


def _pdf(file: SourceFile, session: Session) -> Sequence[ReadTable]:
    from proveout.intake.pdf.reader import read_pdf

    return read_pdf(file, session)


FILE_READERS: Mapping[str, Reader] = {
    "csv": _delimited,
    "parquet": _parquet,
    "jsonl": _json_lines,
    "excel": _workbook,
    "duckdb": _duckdb,
    "sqlite": _sqlite,
    "pdf": _pdf,
}

__all__ = ["FILE_READERS", "ReadTable", "Reader", "SourceFile"]
