"""Database URLs: what they name, what of them may be shown, and what the environment adds."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from proveout.errors import InputError

_SECRET = re.compile(r"^([\w+.-]+://[^/?#@:]*):.*@", re.DOTALL)
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_PATH = re.compile(r"[?&]path=([^&#]+)")
"""The one option that says what is read, and holds no secret."""


def scheme_of(url: str) -> str:
    """Return what stands before '://', in lower case; empty where it is no URL."""
    scheme, separator, _ = url.partition("://")
    return scheme.lower() if separator and re.fullmatch(r"[A-Za-z][\w+.-]*", scheme) else ""


def without_password(url: str) -> str:
    """Return the URL as it may be shown: without password, and without options but for a path.

    >>> without_password("mysql://ann:p@ss@db/erp?ssl_ca=x")
    'mysql://ann@db/erp'
    """
    path = _PATH.search(url) if scheme_of(url) in ("spark", "pyspark") else None
    shown = _SECRET.sub(r"\1@", url).partition("?")[0]
    return shown if path is None else f"{shown}?path={path[1]}"


def filled_in(url: str, environment: Mapping[str, str] | None = None) -> str:
    """Put in what the environment holds for each '${NAME}'. Raises InputError naming what it lacks.

    >>> filled_in("mysql://ann:${PW}@db/erp", {"PW": "secret"})
    'mysql://ann:secret@db/erp'
    """
    from urllib.parse import quote

    known = os.environ if environment is None else environment
    missing = [name for name in _VARIABLE.findall(url) if name not in known]
    if missing:
        raise InputError(
            f"{without_password(url)}: the environment variable {missing[0]} is not set.",
            hint=f"Set it: export {missing[0]}=…",
        )
    # A password may hold what means something in a URL.
    return _VARIABLE.sub(lambda match: quote(known[match[1]], safe=""), url)


def scrubbed(text: str, url: str) -> str:
    """Take the URL and its password out of what a driver said."""
    from urllib.parse import unquote

    secret = re.match(r"^[\w+.-]+://[^/?#@:]*:(.*)@", url, re.DOTALL)
    text = text.replace(url, without_password(url))
    for password in () if secret is None else (secret[1], unquote(secret[1])):
        if password:
            text = text.replace(password, "***")
    return text


def stem_of(url: str) -> str:
    """Return what a source is called by its URL alone: the last name in it."""
    option = _PATH.search(url)
    place = option[1] if option else _SECRET.sub(r"\1@", url).partition("?")[0].partition("://")[2]
    return place.rstrip("/").rpartition("/")[2]
