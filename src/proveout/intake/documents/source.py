"""Open a folder of documents: one row for each file, in the order of their names."""

from __future__ import annotations

import glob
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

from proveout.charter.schema import Source
from proveout.errors import InputError
from proveout.intake.archives import unpacked
from proveout.intake.documents.model import Document, Fault, NoTextError
from proveout.intake.documents.reading import DocumentReader
from proveout.intake.fingerprint import fingerprint_of_files
from proveout.intake.place import Files, find_files
from proveout.intake.readers.arrow_table import ArrowTable
from proveout.intake.rejects import RAW_CHARACTERS, ListedRejects
from proveout.intake.session import Session
from proveout.intake.table import FileRead, OpenTable, Reject

_BATCH_CHARACTERS = 4 << 20
_BATCH_ROWS = 2_000


def open_documents(source: Source, *, folder: Path, session: Session, name: str) -> OpenTable:
    """Read the documents of a source. Raises InputError where none of them can be read."""
    files = unpacked(find_files(source, folder), session)
    named = _named(files, _home(source, folder, files))
    chosen, absent = _chosen(named, source.files)
    rejects = [_unreadable(document, why.message) for document, why in _refused(files)]
    rejects += [_missing(wanted, source) for wanted in absent]
    repairs: list[Reject] = []
    kinds: Counter[str] = Counter()
    with _Rows(session) as rows, DocumentReader(session, encoding=source.encoding) as reader:
        for document, path in chosen:
            try:
                read = reader.read(path, document)
            except NoTextError as error:
                rejects.append(_unreadable(document, error.message, reason=error.reason))
                continue
            kinds[read.kind] += 1
            rows.add(document, path, read)
            rejects += [_of_fault(document, each) for each in read.faults if each.lost]
            repairs += [_of_fault(document, each) for each in read.faults if not each.lost]
    if not kinds:
        raise InputError(
            f"None of the {len(chosen)} documents of {source.path} can be read. "
            f"The first: {rejects[0].message}",
            hint="Correct the source's path, or take 'documents' out where the files are tables.",
        )
    return OpenTable(
        name=name,
        source=source,
        table=session.table(rows.name),
        rejects=ListedRejects(tuple(rejects)),
        repairs=ListedRejects(tuple(repairs)),
        fingerprint=fingerprint_of_files(chosen),
        files=(
            FileRead(
                name=source.path,
                n_bytes=rows.n_bytes,
                format="documents",
                read_as={"documents": rows.n, "kinds": dict(sorted(kinds.items()))},
            ),
        ),
    )


class _Rows:
    """The table that is being filled, a batch of limited size at a time."""

    def __init__(self, session: Session) -> None:
        import pyarrow as pa

        self._table = ArrowTable(
            session,
            stem="documents",
            types={
                "document": pa.string(), "text": pa.string(), "kind": pa.string(),
                "parts": pa.int32(), "bytes": pa.int64(),
                "modified": pa.timestamp("us", tz="UTC"),
            },
        )  # fmt: skip
        self.name = self._table.name
        self.n = self.n_bytes = 0
        self._waiting: list[tuple[object, ...]] = []
        self._characters = 0

    def add(self, document: str, path: Path, read: Document) -> None:
        """Append one document."""
        about = path.stat()
        written = datetime.fromtimestamp(about.st_mtime, UTC)
        size = about.st_size
        self._waiting.append((document, read.text, read.kind, read.parts, size, written))
        self.n, self.n_bytes = self.n + 1, self.n_bytes + size
        self._characters += len(read.text)
        if self._characters > _BATCH_CHARACTERS or len(self._waiting) >= _BATCH_ROWS:
            self._write()

    def _write(self) -> None:
        if self._waiting:
            self._table.append([list(column) for column in zip(*self._waiting, strict=True)])
        self._waiting, self._characters = [], 0

    def __enter__(self) -> _Rows:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._write()


def _home(source: Source, folder: Path, files: Files) -> Path:
    """Return what the names of the documents start at: the folder, the archive, or what of a
    pattern stands before its first sign.
    """
    path = Path(source.path).expanduser()
    full = path if path.is_absolute() else folder / path
    if full.is_dir():
        return full
    if full.exists():
        return full if files.labels else full.parent
    plain = []
    for part in full.parts[:-1]:
        if glob.has_magic(part):
            break
        plain.append(part)
    return Path(*plain)


def _named(files: Files, home: Path) -> list[tuple[str, Path]]:
    """Call each file by its name below the folder, in one spelling of letters with accents."""
    start = files.name_of(home)
    start = "" if start == "." else f"{start.rstrip('/')}/"
    names = [_plain(files.name_of(path).removeprefix(start)) for path in files.paths]
    composed = [unicodedata.normalize("NFC", name) for name in names]
    if len(set(composed)) == len(composed):
        names = composed
    return list(zip(names, files.paths, strict=True))


def _plain(name: str) -> str:
    return name.encode(errors="surrogateescape").decode(errors="replace")


def _chosen(
    named: Sequence[tuple[str, Path]], wanted: Sequence[str]
) -> tuple[list[tuple[str, Path]], list[str]]:
    """Return the files that are wanted, all where nothing is said, and what was not found."""
    if not wanted:
        return list(named), []
    patterns = [unicodedata.normalize("NFC", each.removeprefix("./")) for each in wanted]
    chosen = [each for each in named if any(_fits(each[0], pattern) for pattern in patterns)]
    absent = [each for each in patterns if not any(_fits(name, each) for name, _ in named)]
    return chosen, absent


def _fits(name: str, pattern: str) -> bool:
    return name == pattern or fnmatchcase(name, pattern)


def _refused(files: Files) -> Iterator[tuple[str, InputError]]:
    for path, why in files.refused.items():
        yield _plain(files.name_of(path)), why


def _missing(wanted: str, source: Source) -> Reject:
    if glob.has_magic(wanted):
        message = f"No document of {source.path} is called as 'files' says: {wanted}."
    else:
        message = f"{source.path} holds no document {wanted}, which 'files' names."
    return Reject(
        file=wanted, line=None, column=None, reason="missing-file", message=message, raw=""
    )


def _unreadable(document: str, message: str, *, reason: str = "unreadable-file") -> Reject:
    return Reject(file=document, line=None, column=None, reason=reason, message=message, raw="")


def _of_fault(document: str, fault: Fault) -> Reject:
    return Reject(
        file=document, line=None, column=fault.at, reason=fault.reason, message=fault.message,
        raw=fault.raw[:RAW_CHARACTERS],
    )  # fmt: skip
