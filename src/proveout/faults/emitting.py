"""Bytes of a response on their way to the client: dripping, cut off, torn down."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from proveout.faults.effects import Cut, Reset, Slow
from proveout.faults.framing import ResponseFrame
from proveout.faults.switchboard import Switched
from proveout.faults.wire import hold, tear_down

_STEP_S = 0.1
"""A slow response comes in pieces of so many seconds' bytes."""


class BrokenOffError(Exception):
    """The connection was broken off on purpose."""


@dataclass(slots=True)
class Emitter:
    """Writes a response, as those faults allow that do not look into it."""

    writer: asyncio.StreamWriter
    frame: ResponseFrame
    struck: tuple[Switched, ...]
    n_body: int = field(default=0, init=False)
    """Bytes of the body that were written."""

    async def emit(self, data: bytes, *, body: int) -> None:
        """Write bytes, of which the last `body` ones are about the body's.

        Raises BrokenOffError once the response was cut off, and OSError where the client left.
        """
        left = self._room()
        if left is not None and (body > left or self.frame.is_done):
            # A response that ends before the place where it was to be cut is cut in its last part.
            keep = len(data) - (body - left) if body > left else len(data) // 2
            await self._write(data[: max(0, keep)])
            self._break_off()
        self.n_body += body
        await self._write(data)

    async def _write(self, data: bytes) -> None:
        slow = next((each for each in self.struck if isinstance(each.fault.effect, Slow)), None)
        if slow is None:
            self.writer.write(data)
            await self.writer.drain()
            return
        assert isinstance(slow.fault.effect, Slow)  # noqa: S101  # found by it
        rate = slow.fault.effect.bytes_per_s
        size = max(1, int(rate * _STEP_S))
        for first in range(0, len(data), size):
            piece = data[first : first + size]
            self.writer.write(piece)
            await self.writer.drain()
            await hold(len(piece) / rate, slow.ended)

    def _room(self) -> int | None:
        """Return how many bytes of the body may still be written; None: all of them."""
        rooms = [room for each in self.struck if (room := self._limit(each)) is not None]
        return max(0, min(rooms) - self.n_body) if rooms else None

    def _limit(self, struck: Switched) -> int | None:
        effect = struck.fault.effect
        if isinstance(effect, Reset):
            return effect.after_bytes
        if not isinstance(effect, Cut):
            return None
        length = self.frame.header(b"content-length")
        return int(int(length) * effect.after_share) if length.isdigit() else effect.after_bytes

    def _break_off(self) -> None:
        framed = self.frame.header(b"content-length") or self.frame.header(b"transfer-encoding")
        is_reset = any(isinstance(each.fault.effect, Reset) for each in self.struck)
        if is_reset or not framed:
            tear_down(self.writer)  # an unframed body would seem to have ended here
        else:
            self.writer.close()
        raise BrokenOffError
