"""One reader per file format; a better reader of a format takes the place of the one here."""

from __future__ import annotations

from collections.abc import Mapping

from proveout.intake.pdf.reader import read_pdf
from proveout.intake.readers.delimited import read_delimited
from proveout.intake.readers.duckdb_file import read_duckdb
from proveout.intake.readers.json_lines import read_json_lines
from proveout.intake.readers.parquet import read_parquet
from proveout.intake.readers.port import Reader, ReadTable, SourceFile
from proveout.intake.readers.sqlite_file import read_sqlite
from proveout.intake.workbook.reading import read_workbook

FILE_READERS: Mapping[str, Reader] = {
    "csv": read_delimited,
    "parquet": read_parquet,
    "jsonl": read_json_lines,
    "excel": read_workbook,
    "duckdb": read_duckdb,
    "sqlite": read_sqlite,
    "pdf": read_pdf,
}

__all__ = ["FILE_READERS", "ReadTable", "Reader", "SourceFile"]
