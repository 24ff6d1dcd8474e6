"""What people type into the forms of accounts, as it may be."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
"""Characters that turn the direction of what follows: a name must not be shown as another."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")


def _is_plain(text: str) -> str:
    if any(unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") for each in text):
        message = "it holds a character that cannot be seen"
        raise ValueError(message)
    if not _TURNS.isdisjoint(text):
        message = "it holds a mark that turns the direction of writing"
        raise ValueError(message)
    return text


def _is_email(text: str) -> str:
    if not _EMAIL.fullmatch(_is_plain(text)):
        message = "it is no e-mail address"
        raise ValueError(message)
    return text.lower()


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    AfterValidator(_is_plain),
]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=254),
    AfterValidator(_is_email),
]
Password = Annotated[str, Field(min_length=1, max_length=1024)]
"""Of any kind while it is asked for; how a new one has to be, `security.passwords` says."""
