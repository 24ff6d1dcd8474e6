"""A text file in memory, decoded."""

from __future__ import annotations

import io
from pathlib import Path

from proveout.errors import InputError
from proveout.intake.readers.encodings import encoding_of, marked
from proveout.intake.readers.streams import SAMPLE_BYTES, check_whole, opened

MOST_BYTES = 1 << 24
"""A larger text is read piece by piece instead: in Python it takes thirty times its size."""


def text_of(path: Path, name: str, *, encoding: str | None = None) -> tuple[str, str] | None:
    """Return the text of a file and its encoding; None where it is too large for this.

    Raises InputError where it is no text, or damaged.
    """
    if path.stat().st_size > MOST_BYTES:
        return None
    check_whole(path, name)
    with opened(path, name) as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:  # a small file may hold a large text
        return None
    if encoding is None and data.isascii() and b"\x00" not in data[:SAMPLE_BYTES]:
        found: str | None = encoding_of(data[:SAMPLE_BYTES])
    else:
        found = encoding or _encoding(data)
    if found is None:
        raise InputError(
            f"{name} is not text in any encoding that is known.",
            hint="If it is text, write its encoding (encoding: utf-16-le); if not, its format.",
        )
    return marked(data, found, name), found


def _encoding(data: bytes) -> str | None:
    found = encoding_of(data[:SAMPLE_BYTES])
    if found != "utf-8" or len(data) <= SAMPLE_BYTES:
        return found
    try:
        data.decode()
    except UnicodeDecodeError:
        telling = b"".join(line for line in io.BytesIO(data) if not line.isascii())
        return encoding_of(telling)
    return found
