"""Delimited text: CSV, TSV and their kin, also compressed.

The types of the columns are proven on all values before any is converted, so that none is lost to
a type that was guessed from other rows. What the engine reads as it stands it reads alone; the
rest is mended first (`delimited_mended`), and a row is a reject only where that is not possible.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from proveout.errors import InputError
from proveout.intake.mending import read_text
from proveout.intake.readers.delimited_dialect import Dialect, dialect_of
from proveout.intake.readers.delimited_load import Loaded, MixedNewlinesError, load
from proveout.intake.readers.delimited_mended import (
    is_plain,
    is_plain_so_far,
    mended_in_pieces,
    plan_for,
    tables_of,
)
from proveout.intake.readers.delimited_sound import is_sound, load_sound
from proveout.intake.readers.encodings import as_utf8, decoded, encoding_of, encoding_of_all
from proveout.intake.readers.port import ReadTable, SourceFile
from proveout.intake.readers.streams import PIECE_BYTES, SAMPLE_BYTES, check_whole, empty, opened
from proveout.intake.readers.whole_text import MOST_BYTES, text_of
from proveout.intake.rejects import ListedRejects, StoredRejects
from proveout.intake.session import Session
from proveout.intake.table import FileRead, Rejects

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LOOKED_THROUGH = 1 << 20
"""A text of so many bytes is looked through whole; of a larger one the beginning is, and the rest
where the engine meets damage."""
_MOST_COLUMNS = 10_000
"""A table has fewer; more of them in the first line tell that the lines are cut wrongly."""
_READ_AS_THEY_ARE = ("utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii")


def read_delimited(file: SourceFile, session: Session) -> list[ReadTable]:
    """Read one delimited text file."""
    with opened(file.path, file.name) as stream:
        head = stream.read(SAMPLE_BYTES)
    if not head:
        raise empty(file.name)
    encoding = file.source.encoding or encoding_of(head)
    if encoding is None:
        raise _no_text(file)
    dialect = dialect_of(decoded(head, encoding, file.name), delimiter=file.source.delimiter)
    if dialect is None:
        raise InputError(
            f"{file.name} holds nothing but blank lines.",
            hint="Export it again, or take it out of the source's path.",
        )
    if len(dialect.columns) > _MOST_COLUMNS:
        raise _too_wide(file, len(dialect.columns))
    read_as: dict[str, Any] = {
        "encoding": encoding,
        "delimiter": dialect.delimiter,
        "header_line": dialect.header_line,
    }
    check_whole(file.path, file.name)
    if (found := _mended_at_sight(file, head, dialect, session, read_as)) is not None:
        return found
    if dialect.trailing_delimiter:
        read_as["trailing_delimiter"] = True
    loaded = _read(file, encoding, dialect, session, read_as)
    if encoding == "utf-8" and "encoding" in loaded.reasons and not file.source.encoding:
        # The first rows were plain; the letters further on tell.
        other = encoding_of_all(file)
        if other not in (None, "utf-8"):
            loaded.drop(session)
            read_as["encoding"] = other
            loaded = _read(file, str(other), dialect, session, read_as)
    if loaded.reasons and (found := _mended(file, head, session, read_as)):
        loaded.drop(session)
        return found
    rejects = StoredRejects(session, loaded.rejects)
    return [_read_table(file, session.table(loaded.table), {**read_as, **loaded.notes}, rejects)]


def _read_table(
    file: SourceFile,
    table: ir.Table,
    read_as: dict[str, Any],
    rejects: Rejects | None = None,
) -> ReadTable:
    size = file.path.stat().st_size
    return ReadTable(
        table=table,
        file=FileRead(name=file.name, n_bytes=size, format="csv", read_as=read_as),
        rejects=rejects or ListedRejects(),
    )


def _read(
    file: SourceFile, encoding: str, dialect: Dialect, session: Session, read_as: dict[str, Any]
) -> Loaded:
    """Read all rows as text, over copies of the file where it cannot be read as it stands."""
    path, copies = file.path, []
    try:
        if encoding.lower().replace("_", "-") not in _READ_AS_THEY_ARE:
            path = as_utf8(file, encoding, session)
            copies.append(path)
        try:
            loaded = load(path, file, dialect, session)
        except MixedNewlinesError:
            path = _one_newline(path, file, session)
            copies.append(path)
            read_as["newlines"] = "mixed"
            loaded = load(path, file, dialect, session)
        return loaded
    finally:
        for copy in copies:
            copy.unlink()


def _mended_at_sight(
    file: SourceFile, head: bytes, dialect: Dialect, session: Session, read_as: dict[str, Any]
) -> list[ReadTable] | None:
    """Mend a file in which something asks for it at first sight; None where nothing does."""
    if (text := _small_text(file)) is not None:
        mending = read_text(text[0], delimiter=file.source.delimiter)
        if not mending.tables:
            return None
        if is_plain(mending, dialect.delimiter):
            if text[1] != read_as["encoding"] or not is_sound(text[0], mending, dialect):
                return None
            sound = load_sound(mending.tables[0].rows, file, dialect, session)
            return [_read_table(file, sound.table, {**read_as, **sound.notes})]
        return tables_of(mending, file, session, {**read_as, "encoding": text[1]})
    plan = plan_for(head, str(read_as["encoding"]), file)
    if plan is None or is_plain_so_far(plan, dialect):
        return None
    return mended_in_pieces(file, str(read_as["encoding"]), plan, session, read_as)


def _small_text(file: SourceFile, most: int = _LOOKED_THROUGH) -> tuple[str, str] | None:
    """Return the text of a small file and its encoding; None of a large one."""
    if file.path.stat().st_size > most:
        return None
    return text_of(file.path, file.name, encoding=file.source.encoding)


def _mended(
    file: SourceFile, head: bytes, session: Session, read_as: dict[str, Any]
) -> list[ReadTable] | None:
    """Mend a file in which the engine has met damage; None where nothing more can be done."""
    said = {name: value for name, value in read_as.items() if name != "newlines"}
    if (text := _small_text(file, MOST_BYTES)) is not None:
        mending = read_text(text[0], delimiter=file.source.delimiter)
        return tables_of(mending, file, session, said) if mending.tables else None
    encoding = str(read_as["encoding"])
    plan = plan_for(head, encoding, file)
    return mended_in_pieces(file, encoding, plan, session, said) if plan else None


def _one_newline(path: Path, file: SourceFile, session: Session) -> Path:
    """Write the file again with line feeds alone, piece by piece."""
    copy = session.scratch / (session.new_name("newlines") + ".csv")
    with opened(path, file.name) as stream, copy.open("wb") as out:
        held = b""
        while piece := stream.read(PIECE_BYTES):
            piece = held + piece
            held = b"\r" if piece.endswith(b"\r") else b""  # its line feed may come next
            piece = piece[: len(piece) - len(held)]
            out.write(piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
        out.write(held.replace(b"\r", b"\n"))
    return copy


def _too_wide(file: SourceFile, n: int) -> InputError:
    return InputError(
        f"{file.name} has {n:,} columns or more in its first line; a table has at most "
        f"{_MOST_COLUMNS:,}.",
        hint="Export it with one record per line; write its delimiter if it was not found.",
    )


def _no_text(file: SourceFile) -> InputError:
    return InputError(
        f"{file.name} is not text in any encoding that is known.",
        hint="If it is text, write its encoding (encoding: utf-16-le); if not, its format.",
    )
