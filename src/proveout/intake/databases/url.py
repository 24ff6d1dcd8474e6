"""Database URLs: what they name, what of them may be shown, and what the environment adds."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from proveout.errors import InputError

_SECRET = re.compile(r"^([\w+.-]+://[^/?#@:]*):.*@", re.DOTALL)
_USER = re.compile(r"([\w+.-]+://[^/?#@:]*):([^/?#]*)@")
"""With a password that holds nothing that ends a part of a URL."""
_PORT = re.compile(r"[\w+.-]+://[^/?#@:]*:\d+(?:[/?#,]|$)")
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
    """Put in what the environment holds for each '${NAME}', and mark an '@' of a password as such.

    Raises InputError naming what the environment lacks, or on a password that has no clear end.

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
    return _told_apart(_VARIABLE.sub(lambda match: quote(known[match[1]], safe=""), url))


def _told_apart(url: str) -> str:
    """Return a URL in which a password ends where a driver would have it end.

    Else the driver takes the rest of it for the host, and says so in its message.
    """
    clear = _USER.match(url)
    if clear is not None:
        return f"{clear[1]}:{clear[2].replace('@', '%40')}@{url[clear.end() :]}"
    if _SECRET.match(url) and not _PORT.match(url):
        raise InputError(
            f"{without_password(url)}: the password holds a '/', '?' or '#', which ends a part of "
            "a URL.",
            hint="Write '%2F', '%3F' or '%23' instead; or keep it in an environment variable, and "
            "write ${NAME}.",
        )
    return url


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
