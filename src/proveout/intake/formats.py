"""Which format a file is in: what the charter says, else its name, else its first bytes."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from proveout.errors import InputError
from proveout.intake.readers.streams import compression_of, opened

_BY_SUFFIX = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".psv": "csv", ".txt": "csv", ".dat": "csv",
    ".parquet": "parquet", ".pq": "parquet", ".parq": "parquet",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
    ".xlsx": "excel", ".xlsm": "excel", ".xls": "excel", ".xlsb": "excel", ".ods": "excel",
    ".fods": "excel", ".ots": "excel", ".xlt": "excel", ".xltx": "excel", ".xltm": "excel",
    ".duckdb": "duckdb", ".ddb": "duckdb",
    ".sqlite": "sqlite", ".sqlite3": "sqlite", ".db": "sqlite",
    ".pdf": "pdf",
}  # fmt: skip
COMPRESSED = (".gz", ".zst")
_MAGIC = (
    (0, b"PAR1", "parquet"),
    (0, b"SQLite format 3\x00", "sqlite"),
    (8, b"DUCK", "duckdb"),
    (0, b"%PDF", "pdf"),
    (0, b"PK\x03\x04", "excel"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "excel"),
)
_NEVER_TEXT = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
}
_PACKED = {
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "an empty zip archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"BZh": "compressed by bzip2",
    b"\xfd7zXZ": "compressed by xz",
    b"\x1f\x9d": "compressed by compress",
}
_TAR = b"ustar"
_TAR_AT = 257
_MARKUP = {b"<!doctype html": "a web page", b"<html": "a web page", b"<?xml": "an XML document"}
"""What a download gives that needed a login, and what some programs call .xls."""

_OBJECT = re.compile(rb'(\[\s*)?\{\s*"[^"\\]*"\s*:')
"""How JSON records begin, and hardly any delimited text."""
_SHEETS_IN_XML = (b"urn:schemas-microsoft-com:office:spreadsheet", b'progid="Excel.Sheet"')


def format_of(path: Path, name: str) -> str:
    """Tell a file's format. Raises InputError where it is none that can be read.

    Binary formats are known by their first bytes, whatever the file is called: an export saved
    under the wrong name is common, and its content is what counts.
    """
    with path.open("rb") as stream:
        head = stream.read(512)
    _refuse_packed(path, name, head)
    for start, magic, format_ in _MAGIC:
        if head[start:].startswith(magic):
            return format_
    if by_name(path) == "excel" or any(sign in head for sign in _SHEETS_IN_XML):
        return "excel"  # its reader knows web pages and XML that are called so
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    no_table = [what for magic, what in _NEVER_TEXT.items() if head.startswith(magic)]
    no_table += [what for begin, what in _MARKUP.items() if text.lower().startswith(begin)]
    if no_table:
        raise InputError(
            f"{name} is {no_table[0]}, which cannot be read as a table.",
            hint="Name a CSV, Parquet, JSON Lines, Excel, PDF, DuckDB or SQLite file.",
        )
    named = by_name(path)
    if named == "csv" and _OBJECT.match(text):
        return "jsonl"
    return named or ("jsonl" if text[:1] in (b"{", b"[") else "csv")


def _refuse_packed(path: Path, name: str, head: bytes) -> None:
    """Say of an archive that it is one; a .zip is unpacked before."""
    found = next((what for magic, what in _PACKED.items() if head.startswith(magic)), None)
    if head.startswith(b"PK\x03\x04"):
        from proveout.intake.archives import is_archive

        found = found if is_archive(path) else None
    if compression_of(path) is not None:
        with opened(path, name) as stream:
            head = stream.read(512)
    if head[_TAR_AT:].startswith(_TAR):
        found = "a tar archive"
    if found is not None:
        raise InputError(
            f"{name} is {found}, which is not unpacked.",
            hint="Unpack it and name the folder.",
        )


def by_name(path: Path) -> str | None:
    """Tell what a file says it is by its name."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in COMPRESSED:
        suffixes.pop()
    return _BY_SUFFIX.get(suffixes[-1]) if suffixes else None
