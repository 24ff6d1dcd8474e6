"""Connections to the system: used again, and never for what could be done twice or misread."""

import asyncio
import select
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest
import uvloop

from fixtures.gateways import CLOSE, system, whole
from proveout.runtime.gateway.addresses import read_address
from proveout.runtime.gateway.arriving import Arrived, arrived
from proveout.runtime.gateway.pool import Pool
from proveout.runtime.ports import SystemFailedError

Answered = TypeVar("Answered")


def request(method: bytes, body: bytes = b"{}") -> bytes:
    return b"%b / HTTP/1.1\r\nhost: s\r\ncontent-length: %d\r\n\r\n%b" % (method, len(body), body)


async def ask(pool: Pool, method: bytes, body: bytes = b"{}") -> Arrived:
    return await arrived(await pool.ask(method, request(method, body)))


def wait_until_closed(pool: Pool) -> None:
    """Wait for the end of the idle connection, while the loop does not hear of it."""
    [connection] = pool._idle
    assert connection._transport is not None
    ended = select.poll()
    ended.register(connection._transport.get_extra_info("socket").fileno(), select.POLLRDHUP)
    assert ended.poll(20_000)


@contextmanager
def speaking(reply: bytes, *more: bytes, n: int = 1) -> Iterator[tuple[str, list[socket.socket]]]:
    """Answer connections before anything was read, and keep them open."""
    accepted: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for _ in range(n):
                connection, _ = listener.accept()
                accepted.append(connection)
                connection.recv(16)
                try:
                    for piece in (reply, *more):
                        connection.sendall(piece)
                except OSError:
                    continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", accepted
        finally:
            thread.join(20)
            for each in accepted:
                each.close()


def using(url: str, work: Callable[[Pool], Awaitable[Answered]]) -> Answered:
    """Do some work with the connections to a system, and close them."""

    async def main() -> Answered:
        pool = Pool(read_address(url))
        try:
            return await work(pool)
        finally:
            pool.close()
            await asyncio.sleep(0.01)

    return uvloop.run(main())


def test_a_request_that_met_the_end_of_an_idle_connection_is_sent_once_more() -> None:
    """The system had closed before any of it arrived: whatever it asks for was not done."""

    async def work(pool: Pool) -> Arrived:
        await ask(pool, b"POST")
        wait_until_closed(pool)
        return await ask(pool, b"POST")

    with system(lambda _h, _b: [whole(), CLOSE]) as up:
        reply = using(up.url, work)

    assert reply.status == 200
    assert len(up.requests) == 2


@pytest.mark.parametrize(("method", "n_seen"), [(b"POST", 2), (b"GET", 3)])
def test_what_arrived_is_sent_again_only_if_it_may_be_asked_twice(
    method: bytes, n_seen: int
) -> None:
    """A system that took a request and closed may have done what it asks for."""
    answers = iter([[whole()], [CLOSE], [whole()]])

    async def work(pool: Pool) -> str:
        await ask(pool, method)
        try:
            return str((await ask(pool, method)).status)
        except SystemFailedError as error:
            return error.why

    with system(lambda _h, _b: next(answers)) as up:
        told = using(up.url, work)

    assert told == (
        "200" if method == b"GET" else "the system closed the connection without a reply"
    )
    assert len(up.requests) == n_seen


def test_a_connection_whose_request_is_not_out_serves_no_other() -> None:
    """A system may answer before it has read all; what follows could be read as the rest."""

    async def work(pool: Pool) -> list[int]:
        return [(await ask(pool, b"POST", bytes(32 << 20))).status for _ in range(2)]

    with speaking(whole(), n=2) as (url, accepted):
        statuses = using(url, work)

    assert statuses == [200, 200]
    assert len(accepted) == 2


def test_headers_of_a_reply_have_an_end() -> None:
    """A system that sends a header on and on fills no memory."""

    with (
        speaking(b"HTTP/1.1 200 OK\r\nx: ", *[b"y" * 65_536] * 1024) as (url, _),
        pytest.raises(SystemFailedError) as failed,
    ):
        using(url, lambda pool: ask(pool, b"POST"))

    assert failed.value.why == "the reply has headers without end"


@pytest.mark.parametrize(
    "reply",
    [
        whole() + whole(b"evil", headers="x-evil: 1\r\n"),
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx-evil: 1\r\n\r\n",
    ],
    ids=["another reply", "trailers"],
)
def test_what_comes_behind_a_reply_is_not_part_of_it(reply: bytes) -> None:
    """Neither trailers nor a second reply that nobody asked for add to its headers; the
    connection that brought a second one is not used again."""

    async def work(pool: Pool) -> tuple[Arrived, Arrived]:
        return await ask(pool, b"POST"), await ask(pool, b"POST")

    answers = iter([reply, whole()])
    with system(lambda _h, _b: next(answers)) as up:
        first, second = using(up.url, work)

    assert b"x-evil" not in dict(first.headers)
    assert [name for name, _ in first.headers].count(b"content-length") <= 1
    assert second.body == whole().partition(b"\r\n\r\n")[2]
