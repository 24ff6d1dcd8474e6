"""Bytes as they come, both ways, until a request begins that may meet a fault."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from proveout.faults.framing import begins_request
from proveout.faults.wire import CHUNK, end_sending


@dataclass(slots=True)
class Line:
    """One end of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


async def pass_bytes(
    client: Line, upstream: Line, *, first: bytes, wants_request: Callable[[], bool]
) -> bytes | None:
    """Pass everything unchanged. Return the beginning of a request that is wanted elsewhere.

    None means that both ends have finished. Raises OSError where one of them broke.
    """
    passing = _Passing(client, upstream, wants_request)
    up = asyncio.create_task(passing.up(first))
    down = asyncio.create_task(passing.down())
    try:
        await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        if up.done() and (found := up.result()) is not None:
            return found
        await down if up.done() else down.result()
        return await up
    finally:
        up.cancel()
        down.cancel()
        await asyncio.gather(up, down, return_exceptions=True)


@dataclass(slots=True)
class _Passing:
    client: Line
    upstream: Line
    wants_request: Callable[[], bool]
    is_turn: bool = field(default=True, init=False)
    """Nothing of the client has come since the upstream last said something."""

    async def up(self, first: bytes) -> bytes | None:
        data = first or await self.client.reader.read(CHUNK)
        while data:
            if self.is_turn and self.wants_request() and begins_request(data):
                return data
            self.is_turn = False
            self.upstream.writer.write(data)
            await self.upstream.writer.drain()
            data = await self.client.reader.read(CHUNK)
        end_sending(self.upstream.writer)
        return None

    async def down(self) -> None:
        while data := await self.upstream.reader.read(CHUNK):
            self.is_turn = True
            self.client.writer.write(data)
            await self.client.writer.drain()
        end_sending(self.client.writer)
