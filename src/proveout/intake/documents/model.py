"""What a document is once it has been read, and what of it could not be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "html", "mail", "pdf", "word"]

MOST_CHARACTERS = 1_000_000
"""Of one document: about 400 pages. What comes after is cut off, and told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A part of a document that was not read, or that had to be put right."""

    reason: str
    """Stable code: 'cut', 'attachment', 'scanned-page', 'replaced-bytes' …"""
    message: str
    """What is wrong, in one sentence that names the file."""
    at: str | None = None
    """Where: 'page 2', the attachment's name."""
    raw: str = ""
    lost: bool = True
    """Something is missing from the text; otherwise it was put right and nothing is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The text of one document."""

    text: str
    kind: Kind
    parts: int = 1
    """Pages of a PDF document; the body of a mail and what is attached to it."""
    faults: tuple[Fault, ...] = ()


class NoTextError(Exception):
    """Nothing of a document can be read as text."""

    def __init__(self, reason: str, message: str) -> None:
        """Take a stable code, and what is wrong in one sentence that names the file."""
        super().__init__(message)
        self.reason = reason
        self.message = message


def cut(text: str, name: str) -> tuple[str, tuple[Fault, ...]]:
    """Cut a text that is too long for a system to be given, and say so."""
    if len(text) <= MOST_CHARACTERS:
        return text, ()
    message = (
        f"{name} is longer than the {MOST_CHARACTERS:,} characters that are taken of a document; "
        "what comes after them was cut off."
    )
    fault = Fault(reason="document-cut", message=message, raw=text[MOST_CHARACTERS:][:200])
    return text[:MOST_CHARACTERS], (fault,)
