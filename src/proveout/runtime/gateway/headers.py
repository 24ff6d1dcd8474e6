"""Which headers pass: all but those that belong to one connection, and our own. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Headers = list[tuple[bytes, bytes]]
"""Names in lower case, in the order in which they came."""

HOP_BY_HOP = frozenset(
    {
        b"connection", b"keep-alive", b"proxy-connection", b"proxy-authenticate",
        b"proxy-authorization", b"te", b"trailer", b"transfer-encoding", b"upgrade",
    }
)  # fmt: skip
"""RFC 9110, 7.6.1, and what older ones add."""
_OURS = HOP_BY_HOP | {b"host", b"content-length", b"expect"}
"""Written anew in every request that goes to the system."""
OUR_PREFIX = b"proveout-"


def of_reply(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return those of a reply that go to the client."""
    passing = []
    named: bytes | None = None
    for name, value in headers:
        name = name.lower()  # noqa: PLW2901
        if name in HOP_BY_HOP:
            if name == b"connection":
                named = value if named is None else named + b"," + value
            continue
        passing.append((name, value))
    return _without(passing, named)


def request_head(
    method: bytes,
    target: bytes,
    authority: bytes,
    headers: Sequence[tuple[bytes, bytes]],
    *,
    own: Sequence[tuple[bytes, bytes]] = (),
    drop: frozenset[bytes] = frozenset(),
    body_length: int | None,
) -> bytes:
    """Write the head of the request to the system: always framed by us, by its length alone.

    `own` goes in the place of the client's headers of the same names.
    """
    named: bytes | None = None
    for name, value in headers:
        if name == b"connection" and value.lower() not in (b"keep-alive", b"close"):
            named = value if named is None else named + b"," + value
    passing = headers if named is None else _without(list(headers), named)
    parts = [method, b" ", target, b" HTTP/1.1\r\nhost: ", authority, b"\r\n"]
    add = parts.append
    for name, value in passing:
        if name in _OURS or name in drop or name.startswith(OUR_PREFIX):
            continue
        add(name)
        add(b": ")
        add(value)
        add(b"\r\n")
    for name, value in own:
        add(name)
        add(b": ")
        add(value)
        add(b"\r\n")
    if body_length is not None:
        add(b"content-length: %d\r\n" % body_length)
    add(b"\r\n")
    return b"".join(parts)


def _without(headers: Headers, named: bytes | None) -> Headers:
    """Leave out what a Connection header names as its own."""
    if named is None:
        return headers
    names = {each.strip().lower() for each in named.split(b",")}
    names -= {b"content-length", b"content-type", b"authorization", b"proveout-simulated"}
    return [header for header in headers if header[0] not in names]
