"""One reader per file format; a better reader of a format takes the place of the one here."""

from __future__ import annotations

from collections.abc import Mapping

from proveout.intake.readers.delimited import read_delimited
from proveout.intake.readers.parquet import read_parquet
from proveout.intake.readers.port import Reader, ReadTable, SourceFile

FILE_READERS: Mapping[str, Reader] = {
    "csv": read_delimited,
    "parquet": read_parquet,
}

__all__ = ["FILE_READERS", "ReadTable", "Reader", "SourceFile"]
