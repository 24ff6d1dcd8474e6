"""Archives: a .zip is read as the files it holds.

Nothing is ever unpacked under a name that the archive gives: members become numbered files in the
session's scratch space, and their names are labels. What swells beyond measure is refused.
"""

from __future__ import annotations

import errno
import lzma
import os
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from proveout.errors import InputError
from proveout.intake.place import Files
from proveout.intake.session import Session

MOST_MEMBERS = 10_000
MOST_TIMES = 200
"""Bytes that one byte may become, where all of them are more than `SMALL_BYTES`: a table of one
value repeated reaches 100, a bomb 1,000 and more."""
SMALL_BYTES = 100 << 20
_PIECE = 1 << 20
_OF_A_WORKBOOK = re.compile(
    r"\[Content_Types\]\.xml|mimetype|content\.xml|xl/.*|Index/.*|Contents/.*|META-INF/manifest\.xml"
)
_HIDDEN = re.compile(r"(^|[/\\])(\.(?!\.?[/\\])|~\$|__MACOSX/|Thumbs\.db$|desktop\.ini$)")
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, struct.error)
_UNKNOWN_WAYS = (NotImplementedError, RuntimeError)
"""What the library raises for a way of compression or encryption that it does not know."""


def is_archive(path: Path) -> bool:
    """Tell whether a file is a zip of files, not a workbook: these are zips too."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        head = stream.read(4)
    if head not in (b"PK\x03\x04", b"PK\x05\x06"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (*_DAMAGE, OSError, *_UNKNOWN_WAYS):
        return path.suffix.lower() == ".zip"
    return not any(_OF_A_WORKBOOK.fullmatch(name) for name in names)


def unpacked(files: Files, session: Session) -> Files:
    """Put the members of each archive in its place. Raises InputError for one that is refused."""
    paths: list[Path] = []
    labels, refused = dict(files.labels), dict(files.refused)
    for path in files.paths:
        if not is_archive(path):
            paths.append(path)
            continue
        try:
            members = list(_members(path, files.name_of(path), session))
        except InputError as error:
            if not files.several:
                raise
            refused[path] = error
            continue
        paths += [member for member, _ in members]
        labels |= members
    several = files.several or len(paths) > 1
    return replace(files, paths=tuple(paths), several=several, labels=labels, refused=refused)


def _members(path: Path, name: str, session: Session) -> Iterator[tuple[Path, str]]:
    folder = session.scratch / session.new_name("archive")
    folder.mkdir()
    with _opened(path, name) as archive:
        members = _listed(archive, name)
        left = _most_bytes(path, name, members, folder)
        for number, member in enumerate(members):
            suffixes = "".join(PurePosixPath(member.filename).suffixes[-2:])
            # The name is ours; of theirs only what tells the format, where it is harmless.
            own = suffixes if re.fullmatch(r"[.A-Za-z0-9]{1,16}", suffixes) else ""
            out = folder / f"{number}{own}"
            with archive.open(member) as stream:
                left -= _copied(stream, out, left, name)
            _dated(out, member)
            yield out, f"{name}/{_shown(member.filename)}"


@contextmanager
def _opened(path: Path, name: str) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (*_DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise  # the disk's error, not the archive's
        raise InputError(
            f"{name} is a damaged archive: {str(error).rstrip('.')}.",
            hint="Fetch or pack it again.",
        ) from error
    except _UNKNOWN_WAYS as error:
        raise InputError(
            f"{name} is packed in a way that cannot be unpacked: {str(error).rstrip('.')}.",
            hint="Unpack it, and pack it again as a plain .zip.",
        ) from error


def _listed(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    every = archive.infolist()
    if len(every) > MOST_MEMBERS:
        raise InputError(
            f"{name} holds {len(every)} files, more than the {MOST_MEMBERS} that are read of an "
            "archive.",
            hint="Unpack it into a folder, and name the folder.",
        )
    members = [
        member for member in every if not member.is_dir() and not _HIDDEN.search(member.filename)
    ]
    if not members:
        raise InputError(f"{name} is an archive without files.", hint="Pack it again.")
    if any(member.flag_bits & 0x1 for member in members):
        raise InputError(
            f"{name} is protected by a password.",
            hint="Unpack it, and name the folder it was unpacked into.",
        )
    return sorted(members, key=lambda member: member.filename)


def _most_bytes(path: Path, name: str, members: Sequence[zipfile.ZipInfo], folder: Path) -> int:
    """Return how many bytes may come out of an archive; refuse one that claims more."""
    packed = path.stat().st_size
    swollen = max(SMALL_BYTES, MOST_TIMES * packed)
    room = shutil.disk_usage(folder).free // 2
    claimed = sum(member.file_size for member in members)
    if claimed > swollen:
        raise _bomb(name, packed)
    if claimed > room:
        raise InputError(
            f"{name} unpacks to {claimed >> 20} MB, more than half of the {2 * room >> 20} MB that "
            "are free for it.",
            hint="Make room, or name another place for temporary files: export TMPDIR=/FOLDER",
        )
    return min(swollen, room)


def _bomb(name: str, packed: int) -> InputError:
    return InputError(
        f"{name} is refused: its {packed:,} bytes become more than {MOST_TIMES} times as many, as "
        "no data do but an archive that is meant to fill a disk.",
        hint="If you trust it, unpack it yourself, and name the folder.",
    )


def _copied(stream: IO[bytes], out: Path, most: int, name: str) -> int:
    """Copy a member; what it claims to hold is not believed."""
    copied = 0
    with out.open("wb") as target:
        while piece := stream.read(_PIECE):
            copied += len(piece)
            if copied > most:
                raise InputError(
                    f"{name} is refused: more comes out of it than it says that it holds.",
                    hint="If you trust it, unpack it yourself, and name the folder.",
                )
            target.write(piece)
    return copied


def _dated(path: Path, member: zipfile.ZipInfo) -> None:
    """Give a member the time it was packed with: it tells when a file was delivered."""
    try:
        at = datetime(*member.date_time, tzinfo=UTC).timestamp()
    except ValueError:
        return
    os.utime(path, (at, at))


def _shown(name: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in name)[:200]
