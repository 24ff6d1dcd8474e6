"""How an answer is written to a client's connection."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from proveout.runtime.gateway.line import MOST_JOINED, send_whole


@dataclass
class Wire:
    """A transport that remembers each write."""

    written: list[bytes] = field(default_factory=list)
    is_closed: bool = False

    def write(self, data: bytes) -> None:
        assert not self.is_closed
        self.written.append(data)

    def close(self) -> None:
        self.is_closed = True


@dataclass
class Flow:
    write_paused: bool = False


@dataclass
class Cycle:
    """A request and its reply, as the server writes it: head and body each by itself."""

    transport: Any
    flow: Flow = field(default_factory=Flow)
    expected_content_length: int = 0
    keep_alive: bool = True

    async def send(self, message: dict[str, Any]) -> None:
        is_head = message["type"] == "http.response.start"
        self.transport.write(b"head;" if is_head else message["body"])
        if not is_head and not self.keep_alive:
            self.transport.close()


def written(body: bytes, **how: Any) -> tuple[list[bytes], bool]:
    wire = Wire()
    cycle = Cycle(wire, **how)
    start = {"type": "http.response.start", "status": 200, "headers": []}
    asyncio.run(send_whole(cycle.send, start, body))
    assert cycle.transport is wire
    return wire.written, wire.is_closed


def test_a_whole_answer_is_one_write() -> None:
    """A head by itself is a packet more, and wakes the client for nothing."""
    assert written(b"body") == ([b"head;body"], False)


def test_it_is_written_before_the_connection_is_closed() -> None:
    """Where no other request follows."""
    assert written(b"body", keep_alive=False) == ([b"head;body"], True)


def test_what_is_large_or_may_wait_is_not_joined() -> None:
    """To copy megabytes costs more than a write; whoever reads slowly has his head at once."""
    large = b"x" * (MOST_JOINED + 1)

    assert written(large) == ([b"head;", large], False)
    assert written(b"body", flow=Flow(write_paused=True)) == ([b"head;", b"body"], False)
