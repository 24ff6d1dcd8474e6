"""What a charter keeps out of sight, taken out of what systems say."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from proveout.charter.schema.base import Part

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SHORTEST = 4
"""Shorter ones would take half of every sentence with them."""


def secrets_of(
    charter: Part, *, url: str = "", variables: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Return the values of the variables that a charter names, and what is secret in a URL."""
    variables = os.environ if variables is None else variables
    found = {variables.get(name, "") for name in _VARIABLE.findall(charter.model_dump_json())}
    parts = urlsplit(url)
    _, _, password = parts.netloc.rpartition("@")[0].partition(":")
    found |= {password, unquote(password), *(value for _, value in parse_qsl(parts.query))}
    whole = {value.strip() for value in found}
    # The longest first, so that no rest of it stays.
    return tuple(sorted((v for v in whole if len(v) >= _SHORTEST), key=len, reverse=True))


def without(secrets: Iterable[str], texts: Iterable[str]) -> tuple[str, ...]:
    """Put '…' in the place of each secret, which a program or service may have repeated.

    >>> without(("s3cret",), ("no such key: s3cret",))
    ('no such key: …',)
    """
    said = []
    for text in texts:
        for secret in secrets:
            text = text.replace(secret, "…")  # noqa: PLW2901
        said.append(text)
    return tuple(said)
