"""Where a request goes: the system's address, and the path that the client asked for. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from proveout.errors import InputError

_ENDPOINTS = (b"/chat/completions", b"/invocations")
"""What clients add to a base URL themselves; a charter may name it with them."""
_TARGET = re.compile(rb"/[\x21-\x7e]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a service is."""

    host: str
    port: int
    is_tls: bool
    authority: bytes
    """As the Host header says it."""
    prefix: bytes = b""
    """What paths begin with: '/v1'; nothing where the whole host is meant."""
    query: bytes = field(default=b"", repr=False)
    """Goes with every request; may be secret."""
    is_endpoint: bool = False
    """The prefix is what is asked itself, and not what paths begin with."""

    @property
    def origin(self) -> str:
        """Scheme, host and port, in words."""
        return f"{'https' if self.is_tls else 'http'}://{self.authority.decode()}"

    @property
    def label(self) -> str:
        """The address without what may be secret in it."""
        return self.origin + self.prefix.decode()


def read_address(url: str, *, is_endpoint: bool = False) -> Address:
    """Read a URL. Raises InputError for one that is none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        prefix, query = parts.path.rstrip("/").encode("ascii"), parts.query.encode("ascii")
    except (ValueError, UnicodeError):
        host, port, prefix, query = None, None, b"", b""
    if _is_no_url(url) or not host or (prefix and not _TARGET.fullmatch(prefix)):
        raise InputError(
            f"'{url.rpartition('@')[2]}' is no address of a service.",
            hint="Write it as http://host:port or https://host/path.",
        )
    for endpoint in _ENDPOINTS:
        prefix = prefix.removesuffix(endpoint)
    is_tls = parts.scheme == "https"
    usual = 443 if is_tls else 80
    name = f"[{host}]" if ":" in host else host
    authority = name if port in (None, usual) else f"{name}:{port}"
    return Address(
        host=host,
        port=port or usual,
        is_tls=is_tls,
        authority=authority.encode("idna" if not authority.isascii() else "ascii"),
        prefix=prefix,
        query=query,
        is_endpoint=is_endpoint and bool(prefix),
    )


def _is_no_url(url: str) -> bool:
    """Tell whether a text is no URL of a service at all."""
    return not url.startswith(("http://", "https://")) or any(
        letter.isspace() or not letter.isprintable() for letter in url
    )


def target(address: Address, path: bytes, query: bytes) -> bytes:
    """Return what stands in the request line; path and query as the client encoded them.

    A client may take the gateway's root for the base URL, or write the base's own path behind it:
    both `/chat/completions` and `/v1/chat/completions` reach `https://api.example.com/v1`.

    >>> at = read_address("https://api.example.com/v1")
    >>> target(at, b"/chat/completions", b""), target(at, b"/v1/models", b"a=%2F")
    (b'/v1/chat/completions', b'/v1/models?a=%2F')
    """
    prefix = address.prefix
    if not prefix or path == prefix or path.startswith(prefix + b"/"):
        found = path
    elif address.is_endpoint:
        found = prefix if path == b"/" else path
    else:
        found = prefix + path
    given = query + b"&" + address.query if query and address.query else query or address.query
    return found + b"?" + given if given else found
