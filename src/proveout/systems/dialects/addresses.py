"""URLs of services: a path added, what is secret in them left out. Pure."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import unquote, urlsplit, urlunsplit


def below(url: str, path: str) -> str:
    """Add a path to a URL, before its query; one that ends with it already stays as it is.

    >>> below("https://a.example/openai?api-version=2024-10-21", "chat/completions")
    'https://a.example/openai/chat/completions?api-version=2024-10-21'
    """
    parts = urlsplit(url)
    root = parts.path.rstrip("/")
    if not root.endswith(f"/{path}"):
        root = f"{root}/{path}"
    return urlunsplit(parts._replace(path=root, fragment=""))


def without_secrets(url: str) -> str:
    """Return scheme, host and path: user, password and query may be secret."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def basic_authorization(url: str) -> str | None:
    """Return the header for user and password in a URL; None where it has none.

    >>> basic_authorization("https://ann:s%40fe@a.example/")
    'Basic YW5uOnNAZmU='
    """
    user, is_there, _ = urlsplit(url).netloc.rpartition("@")
    if not is_there:
        return None
    name, _, word = user.partition(":")
    told = f"{unquote(name)}:{unquote(word)}".encode()
    return f"Basic {b64encode(told).decode()}"
