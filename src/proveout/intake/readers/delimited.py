"""Delimited text: CSV, TSV and their kin, also compressed.

Every row is read as text first, so that no value can be lost to a type that was guessed from other
rows; types follow from all values. Only a row whose structure is broken is a reject.
"""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proveout.errors import InputError
from proveout.intake.readers.delimited_dialect import (
    SAMPLE_BYTES,
    Dialect,
    dialect_of,
    encoding_of,
)
from proveout.intake.readers.port import ReadTable, SourceFile
from proveout.intake.readers.typing import typed
from proveout.intake.rejects import RAW_CHARACTERS, StoredRejects
from proveout.intake.session import Session, literal, quoted
from proveout.intake.table import FileRead

if TYPE_CHECKING:
    import pyarrow as pa

_COMPRESSIONS = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2"}
_MAX_LINE_BYTES = 16 << 20

_REASONS = {
    "MISSING COLUMNS": "missing-columns",
    "TOO MANY COLUMNS": "too-many-columns",
    "UNQUOTED VALUE": "quoting",
    "LINE SIZE OVER MAXIMUM": "line-too-long",
    "INVALID ENCODING": "encoding",
    "INVALID STATE": "structure",
}


def read_delimited(file: SourceFile, session: Session) -> ReadTable:
    """Read one delimited text file."""
    head, whole = _head(file)
    if not head:
        raise InputError(
            f"{file.name} is empty (0 bytes).",
            hint="Export it again, or take it out of the source's path.",
        )
    encoding = file.source.encoding or encoding_of(head, whole=whole)
    if encoding is None:
        raise _not_text(file)
    sample = _decoded(head, encoding, file)
    dialect = dialect_of(sample, delimiter=file.source.delimiter)
    if dialect is None:
        raise InputError(
            f"{file.name} holds nothing but blank lines.",
            hint="Export it again, or take it out of the source's path.",
        )
    path = file.path if encoding in ("utf-8", "utf-8-sig") else _transcoded(file, encoding, session)
    table, rejects = _load(path, file, dialect, session)
    read_as = {
        "encoding": "utf-8" if encoding == "utf-8-sig" else encoding,
        "delimiter": dialect.delimiter,
        "header_line": dialect.header_line,
    }
    return ReadTable(
        table=session.table(table),
        file=FileRead(
            name=file.name, n_bytes=file.path.stat().st_size, format="csv", read_as=read_as
        ),
        rejects=rejects,
    )


def _head(file: SourceFile) -> tuple[bytes, bool]:
    """Return the first bytes, decompressed, and whether these are all."""
    import pyarrow as pa

    try:
        with _stream(file.path) as stream:
            head = stream.read(SAMPLE_BYTES)
            return head, len(head) < SAMPLE_BYTES
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(
            f"{file.name} cannot be decompressed: {error}",
            hint="The file is damaged or is not what its name says; fetch it again.",
        ) from error


def _stream(path: Path) -> pa.NativeFile:
    import pyarrow as pa

    return pa.input_stream(str(path), compression=_COMPRESSIONS.get(path.suffix.lower()))


def _decoded(head: bytes, encoding: str, file: SourceFile) -> str:
    try:
        return codecs.getincrementaldecoder(encoding)(errors="replace").decode(head)
    except LookupError as error:
        raise InputError(
            f"{file.name}: there is no encoding named {encoding!r}.",
            hint="Write for example 'utf-8', 'cp1252' or 'utf-16', or leave it out.",
        ) from error


def _not_text(file: SourceFile) -> InputError:
    return InputError(
        f"{file.name} is no text in any known encoding.",
        hint="If it is text, give its encoding; if it is another format, give the format.",
    )


def _transcoded(file: SourceFile, encoding: str, session: Session) -> Path:
    """Write the file again as UTF-8, piece by piece."""
    path = session.scratch / (session.new_name("transcoded") + ".csv")
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    with _stream(file.path) as stream, path.open("wb") as out:
        while piece := stream.read(1 << 20):
            out.write(decoder.decode(piece).encode())
        out.write(decoder.decode(b"", final=True).encode())
    return path


def _load(
    path: Path, file: SourceFile, dialect: Dialect, session: Session
) -> tuple[str, StoredRejects]:
    text, errors, scans = (session.new_name(stem) for stem in ("text", "errors", "scans"))
    options = {
        "auto_detect": False,
        "header": True,
        "skip": dialect.header_line - 1,
        "delim": dialect.delimiter,
        "quote": '"',
        "escape": '"',
        "max_line_size": _MAX_LINE_BYTES,
        "nullstr": ["", *file.source.null_values],
        "store_rejects": True,
        "rejects_limit": 0,
        "rejects_table": errors,
        "rejects_scan": scans,
    }
    compression = _COMPRESSIONS.get(path.suffix.lower())
    if compression:
        options["compression"] = compression
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in dialect.columns)
    given = ", ".join(f"{key} = {_sql(value)}" for key, value in options.items())
    session.execute(
        f"CREATE TABLE {quoted(text)} AS "  # noqa: S608 - quoted
        f"SELECT * FROM read_csv({literal(str(path))}, columns = {{{columns}}}, {given})"
    )
    rejects = _keep_rejects(file, errors, session)
    session.execute(f"DROP TABLE {quoted(errors)}")
    session.execute(f"DROP TABLE {quoted(scans)}")
    return typed(session, text, dialect.columns, stem="rows"), rejects


def _keep_rejects(file: SourceFile, errors: str, session: Session) -> StoredRejects:
    """Keep one reject per broken row: the first thing that is wrong with it."""
    kept = session.new_name("rejects")
    reasons = " ".join(
        f"WHEN {literal(theirs)} THEN {literal(ours)}" for theirs, ours in _REASONS.items()
    )
    session.execute(
        f"CREATE TABLE {quoted(kept)} AS "  # noqa: S608 - quoted
        f"SELECT {literal(file.name)} AS file, line::BIGINT AS line, "
        "first(column_name ORDER BY column_idx) AS column_name, "
        f"first(CASE error_type::VARCHAR {reasons} ELSE 'structure' END ORDER BY column_idx) "
        "AS reason, first(error_message ORDER BY column_idx) AS message, "
        f"first(left(ltrim(csv_line, chr(10)), {RAW_CHARACTERS}) ORDER BY column_idx) AS raw "
        f"FROM {quoted(errors)} GROUP BY line"
    )
    return StoredRejects(session, kept)


def _sql(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case list():
            return "[" + ", ".join(map(_sql, value)) + "]"
        case _:
            return literal(str(value))
