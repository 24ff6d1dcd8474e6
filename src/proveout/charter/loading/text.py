"""From a file on disk to its text."""

from __future__ import annotations

from pathlib import Path

from proveout.charter.loading.problem import Position, Problem, charter_error
from proveout.errors import CharterError

LARGEST_BYTES = 256 * 1024
"""A charter is written by people: the longest that we know of has 15 KiB."""


def read_text(file: Path) -> str:
    """Read a charter as UTF-8.

    Raises CharterError when the file is not there, not readable, too large or not UTF-8.
    """
    return _decode(file, _read_bytes(file))


def _read_bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise CharterError(
            f"There is no charter at {file}.",
            hint="Write one: proveout init. Or name the file that you have, as this command takes "
            "it: path/to/pilot.yaml, or --charter path/to/pilot.yaml",
        ) from None
    except IsADirectoryError:
        raise CharterError(
            f"{file} is a folder, not a charter.",
            hint=f"Name the file in it: {file / 'pilot.yaml'}",
        ) from None
    except OSError as error:
        raise CharterError(
            f"{file} cannot be read: {error.strerror or error}.",
            hint="Check that it is a file which you may read.",
        ) from error
    if len(content) > LARGEST_BYTES:
        raise CharterError(
            f"{file} is larger than {LARGEST_BYTES // 1024} KiB, the most that a charter may have.",
            hint="Is this the charter? Data belongs into files of its own, "
            "which the charter names under data.",
        )
    return content


def _decode(file: Path, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or 0 in content[:2]:
        raise charter_error(file, [_not_utf8(1, 1, "The file is stored as UTF-16 or UTF-32.")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before) - (before.rfind(b"\n") + 1) + 1
        seen = f"The byte 0x{content[error.start]:02x} is not UTF-8."
        raise charter_error(file, [_not_utf8(line, column, seen)]) from None


def _not_utf8(line: int, column: int, what: str) -> Problem:
    return Problem(
        at=Position(line=line, column=column),
        path=(),
        what=what,
        write="Save the file as UTF-8 (in most editors: Save with encoding, UTF-8).",
    )
