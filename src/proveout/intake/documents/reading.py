"""One file → its document, by what kind it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath

from proveout.errors import InputError
from proveout.intake.documents.kinds import HEAD_BYTES, kind_of
from proveout.intake.documents.mail import is_mail, read_mail
from proveout.intake.documents.model import Document, Fault, NoTextError
from proveout.intake.documents.pdf import PdfTexts
from proveout.intake.documents.plain import read_plain
from proveout.intake.documents.web import read_web_page
from proveout.intake.documents.word import read_word
from proveout.intake.formats import COMPRESSED
from proveout.intake.readers.streams import compression_of, opened
from proveout.intake.session import Session

MOST_BYTES = 64 << 20
"""Of one file, in memory: a mail with large attachments. A PDF document is read where it lies."""
_MOST_TEXT_BYTES = 16 << 20


class DocumentReader:
    """Reads the files of one source. Close it, or use it in a `with` statement."""

    def __init__(self, session: Session, *, encoding: str | None = None) -> None:
        self._session = session
        self._encoding = encoding
        self._pdf = PdfTexts()

    def __enter__(self) -> DocumentReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._pdf.close()

    def read(self, path: Path, name: str) -> Document:
        """Read one file. Raises NoTextError where nothing of it can be read as text."""
        try:
            return self._read(path, name)
        except PermissionError as error:
            message = f"{name} may not be read: permission denied."
            raise NoTextError("unreadable-file", message) from error
        except FileNotFoundError as error:
            message = f"{name} was there and is gone."
            raise NoTextError("unreadable-file", message) from error

    def _read(self, path: Path, name: str) -> Document:
        if not path.is_file():
            raise NoTextError("unreadable-file", f"{name} is no file but a pipe or a device.")
        if not path.stat().st_size:
            raise NoTextError("no-text", f"{name} is empty (0 bytes).")
        packed = compression_of(path) is not None
        try:
            with opened(path, name) as stream:
                data = stream.read(HEAD_BYTES)
                if packed or kind_of_or_none(data, name) != "pdf":
                    data += stream.read(MOST_BYTES + 1 - len(data))
        except InputError as error:
            raise NoTextError("unreadable-file", error.message) from error
        plain_name = _without_compression(name) if packed else name
        return self._of_bytes(data, name, plain_name, path=None if packed else path)

    def _of_bytes(
        self, data: bytes, name: str, called: str, *, path: Path | None, encoding: str | None = None
    ) -> Document:
        """Read a document of which the bytes are there; of a PDF document, the file as well."""
        kind = kind_of(data, called)
        if kind == "pdf":
            read = self._pdf.read(path or self._written(data), name)
        elif kind == "mail" and is_mail(data):
            read = _guarded(lambda: read_mail(data, name, self._attached), name)
        elif kind == "word":
            if len(data) > MOST_BYTES:
                raise NoTextError(
                    "too-large", f"{name} is larger than the {MOST_BYTES >> 20} MB that are read."
                )
            read = read_word(data, name)
        else:
            encoding = encoding or self._encoding
            text = data[:_MOST_TEXT_BYTES]
            if kind == "html":
                read = _guarded(lambda: read_web_page(text, name, encoding=encoding), name)
            else:
                read = read_plain(text, name, encoding=encoding)
        if not read.text.strip():
            raise NoTextError("no-text", f"{name} holds no text.")
        return read if kind == "pdf" else _cut_short(read, data, name)

    def _attached(self, data: bytes, name: str) -> Document:
        if not data:
            raise NoTextError("no-text", f"{name} is empty (0 bytes).")
        return self._of_bytes(data, name, name, path=None)

    def _written(self, data: bytes) -> Path:
        path = self._session.scratch / (self._session.new_name("document") + ".pdf")
        path.write_bytes(data)
        return path


def kind_of_or_none(head: bytes, name: str) -> str | None:
    """Tell the kind of a document from its first bytes; None where it cannot be read."""
    try:
        return kind_of(head, name)
    except NoTextError:
        return None


def _cut_short(read: Document, data: bytes, name: str) -> Document:
    most = MOST_BYTES if read.kind == "mail" else _MOST_TEXT_BYTES
    told = any(fault.reason == "document-cut" for fault in read.faults)
    if len(data) <= most or told or read.kind == "word":
        return read
    message = (
        f"{name} is larger than the {most >> 20} MB that are read; what comes after them was cut "
        "off."
    )
    fault = Fault(reason="document-cut", message=message)
    return replace(read, faults=(*read.faults, fault))


def _guarded(read: Callable[[], Document], name: str) -> Document:
    """Read what somebody else wrote, perhaps to do harm: whatever it does to the library, other
    documents are read.
    """
    try:
        return read()
    except (
        ValueError,
        LookupError,
        AssertionError,
        AttributeError,
        TypeError,
        RecursionError,
    ) as e:
        why = "it is nested too deeply" if isinstance(e, RecursionError) else "it is damaged"
        raise NoTextError("unreadable-file", f"{name} cannot be taken apart: {why}.") from e


def _without_compression(name: str) -> str:
    suffix = PurePath(name).suffix.lower()
    return name[: -len(suffix)] if suffix in COMPRESSED else name
