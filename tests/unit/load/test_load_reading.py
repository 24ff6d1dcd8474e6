"""Reading HTTP replies in whatever portions they come."""

from __future__ import annotations

import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.checks.load.engine.reading import NotHttpError, ReplyReader

BODIES = st.binary(max_size=300)
CUTS = st.lists(st.integers(0, 700), max_size=12)


def with_length(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def in_chunks(body: bytes) -> bytes:
    chunks = [body[at : at + 50] for at in range(0, len(body), 50)]
    written = b"".join(b"%x;a=b\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n"
    return head + written + b"0\r\nX-Trailer: 1\r\n\r\n"


def after_an_interim_reply(body: bytes) -> bytes:
    return b"HTTP/1.1 100 Continue\r\n\r\n" + with_length(body)


def fed(reader: ReplyReader, reply: bytes, cuts: list[int]) -> ReplyReader:
    places = sorted({0, len(reply), *(cut for cut in cuts if cut < len(reply))})
    for first, last in pairwise(places):
        reader.feed(reply[first:last])
    return reader


@pytest.mark.parametrize("written", [with_length, in_chunks, after_an_interim_reply])
@given(body=BODIES, cuts=CUTS)
def test_a_reply_is_the_same_however_it_is_cut(written, body: bytes, cuts: list[int]) -> None:
    """Where the network cuts a reply is of no matter."""
    reader = fed(ReplyReader(), written(body), cuts)

    assert (reader.complete, reader.status, bytes(reader.body)) == (True, 200, body)
    assert reader.headers["x-a"] == "1"
    assert reader.reusable


@given(body=BODIES, cuts=CUTS, missing=st.integers(1, 20))
def test_a_reply_that_breaks_off_is_not_complete(
    body: bytes, cuts: list[int], missing: int
) -> None:
    """What ends too early is never taken for an answer."""
    for written in (with_length(body), in_chunks(body)):
        reader = fed(ReplyReader(), written[:-missing], cuts)

        assert not reader.end()


def test_a_reply_without_a_length_ends_with_the_connection() -> None:
    """An old server closes to say that this was all; nothing else can follow."""
    reader = ReplyReader()
    reader.feed(b"HTTP/1.0 200 OK\r\n\r\nabc")

    assert (reader.complete, reader.end(), bytes(reader.body)) == (False, True, b"abc")
    assert not reader.reusable


def test_a_server_that_will_close_is_not_asked_again() -> None:
    """'Connection: close' is heeded."""
    reader = ReplyReader()
    reader.feed(b"HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

    assert (reader.complete, reader.status, reader.reusable) == (True, 503, False)


@pytest.mark.parametrize(
    ("received", "why"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not HTTP"),
        (b"HTTP/1.1 yes\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "broken headers"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "broken length"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "broken chunks"),
    ],
)
def test_what_is_no_reply_is_said_to_be_none(received: bytes, why: str) -> None:
    """Each kind of garbage has one name, so that kinds can be counted."""
    with pytest.raises(NotHttpError) as caught:
        ReplyReader().feed(received)

    assert str(caught.value) == why


def test_compression_that_was_not_asked_for_is_undone() -> None:
    """Some servers compress whatever one says."""
    packed = zlib.compress(b"yes")
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: %d\r\n\r\n"
    reader = ReplyReader()
    reader.feed(head % len(packed) + packed)

    assert reader.content() == b"yes"
