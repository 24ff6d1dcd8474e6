"""A Word document (.docx) → its text: a zip of XML files, read with nothing but the library."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from proveout.errors import InputError
from proveout.intake.documents.model import MOST_CHARACTERS, Document, NoTextError, cut
from proveout.intake.workbook.safe_xml import walk

_PIECE = 1 << 18
_MOST_XML = 64 << 20
"""Of one part, unpacked: a book of 1,000 pages has 20 MB."""
_PARTS = (r"word/header\d*\.xml", r"word/document\d*\.xml", r"word/foot(notes|er\d*)\.xml")
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError)


def read_word(data: bytes, name: str) -> Document:
    """Read a document with its headers and footers. Raises NoTextError where it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive, name)
    except RuntimeError as error:  # what the library raises for a password
        raise NoTextError("protected", f"{name} is protected by a password.") from error
    except (*_DAMAGE, InputError) as error:
        raise NoTextError(
            "unreadable-file", f"{name} is no Word document that can be read: it is damaged."
        ) from error


def _read(archive: zipfile.ZipFile, name: str) -> Document:
    names = sorted(archive.namelist())
    if not any(re.fullmatch(_PARTS[1], each) for each in names):
        raise NoTextError(
            "other-format",
            f"{name} is a zip file but no Word document (.docx); save it as .docx or .pdf.",
        )
    said: list[str] = []
    for pattern in _PARTS:
        for each in names:
            if re.fullmatch(pattern, each):
                text = _Part().read(archive, each)
                if text and text not in said:  # first and even pages repeat their headers
                    said.append(text)
    text, faults = cut("\n".join(said), name)
    return Document(text=text, kind="word", faults=faults)


class _Part:
    """The text of one part of the document, while it is walked through."""

    def __init__(self) -> None:
        self._said: list[str] = []
        self._in_text = self._in_run = False
        self._fallbacks = 0
        self._cells = 0
        self._n = 0

    def read(self, archive: zipfile.ZipFile, part: str) -> str:
        walk(self._pieces(archive, part), part, begin=self._begin, end=self._end, text=self._text)
        lines = re.sub(r" +\t", "\t", "".join(self._said)).split("\n")
        return "\n".join(line.rstrip() for line in lines).strip("\n")

    def _pieces(self, archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
        taken = 0
        with archive.open(part) as stream:
            while piece := stream.read(_PIECE):
                taken += len(piece)
                if taken > _MOST_XML:
                    msg = "more comes out of it than of any document"
                    raise ValueError(msg)
                yield piece

    def _begin(self, tag: str, _: Mapping[str, str]) -> None:
        match tag:
            case "t":
                self._in_text = True
            case "Fallback":  # the same again, for old programs
                self._fallbacks += 1
            case "tc":
                self._cells += 1
            case "r":
                self._in_run = True
            case "tab" if self._in_run:  # elsewhere it is a stop, not a tab
                self._say("\t")
            case "br" | "cr":
                self._say(" " if self._cells else "\n")
            case "noBreakHyphen":
                self._say("-")

    def _end(self, tag: str) -> None:
        match tag:
            case "t":
                self._in_text = False
            case "r":
                self._in_run = False
            case "Fallback":
                self._fallbacks -= 1
            case "p":
                self._say(" " if self._cells else "\n")
            case "tc":
                self._cells -= 1
                self._say("\t")
            case "tr":
                self._say("\n")

    def _text(self, text: str) -> None:
        if self._in_text:
            self._say(text)

    def _say(self, text: str) -> None:
        if not self._fallbacks and self._n <= 2 * MOST_CHARACTERS:
            self._said.append(text)
            self._n += len(text)
