"""One value as YAML, quoted where it must be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./*<>=-]*( [A-Za-z0-9_./*<>=-]+)*")
_RESERVED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def scalar(text: str) -> str:
    """Write text so that YAML reads back exactly this text.

    >>> scalar("claims.csv"), scalar("yes"), scalar("it's: late")
    ('claims.csv', "'yes'", "'it''s: late'")
    """
    if _PLAIN.fullmatch(text) and text.casefold() not in _RESERVED:
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    # YAML reads JSON's escapes, but not the pairs that JSON writes for letters beyond U+FFFF.
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in quoted)


def listed(texts: Iterable[str]) -> str:
    """Write texts as a list on one line."""
    return "[" + ", ".join(scalar(text) for text in texts) + "]"
