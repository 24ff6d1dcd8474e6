"""Open a source of the charter: find its files, read each by its format, put them together."""

from __future__ import annotations

from pathlib import Path

from proveout.charter.schema import Source
from proveout.errors import InputError
from proveout.intake.fingerprint import fingerprint_of_files
from proveout.intake.formats import format_of
from proveout.intake.place import Files, find_files, source_name
from proveout.intake.readers import FILE_READERS, ReadTable, SourceFile
from proveout.intake.rejects import ListedRejects, joined
from proveout.intake.session import Session
from proveout.intake.table import FileRead, OpenTable, Reject
from proveout.intake.union import by_name


def open_source(
    source: Source, *, folder: Path, session: Session, name: str | None = None
) -> OpenTable:
    """Open one source; relative paths start at `folder`.

    Raises InputError where it cannot be read, UnreachableError where a server does not answer.
    """
    files = find_files(source, folder)
    read: list[ReadTable] = []
    unreadable: list[Reject] = []
    for path in files.paths:
        try:
            read.append(_read(path, source, files, session))
        except InputError as error:
            if not files.several:
                raise
            unreadable.append(_unreadable(files.name_of(path), error))
    if not read:
        raise InputError(
            f"None of the {len(files.paths)} files of {source.path} can be read. "
            f"The first, {unreadable[0].file}: {unreadable[0].message}",
            hint="Correct the source's path, or say what format the files have.",
        )
    table, notes = by_name([(each.file.name, each.table) for each in read], session)
    return OpenTable(
        name=name or source_name(source),
        source=source,
        table=table,
        rejects=joined([*(each.rejects for each in read), ListedRejects(tuple(unreadable))]),
        fingerprint=fingerprint_of_files((files.name_of(path), path) for path in files.paths),
        files=tuple(_noted(each.file, notes.get(each.file.name)) for each in read),
    )


def _read(path: Path, source: Source, files: Files, session: Session) -> ReadTable:
    name = files.name_of(path)
    try:
        format_ = source.format or format_of(path, name)
        return FILE_READERS[format_](SourceFile(path=path, name=name, source=source), session)
    except PermissionError as error:
        raise InputError(
            f"{name} may not be read: permission denied.",
            hint=f"Allow it: chmod u+r {path}",
        ) from error


def _unreadable(name: str, error: InputError) -> Reject:
    return Reject(
        file=name, line=None, column=None, reason="unreadable-file", message=error.message, raw=""
    )


def _noted(file: FileRead, note: dict[str, object] | None) -> FileRead:
    if not note:
        return file
    return FileRead(
        name=file.name, n_bytes=file.n_bytes, format=file.format, read_as={**file.read_as, **note}
    )
