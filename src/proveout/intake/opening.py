"""Open a source of the charter: find its files, read each by its format, put them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from proveout.charter.schema import Source
from proveout.errors import InputError
from proveout.intake.archives import unpacked
from proveout.intake.databases import is_database, read_database
from proveout.intake.fingerprint import fingerprint_of_files, fingerprint_of_table
from proveout.intake.formats import format_of
from proveout.intake.parts import labelled, part_name, parts_of
from proveout.intake.place import Files, as_file, find_files, source_name
from proveout.intake.readers import FILE_READERS, ReadTable, SourceFile
from proveout.intake.readers.streams import empty
from proveout.intake.rejects import ListedRejects, joined
from proveout.intake.session import Session
from proveout.intake.table import FileRead, OpenTable, Reject, TablePart
from proveout.intake.union import by_name

_DATABASES = ("duckdb", "sqlite")


def open_source(
    source: Source, *, folder: Path, session: Session, name: str | None = None
) -> OpenTable:
    """Open one source; relative paths start at `folder`, and `name` is used where it is given.

    Raises InputError where it cannot be read, UnreachableError where a server does not answer.
    """
    name = name or source_name(source)
    if source.documents:
        from proveout.intake.documents.source import open_documents

        return open_documents(source, folder=folder, session=session, name=name)
    if is_database(source):
        return _open_database(source, name, session, folder)
    source = as_file(source)
    files = unpacked(find_files(source, folder), session)
    read: list[ReadTable] = []
    unreadable = [_unreadable(files.name_of(path), why) for path, why in files.refused.items()]
    for path in files.paths:
        try:
            read += parts_of(_read(path, source, files, session), source, session)
        except InputError as error:
            if not files.several:
                raise
            unreadable.append(_unreadable(files.name_of(path), error))
    if not read:
        raise InputError(
            f"None of the {len(files.paths)} files of {source.path} can be read. "
            f"The first: {unreadable[0].message}",
            hint="Correct the source's path, or write what format the files have.",
        )
    names = [part_name(each, source.unite is not None) for each in read]
    tables = [each.table for each in labelled(read, source)]
    n_bytes = sum(each.file.n_bytes for each in read)
    table, notes = by_name([*zip(names, tables, strict=True)], session, n_bytes=n_bytes)
    return OpenTable(
        name=name,
        source=source,
        table=table,
        rejects=joined([*(each.rejects for each in read), ListedRejects(tuple(unreadable))]),
        repairs=joined([each.repairs for each in read]),
        fingerprint=_fingerprint(files, read),
        files=tuple(
            _noted(each.file, notes.get(name, {})) for name, each in zip(names, read, strict=True)
        ),
        parts=_parts(read, names, files),
    )


def _parts(read: Sequence[ReadTable], names: Sequence[str], files: Files) -> tuple[TablePart, ...]:
    """Keep the deliveries of a series apart beside the table that they were put together to."""
    if len(read) < 2:
        return ()
    written = {
        files.name_of(path): datetime.fromtimestamp(path.stat().st_mtime, UTC)
        for path in files.paths
    }
    return tuple(
        TablePart(
            name=name,
            table=each.table,
            file=each.file,
            modified_at=written.get(each.file.name),
        )
        for name, each in zip(names, read, strict=True)
    )


def _open_database(source: Source, name: str, session: Session, folder: Path) -> OpenTable:
    found = read_database(source, session, folder=folder)
    read_as = {"table": found.name}
    return OpenTable(
        name=name,
        source=source,
        table=found.table,
        rejects=ListedRejects(),
        repairs=ListedRejects(),
        fingerprint=fingerprint_of_table(found.table),
        files=(FileRead(name=found.where, n_bytes=0, format=found.engine.name, read_as=read_as),),
    )


def _read(path: Path, source: Source, files: Files, session: Session) -> Sequence[ReadTable]:
    name = files.name_of(path)
    try:
        if not path.is_file():
            raise InputError(
                f"{name} is no file but a pipe or a device, which can be read only once.",
                hint="Write what comes from it to a file first.",
            )
        if not path.stat().st_size:
            raise empty(name)
        format_ = source.format or format_of(path, name)
        return FILE_READERS[format_](SourceFile(path=path, name=name, source=source), session)
    except PermissionError as error:
        raise InputError(
            f"{name} may not be read: permission denied.",
            hint="Let the user who runs this read it: chmod a+r FILE",
        ) from error


def _fingerprint(files: Files, read: list[ReadTable]) -> str:
    if len(read) == 1 and read[0].file.format in _DATABASES:
        # The file holds other tables too, and changes without any row changing.
        return fingerprint_of_table(read[0].table)
    return fingerprint_of_files((files.name_of(path), path) for path in files.paths)


def _unreadable(name: str, error: InputError) -> Reject:
    return Reject(
        file=name, line=None, column=None, reason="unreadable-file", message=error.message, raw=""
    )


def _noted(file: FileRead, note: Mapping[str, Any]) -> FileRead:
    return replace(file, read_as={**file.read_as, **note}) if note else file
