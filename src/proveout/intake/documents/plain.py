"""Bytes of a text → its characters, in whatever encoding it is."""

from __future__ import annotations

import codecs
import re

from proveout.intake.documents.model import Document, Fault, NoTextError, cut
from proveout.intake.readers.encodings import encoding_of, marked
from proveout.intake.readers.streams import SAMPLE_BYTES

_LONE = re.compile(r"[\ud800-\udfff]")
_NEWLINES = re.compile(r"\r\n?|[\u2028\u2029\x85]")
_FEW_CONTROLS = 3
_BINARY = bytes({*range(9), *range(14, 27), *range(28, 32)})


def read_plain(data: bytes, name: str, *, encoding: str | None = None) -> Document:
    """Read a text. Raises NoTextError where it is none, InputError on an unknown `encoding`."""
    text, faults = decoded(data, name, encoding=encoding)
    text, more = cut(text, name)
    return Document(text=text, kind="text", faults=(*faults, *more))


def decoded(
    data: bytes, name: str, *, encoding: str | None = None
) -> tuple[str, tuple[Fault, ...]]:
    """Return the characters, and what bytes stand for none of them (written as U+FFFD)."""
    found = encoding or _encoding(data) or _encoding(_without_controls(data))
    if found is None:
        head = data[:SAMPLE_BYTES]
        if len(head.translate(None, _BINARY)) < 0.99 * len(head):
            raise NoTextError("binary", f"{name} is a binary file, not text.")
        raise NoTextError("encoding", f"{name} is not text in any encoding that is known.")
    text, n_broken = _LONE.subn("\ufffd", marked(data, found, name))
    faults: tuple[Fault, ...] = ()
    if n_broken:
        were = "byte stands" if n_broken == 1 else "bytes stand"
        faults = (
            Fault(
                reason="replaced-bytes",
                message=f"{name}: {n_broken:,} {were} for nothing in its encoding ({found}), and "
                "was replaced by a mark."
                if n_broken == 1
                else f"{name}: {n_broken:,} {were} for nothing in its encoding ({found}), and "
                "were replaced by marks.",
                raw=_around(text),
                lost=False,
            ),
        )
    return plain(text), faults


def plain(text: str) -> str:
    """Write line ends in one way, and leave out what is no character of a text."""
    return _NEWLINES.sub("\n", text).replace("\x00", "").replace("\ufeff", "")


def _encoding(data: bytes) -> str | None:
    found = encoding_of(data[:SAMPLE_BYTES])
    if found != "utf-8" or len(data) <= SAMPLE_BYTES:
        return found
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        telling = b"\n".join(line for line in data.splitlines() if not line.isascii())
        return encoding_of(telling[:SAMPLE_BYTES])
    return found


def _without_controls(data: bytes) -> bytes:
    """Leave out what a keyboard slips into a short text, where it is a few bytes at most."""
    kept = data.translate(None, _BINARY)
    return kept if len(data) - len(kept) <= _FEW_CONTROLS else data


def _around(text: str) -> str:
    at = text.find("\ufffd")
    return text[max(0, at - 40) : at + 40]
