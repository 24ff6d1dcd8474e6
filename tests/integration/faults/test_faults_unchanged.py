"""What passes the proxy while no fault strikes: the very bytes, whatever they are."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Literal, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from proveout.faults.effects import Errors, Fault
from proveout.faults.proxy import Proxy
from proveout.faults.upstream import Upstream

Chunks = list[bytes]
Faulty = Literal["never", "always", "now and then"]
"""When a fault is on that strikes nobody, so that requests are looked at."""
Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

chunks = st.lists(st.binary(max_size=2_000), max_size=6)


@asynccontextmanager
async def proxied(peer: Peer):
    """A proxy before a server that does what `peer` says."""
    server = await asyncio.start_server(peer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Proxy(Upstream(host="127.0.0.1", port=port)) as proxy:
        yield proxy
    server.close()


async def converse(
    says: Chunks, answers: Chunks, *, client_first: bool, fault: Fault | None
) -> tuple[bytes, bytes]:
    """Send `says`, get `answers`, each end closing its own half; return what arrived where."""
    heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received = await reader.read() if client_first else b""
        for chunk in answers:
            writer.write(chunk)
            await writer.drain()
        writer.write_eof()
        if not client_first:
            received = await reader.read()
        heard.set_result(received)
        writer.close()

    async with proxied(peer) as proxy:
        if fault is not None:
            proxy.board.on(fault, for_s=60)
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.ports[0])
        for chunk in says:
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(0)
        writer.write_eof()
        returned = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        return await asyncio.wait_for(heard, 20), returned


@settings(max_examples=40)
@given(says=chunks, answers=chunks, client_first=st.booleans())
def test_bytes_that_are_no_http_pass_unchanged(
    says: Chunks, answers: Chunks, client_first: bool
) -> None:
    """Whatever two ends say, in whatever pieces, and whichever stops first: it arrives."""
    arrived = asyncio.run(converse(says, answers, client_first=client_first, fault=None))

    assert arrived == (b"".join(says), b"".join(answers))


@settings(max_examples=30)
@given(says=st.lists(st.binary(min_size=1, max_size=2_000), min_size=1, max_size=6), answers=chunks)
def test_bytes_that_are_no_http_pass_unchanged_while_a_fault_is_on(
    says: Chunks, answers: Chunks
) -> None:
    """A fault strikes requests; what is no request is let through as it is."""
    says = [b"\x00" + says[0], *says[1:]]
    fault = Fault(name="errors", effect=Errors())
    arrived = asyncio.run(converse(says, answers, client_first=True, fault=fault))

    assert arrived == (b"".join(says), b"".join(answers))


token = st.text("abcdefXYZ019-", min_size=1, max_size=12)
value = st.text("abc 0123;=/\t", max_size=20).map(str.strip)
headers = st.lists(st.tuples(token.map(lambda t: f"x-{t}"), value), max_size=4)
body = st.binary(max_size=3_000)


@st.composite
def messages(draw: st.DrawFn, first_line: bytes) -> bytes:
    """One HTTP message: odd header spelling, a body by length or in chunks."""
    lines = [first_line, *(f"{name}:  {given}".encode() for name, given in draw(headers))]
    content = draw(body)
    if draw(st.booleans()):
        lines += [b"CONTENT-Length: %d" % len(content)]
        return b"\r\n".join(lines) + b"\r\n\r\n" + content
    lines += [b"Transfer-Encoding: chunked"]
    cut = draw(st.integers(0, len(content)))
    parts = [part for part in (content[:cut], content[cut:]) if part]
    framed = b"".join(b"%X\r\n" % len(part) + part + b"\r\n" for part in parts)
    return b"\r\n".join(lines) + b"\r\n\r\n" + framed + b"0\r\n\r\n"


requests = messages(b"POST /v1/answers?q=1 HTTP/1.1\r\nhost: here")
responses = messages(b"HTTP/1.1 200 All Right")


async def send(writer: asyncio.StreamWriter, data: bytes, piece: int) -> None:
    """Send in pieces of so many bytes."""
    for first in range(0, len(data), piece):
        writer.write(data[first : first + piece])
        await writer.drain()
        await asyncio.sleep(0)


async def exchange(
    pairs: list[tuple[bytes, bytes]], *, piece: int, pipelined: bool, faulty: Faulty
) -> bool:
    """Send requests on one connection and get the responses; tell whether all bytes were right."""
    heard = bytearray()

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for request, response in pairs:
            heard.extend(await reader.readexactly(len(request)))
            await send(writer, response, piece)
        await reader.read()
        writer.close()

    async with proxied(peer) as proxy:
        spare = Fault(name="never", effect=Errors(), share=0)
        if faulty == "always":
            proxy.board.on(spare, for_s=60)
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.ports[0])
        returned = b""
        if pipelined:
            await send(writer, b"".join(request for request, _ in pairs), piece)
        for number, (request, response) in enumerate(pairs):
            if faulty == "now and then" and number % 2:
                proxy.board.on(spare, for_s=60)
            elif faulty == "now and then":
                proxy.board.clear()
            if not pipelined:
                await send(writer, request, piece)
            returned += await asyncio.wait_for(reader.readexactly(len(response)), 20)
        writer.close()
        await writer.wait_closed()
    said = b"".join(request for request, _ in pairs)
    answered = b"".join(response for _, response in pairs)
    return bytes(heard) == said and returned == answered


@settings(max_examples=60)
@given(
    pairs=st.lists(st.tuples(requests, responses), min_size=1, max_size=4),
    piece=st.integers(60, 4_000),
    pipelined=st.booleans(),
    faulty=st.sampled_from(get_args(Faulty)),
)
def test_requests_that_no_fault_strikes_pass_unchanged(
    pairs: list[tuple[bytes, bytes]], piece: int, pipelined: bool, faulty: Faulty
) -> None:
    """Kept-alive and pipelined requests pass byte by byte, even when they are looked at."""
    assert asyncio.run(exchange(pairs, piece=piece, pipelined=pipelined, faulty=faulty))
