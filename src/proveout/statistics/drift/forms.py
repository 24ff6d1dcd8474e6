"""How text is written, whatever it says: patterns, spelling, damage, the order of dates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_RUNS = re.compile(r"(a+|A+|9+)")
_CLASSES = str.maketrans(
    dict.fromkeys("0123456789", "9")
    | dict.fromkeys("abcdefghijklmnopqrstuvwxyz", "a")
    | dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "A")
)
_GROUPS = re.compile(r"(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{1,4})")
# What UTF-8 looks like once it has been read as Latin-1 or Windows-1252, and the sign that stands
# for what could not be read.
_DAMAGE = re.compile(r"\ufffd|[\u00c2\u00c3][\u0080-\u00bf\u0152-\u2122]|\u00e2\u20ac")
_SPACES = re.compile(r"^\s|\s$|\s\s|[\t\r\n\u00a0\u200b\ufeff]")


def pattern(text: str) -> str:
    """Return the classes of the characters, a run of one class written once: 'N123AB' is 'A9A'."""
    return _RUNS.sub(lambda run: run[0][0], text[:60].translate(_CLASSES))


def plain(text: str) -> str:
    """Return what is left of a text without case, accents, spaces and signs."""
    bare = unicodedata.normalize("NFKD", mended(text)).casefold()
    return "".join(c for c in bare if c.isalnum())


def mended(text: str) -> str:
    """Undo UTF-8 that was read as a Western encoding, where that is what it looks like."""
    if not _DAMAGE.search(text):
        return text
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text


def is_damaged(text: str) -> bool:
    """Tell whether characters were lost or read in another encoding."""
    return bool(_DAMAGE.search(text))


def has_stray_spaces(text: str) -> bool:
    """Tell whether there is space at the ends, twice in a row, or of an unusual kind."""
    return bool(_SPACES.search(text))


def date_groups(texts: Sequence[str]) -> tuple[list[bool], list[bool]]:
    """Tell for each text whether its first, and its second group of a date is above 12."""
    found = [_GROUPS.search(text) for text in texts]
    return (
        [m is not None and 12 < int(m[1]) < 32 for m in found],
        [m is not None and 12 < int(m[2]) < 32 for m in found],
    )
