"""Malformed HTTP: refused in order, and never read by the system in another way than by us."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.gateways import (
    COMPLETION,
    Gateway,
    RawSystem,
    before,
    read_reply,
    running,
    system,
    whole,
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gateway, RawSystem]]:
    """One gateway for all attacks, so that what one leaves behind meets the next."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    with system(whole()) as up, running(before(up.url, folder)) as gateway:
        yield gateway, up


def speak(gateway: Gateway, data: bytes) -> bytes:
    """Send, say that no more comes, and read all that is said."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as client:
        try:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it was closed on us in the midst of it
        return read_reply(client, until_closed=True)


def is_alive(gateway: Gateway, up: RawSystem) -> bool:
    """Serve a proper request as if nothing had been."""
    before_it = len(up.requests)
    reply = gateway.say(b"POST /ok HTTP/1.1\r\nhost: g\r\ncontent-length: 2\r\n\r\nok")
    return reply.endswith(COMPLETION) and up.requests[before_it:][-1][1] == b"ok"


INNER = b"POST /inner HTTP/1.1\r\nhost: g\r\ncontent-length: 0\r\n\r\n"
ATTACKS = {
    "two lengths": b"content-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
    "the same length twice": b"content-length: 5\r\ncontent-length: 5\r\n\r\nabcde",
    "a list of lengths": b"content-length: 5, 5\r\n\r\nabcde",
    "length and chunks": b"content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
    + INNER,
    "chunks and length": b"transfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n"
    + INNER,
    "chunked twice": b"transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + INNER,
    "two encodings": b"transfer-encoding: chunked\r\ntransfer-encoding: x\r\n\r\n0\r\n\r\n" + INNER,
    "an encoding unknown": b"transfer-encoding: xchunked\r\n\r\n0\r\n\r\n" + INNER,
    "gzip and chunked": b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + INNER,
    "a space before the colon": b"transfer-encoding : chunked\r\n\r\n0\r\n\r\n" + INNER,
    "a vertical tab": b"transfer-encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + INNER,
    "a folded line": b"content-length: 0\r\nx: a\r\n transfer-encoding: chunked\r\n\r\n" + INNER,
    "a signed length": b"content-length: +5\r\n\r\nabcde",
    "a negative length": b"content-length: -5\r\n\r\nabcde",
    "a hexadecimal length": b"content-length: 0x5\r\n\r\nabcde",
    "a length without end": b"content-length: " + b"9" * 400 + b"\r\n\r\nabc",
    "a chunk of a negative size": b"transfer-encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n",
    "a chunk without an end": b"transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc",
    "a chunk ended by a line feed": b"transfer-encoding: chunked\r\n\r\n3\nabc\n0\n\n" + INNER,
    "two hosts": b"host: other\r\ncontent-length: 0\r\n\r\n",
    "a null in a header": b"x: a\x00b\r\ncontent-length: 0\r\n\r\n",
    "a bare return in a header": b"x: a\rb: c\r\ncontent-length: 0\r\n\r\n",
    "a header without a name": b": x\r\ncontent-length: 0\r\n\r\n",
    "very many headers": b"x: y\r\n" * 2000 + b"content-length: 0\r\n\r\n",
    "a very long header": b"x: " + b"y" * 200_000 + b"\r\ncontent-length: 0\r\n\r\n",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_what_may_be_read_in_two_ways_is_refused(
    both: tuple[Gateway, RawSystem], attack: bytes
) -> None:
    """The system sees nothing of it, and certainly no second request inside the first."""
    gateway, up = both
    before_it = len(up.requests)

    reply = speak(gateway, b"POST /outer HTTP/1.1\r\nhost: g\r\n" + attack)

    assert reply.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 413 ")) or reply == b""
    assert reply.count(b"HTTP/1.1 ") <= 1
    assert up.requests[before_it:] == []
    assert is_alive(gateway, up)


LINES = {
    "an absolute target": b"GET http://evil.example/ HTTP/1.1\r\nhost: g\r\n\r\n",
    "no target": b"GET  HTTP/1.1\r\nhost: g\r\n\r\n",
    "a target with a space": b"GET /a b HTTP/1.1\r\nhost: g\r\n\r\n",
    "a target with a null": b"GET /a\x00b HTTP/1.1\r\nhost: g\r\n\r\n",
    "a target that is no ASCII": "GET /ä HTTP/1.1\r\nhost: g\r\n\r\n".encode(),
    "everything": b"OPTIONS * HTTP/1.1\r\nhost: g\r\n\r\n",
    "a tunnel": b"CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example:443\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "another version": b"GET / HTTP/2.0\r\nhost: g\r\n\r\n",
    "an old version": b"GET /\r\n\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a handshake of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 50,
    "a very long target": b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nhost: g\r\n\r\n",
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_what_is_no_request_of_ours_is_refused(
    both: tuple[Gateway, RawSystem], line: bytes
) -> None:
    """Nor does the gateway ever ask anybody but its system."""
    gateway, up = both
    before_it = len(up.requests)

    reply = speak(gateway, line)

    assert reply.startswith(b"HTTP/1.1 400 ") or reply == b""
    assert up.requests[before_it:] == []
    assert is_alive(gateway, up)


def test_requests_in_a_row_are_answered_in_a_row(both: tuple[Gateway, RawSystem]) -> None:
    """Several on one connection, sent at once: each is one request to the system."""
    gateway, up = both
    before_it = len(up.requests)
    each = b"POST /%d HTTP/1.1\r\nhost: g\r\ncontent-length: 1\r\n\r\n%d"

    reply = speak(gateway, b"".join(each % (n, n) for n in range(5)))

    del reply  # a client that says it is done may be gone before all is answered
    seen = up.requests[before_it:]
    assert [body for _, body in seen] == [b"%d" % n for n in range(len(seen))]
    assert is_alive(gateway, up)


_PIECES = st.sampled_from(
    [
        b"POST ", b"GET ", b"/a", b"/v1/chat/completions", b" HTTP/1.1", b" HTTP/1.0", b"\r\n",
        b"\n", b"\r", b"host: g", b"content-length: ", b"0", b"3", b"abc", b"transfer-encoding: ",
        b"chunked", b"\r\n\r\n", b" ", b"\t", b":", b"\x00", b"expect: 100-continue",
        b"connection: upgrade", b"upgrade: websocket", b"connection: close", b"\xff", b"x" * 300,
        b"0\r\n\r\n", b"3\r\nabc\r\n", b"proveout-team: a", b'{"model": "m"}', b"%00", b"..",
    ]
)  # fmt: skip


@given(pieces=st.lists(_PIECES, max_size=14), is_begun=st.booleans())
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_ends_in_order(
    both: tuple[Gateway, RawSystem], pieces: list[bytes], is_begun: bool
) -> None:
    """No server error, no hanging; as many answers as requests that the system has seen, or one
    refusal more."""
    gateway, up = both
    before_it = len(up.requests)
    begun = b"POST /a HTTP/1.1\r\nhost: g\r\n" if is_begun else b""

    reply = speak(gateway, begun + b"".join(pieces))

    assert b"HTTP/1.1 5" not in reply
    assert reply.count(b"HTTP/1.1 200 ") <= len(up.requests) - before_it
    for head, _ in up.requests[before_it:]:
        assert head.lower().count(b"\r\nhost: ") == 1
        assert head.lower().count(b"\r\ncontent-length: ") <= 1
    assert is_alive(gateway, up)
