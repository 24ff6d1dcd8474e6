"""What one client may take of the gateway: time, connections, memory."""

import json
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

from fixtures.gateways import Gateway, before, post, read_reply, running, system, whole

ENDLESS = {
    "header": b"POST / HTTP/1.1\r\nhost: g\r\nx: ",
    "header name": b"POST / HTTP/1.1\r\nhost: g\r\n",
    "trailer": b"POST / HTTP/1.1\r\nhost: g\r\ntransfer-encoding: chunked\r\n\r\n"
    b"1\r\na\r\n0\r\nx: ",
    "chunk extension": b"POST / HTTP/1.1\r\nhost: g\r\ntransfer-encoding: chunked\r\n\r\n1;x=",
}


def error_of(reply: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reply.partition(b"\r\n\r\n")[2])["error"]
    return found


def say_on_and_on(gateway: Gateway, begin: bytes, more: bytes, *, most: int) -> int:
    """Send until the gateway breaks off; return how many bytes it, and the kernel, took."""
    sent = 0
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client:
        client.sendall(begin)
        try:
            while sent < most:
                sent += client.send(more)
        except OSError:
            pass  # that is the point
        return sent


def test_what_never_ends_is_not_gathered(tmp_path: Path) -> None:
    """A header, trailer or chunk extension without end is refused before it fills the memory."""
    with system(whole()) as up, running(before(up.url, tmp_path)) as gateway:
        sent = {
            what: say_on_and_on(gateway, begin, b"y" * 65_536, most=64 << 20)
            for what, begin in ENDLESS.items()
        }
        served = gateway.say(post(b"/", b"{}"))

    assert [what for what, n_bytes in sent.items() if n_bytes > 16 << 20] == []
    assert served.startswith(b"HTTP/1.1 200 ")
    assert len(up.requests) == 1


def test_slow_requests_are_not_waited_for(tmp_path: Path) -> None:
    """Whoever connects and says nothing, or half a header, is let go; half a body is told so."""
    with system(whole()) as up:
        settings = replace(before(up.url, tmp_path), header_timeout_s=0.2)
        with running(settings) as gateway:
            nothing = gateway.say(b"", until_closed=True)
            headers = gateway.say(b"POST / HTTP/1.1\r\nhost: g\r\n", until_closed=True)
            body = gateway.say(
                b"POST / HTTP/1.1\r\nhost: g\r\ncontent-length: 5\r\n\r\nab", until_closed=True
            )

    assert (nothing, headers) == (b"", b"")
    assert body.startswith(b"HTTP/1.1 408 ")
    assert error_of(body)["message"] == (
        "The request did not come within the time that it is waited for."
    )
    assert up.requests == []


def test_a_body_that_drips_has_an_end(tmp_path: Path) -> None:
    """Each part comes in time, and the whole does not: nobody holds a request open like that."""
    with system(whole()) as up:
        settings = replace(before(up.url, tmp_path), header_timeout_s=0.4)
        with (
            running(settings) as gateway,
            socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client,
        ):
            client.sendall(b"POST / HTTP/1.1\r\nhost: g\r\ncontent-length: 5000\r\n\r\n")
            client.settimeout(0.05)
            for n_dripped in range(1000):  # noqa: B007
                client.sendall(b"x")
                try:
                    reply = client.recv(65536)
                    break
                except TimeoutError:
                    continue

    assert reply.startswith(b"HTTP/1.1 408 ")
    assert n_dripped < 100
    assert up.requests == []


def test_connections_are_counted(tmp_path: Path) -> None:
    """One too many is told to come again, and those that are open go on."""
    with system(whole()) as up:
        settings = replace(before(up.url, tmp_path), most_connections=3)
        with running(settings) as gateway:
            open_ones = [
                socket.create_connection(("127.0.0.1", gateway.port), timeout=20) for _ in range(3)
            ]
            for each in open_ones:  # each is known to the gateway when it was answered
                each.sendall(post(b"/", b"{}"))
                read_reply(each)
            refused = gateway.say(b"", until_closed=True)
            open_ones[0].sendall(post(b"/", b"{}"))
            answered = read_reply(open_ones[0])
            for each in open_ones:
                each.close()

    assert refused.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nretry-after: 1\r\n" in refused
    assert error_of(refused)["message"] == (
        "Too many connections are open here. Come again in a moment."
    )
    assert answered.startswith(b"HTTP/1.1 200 ")
