"""What people write into forms: cleaned of what no database or reader can take."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints

_UNWRITABLE = re.compile("[\0\ud800-\udfff]")


def cleaned(text: str) -> str:
    """Replace what cannot be stored, and write ends of lines in one way."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text).replace("\r\n", "\n").strip()


def _is_web_address(text: str) -> str:
    if not text:
        return text
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        message = "a link begins with https://"
        raise ValueError(message)
    return text


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
    AfterValidator(cleaned),
]  # fmt: skip
MaybeLine = Annotated[str, StringConstraints(max_length=300), AfterValidator(cleaned)]
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000),
    AfterValidator(cleaned),
]  # fmt: skip
MaybeWords = Annotated[str, StringConstraints(max_length=4_000), AfterValidator(cleaned)]
Long = Annotated[str, StringConstraints(max_length=200_000), AfterValidator(cleaned)]
MaybeDay = Annotated[str, Field(max_length=10, pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
"""'YYYY-MM-DD', or '' where no day is given."""
MaybeLink = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(cleaned),
    AfterValidator(_is_web_address),
]  # fmt: skip
"""https://…, or ''."""
People = Annotated[int, Field(ge=1, le=1_000_000)]
