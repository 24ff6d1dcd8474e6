"""Look into a ZIP archive before anything is unpacked: is it a workbook, and may it be read?

Sizes are taken from the archive's directory first; then every part that a reader would take is
decompressed piece by piece, held to the size and checksum that the directory claims, so that a
directory that lies about a bomb is found out while one piece of it stands in memory.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from proveout.errors import InputError

PIECE_BYTES = 1 << 22
_PARTS = 20_000
"""A workbook has tens of parts, with pictures perhaps hundreds."""
_TOTAL_BYTES = 8 << 30
_SMALL_BYTES = 64 << 20
"""What is no larger unpacked does no harm, however well it is packed."""
_RATIO = 250
"""Sheets shrink to a tenth, at times to a hundredth; only what says nothing shrinks further."""
_HEAD_BYTES = 4096
_READ = (".xml", ".bin", ".rels", ".vml", ".xml.rels")
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class Archive:
    """A ZIP file that has been looked at and is safe to unpack."""

    path: Path
    name: str
    names: tuple[str, ...]
    n_bytes: int
    """All parts, unpacked."""

    def find(self, wanted: str) -> str | None:
        """Return a part's own name, whatever its case and its slashes."""
        plain = _plain(wanted)
        return next((name for name in self.names if _plain(name) == plain), None)

    def read(self, name: str, most: int = 64 << 20) -> bytes:
        """Return a part, or the first `most` bytes of it; nothing where there is none."""
        found = self.find(name)
        if found is None:
            return b""
        with (
            _told(self.name),
            zipfile.ZipFile(self.path) as archive,
            archive.open(found) as part,
        ):
            return part.read(most)

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield a part piece by piece."""
        with (
            _told(self.name),
            zipfile.ZipFile(self.path) as archive,
            archive.open(name) as part,
        ):
            while piece := part.read(PIECE_BYTES):
                yield piece


def open_archive(
    path: Path, name: str, *, watch: Callable[[str, bytes], None] = lambda _part, _piece: None
) -> Archive:
    """Look at an archive from its directory to its last byte; `watch` sees each piece on the way.

    Raises InputError where it is damaged, encrypted, or meant to do harm.
    """
    with _told(name), zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        _check_directory(entries, path, name)
        for entry in entries:
            if entry.filename.lower().endswith(_READ):
                _check_part(archive, entry, name, watch)
    total = sum(entry.file_size for entry in entries)
    return Archive(path, name, tuple(entry.filename for entry in entries), total)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Raise what an error of an archive means for the user."""
    try:
        yield
    except (PermissionError, FileNotFoundError):
        raise
    except _DAMAGE as error:
        raise InputError(
            f"{name} is no workbook that can be read: it is damaged or cut short ({_why(error)}).",
            hint="Fetch or export it again; a spreadsheet program may be able to repair it.",
        ) from error


def _check_directory(entries: list[zipfile.ZipInfo], path: Path, name: str) -> None:
    if len(entries) > _PARTS:
        raise _harmful(name, f"it has {len(entries):,} parts, and a workbook tens of them")
    for entry in entries:
        if ".." in entry.filename.replace("\\", "/").split("/"):
            raise _harmful(name, f"one of its parts is named '{entry.filename[:80]}'")
        if entry.flag_bits & 1:
            raise InputError(
                f"{name} is protected by a password.",
                hint="Save a copy without the password, or export the sheet as CSV.",
            )
    total = sum(entry.file_size for entry in entries)
    ratio = total / max(path.stat().st_size, 1)
    if total > _TOTAL_BYTES or (total > _SMALL_BYTES and ratio > _RATIO):
        raise _harmful(
            name, f"unpacked it would have {total / 2**20:,.0f} MB, {ratio:,.0f} times its size"
        )
    for entry in entries:
        part = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > _SMALL_BYTES and part > 2 * _RATIO:
            raise _harmful(
                name,
                f"its part {entry.filename[:80]} would have {entry.file_size / 2**20:,.0f} MB "
                f"unpacked, {part:,.0f} times its size",
            )


def _check_part(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    name: str,
    watch: Callable[[str, bytes], None],
) -> None:
    is_xml = not entry.filename.lower().endswith(".bin")
    with archive.open(entry) as part:
        first = True
        while piece := part.read(PIECE_BYTES):
            if first and is_xml:
                check_markup(piece[:_HEAD_BYTES], name, entry.filename)
            watch(entry.filename, piece)
            first = False
    watch(entry.filename, b"")


def check_markup(head: bytes, name: str, part: str | None = None) -> None:
    """Raise InputError where XML declares entities: they can grow without bound."""
    plain = head.replace(b"\x00", b"")
    if b"<!ENTITY" in plain or (
        b"<!DOCTYPE" in plain and b"[" in plain.split(b"<!DOCTYPE")[1][:300]
    ):
        where = "it" if part is None else f"its part {part[:80]}"
        raise _harmful(name, f"{where} declares entities of its own, as no spreadsheet does")


def _harmful(name: str, why: str) -> InputError:
    return InputError(
        f"{name} is not opened: {why}.",
        hint="It may be made to do harm. If you trust it, open it in a spreadsheet program and "
        "save it again.",
    )


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _why(error: Exception) -> str:
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return text[:120].rstrip(".")
