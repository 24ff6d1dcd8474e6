"""One connection of a client: bytes as they come, or request by request while a fault is on."""

from __future__ import annotations

import asyncio
import contextlib

from proveout.faults.effects import Errors, ExpiredCredentials, Outage, RateLimit
from proveout.faults.emitting import BrokenOffError, Emitter
from proveout.faults.framing import (
    LONGEST_HEAD,
    NotHttpError,
    RequestFrame,
    ResponseFrame,
    begins_request,
    head_end,
    with_host,
    without_compression,
)
from proveout.faults.raw import Line, pass_bytes
from proveout.faults.rebuilding import Rebuilder, is_rebuilt
from proveout.faults.responses import response_for
from proveout.faults.switchboard import Hits, Switchboard, Switched, delay_s
from proveout.faults.upstream import Upstream
from proveout.faults.wire import CHUNK, close, end_sending, hold, tear_down


class _OverError(Exception):
    """Nothing more is to be done on this connection."""


class Connection:
    """Serves one client until one of the two ends has had enough."""

    def __init__(self, client: Line, upstream: Upstream, board: Switchboard) -> None:
        self._client = client
        self._upstream = upstream
        self._board = board
        self._far: Line | None = None
        """The connection to the upstream, once there is one."""
        self._is_http = True
        """False once something came that is not understood; it is then passed as it is."""

    async def serve(self) -> None:
        """Serve to the end. A reset of one end becomes one of the other."""
        try:
            await self._serve()
        except (_OverError, BrokenOffError):
            pass
        except (OSError, EOFError):
            tear_down(self._client.writer)
            if self._far is not None:
                tear_down(self._far.writer)
        finally:
            for line in (self._client, self._far):
                if line is not None:
                    with contextlib.suppress(asyncio.CancelledError):
                        await close(line.writer)

    def _wants_request(self) -> bool:
        return self._is_http and (bool(self._board) or self._upstream.is_tls)

    async def _serve(self) -> None:
        pending = b""
        while True:
            if self._far is None and self._wants_request():
                pending = pending or await self._client.reader.read(CHUNK)
                if not pending:
                    return
                if not begins_request(pending):
                    self._is_http = False
                    continue
            else:
                far = await self._connected()
                found = await pass_bytes(
                    self._client, far, first=pending, wants_request=self._wants_request
                )
                if found is None or far.reader.at_eof():
                    return
                pending = found
            pending = await self._exchange(pending)

    async def _connected(self) -> Line:
        if self._far is None:
            self._far = Line(*await self._upstream.connect())
        return self._far

    async def _exchange(self, begun: bytes) -> bytes:
        """Take one request and see to its response; return what has come behind it."""
        frame, data = await self._request(begun)
        if frame is None or frame.request is None:
            self._is_http = False
            return data
        hits = self._board.draw() if self._board else Hits()
        for delay in hits.delays:
            await hold(delay_s(delay), delay.ended)
        if hits.ending is not None:
            return await self._end(frame, hits.ending)
        return await self._forward(frame, data, hits.bending)

    async def _request(self, begun: bytes) -> tuple[RequestFrame | None, bytes]:
        """Read at least the head of a request."""
        data = begun
        while head_end(data) is None:
            more = await self._client.reader.read(CHUNK) if len(data) < LONGEST_HEAD else b""
            if not more:
                return None, data
            data += more
        frame = RequestFrame.new()
        try:
            frame.feed(data)
        except NotHttpError:
            return None, data
        return frame, data

    async def _end(self, frame: RequestFrame, struck: Switched) -> bytes:
        """Answer, or do not, in place of the service."""
        effect = struck.fault.effect
        if isinstance(effect, Outage) and effect.how == "silent":
            await self._never_answer(struck)
        if not isinstance(effect, Errors | RateLimit | ExpiredCredentials):
            tear_down(self._client.writer)
            raise _OverError
        assert frame.request is not None  # noqa: S101  # _exchange has seen to it
        response = response_for(effect, struck.random)
        if frame.request.method == b"HEAD":
            response = response[: head_end(response)]
        waits = any(name == b"expect" for name, _ in frame.request.headers)
        while not frame.is_done and not waits:
            data = await self._client.reader.read(CHUNK)
            if not data:
                raise _OverError
            try:
                frame.feed(data)
            except NotHttpError:
                waits = True
        self._client.writer.write(response)
        await self._client.writer.drain()
        if waits:  # what would follow is the body that nobody has taken
            raise _OverError
        return frame.left_over

    async def _never_answer(self, struck: Switched) -> None:
        """Hold the connection until the fault has ended or the client has gone."""

        async def gone() -> None:
            while await self._client.reader.read(CHUNK):
                pass

        leaving = asyncio.create_task(gone())
        ending = asyncio.create_task(struck.ended.wait())
        try:
            await asyncio.wait({leaving, ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            ending.cancel()
            await asyncio.gather(leaving, ending, return_exceptions=True)

    async def _forward(
        self, frame: RequestFrame, data: bytes, bending: tuple[Switched, ...]
    ) -> bytes:
        assert frame.request is not None  # noqa: S101  # _exchange has seen to it
        try:
            response = ResponseFrame.to(frame.request)
        except NotHttpError:
            self._is_http = False
            return data
        if any(name == b"expect" for name, _ in frame.request.headers):
            bending = ()  # the interim response that the client waits for passes as it is
        far = await self._connected()
        mine = data[: len(data) - len(frame.left_over)]
        far.writer.write(self._addressed(mine, readable=is_rebuilt(bending)))
        await far.writer.drain()
        ahead = bytearray()
        sending = asyncio.create_task(self._send_rest(frame, far, ahead))
        try:
            await self._answer(response, far, bending)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        if not frame.is_done or response.left_over:
            self._is_http = False
        elif self._is_http and not response.keeps_open:
            raise _OverError
        return frame.left_over + bytes(ahead)

    def _addressed(self, request: bytes, *, readable: bool) -> bytes:
        end = head_end(request)
        head, body = request[:end], request[end:]
        if self._upstream.is_tls:
            head = with_host(head, self._upstream.authority)
        return (without_compression(head) if readable else head) + body

    async def _send_rest(self, frame: RequestFrame, far: Line, ahead: bytearray) -> None:
        """Send the rest of the body; then read on, so that a client that leaves is noticed."""
        while len(ahead) < CHUNK:
            data = await self._client.reader.read(CHUNK)
            if not data:
                end_sending(far.writer)
                return
            if frame.is_done:
                ahead += data
                continue
            try:
                belongs = frame.feed(data)
            except NotHttpError:
                self._is_http, frame.is_done, belongs = False, True, len(data)
            far.writer.write(data[:belongs])
            await far.writer.drain()

    async def _answer(self, frame: ResponseFrame, far: Line, bending: tuple[Switched, ...]) -> None:
        """Pass the response, bent or as it is."""
        emitter = Emitter(self._client.writer, frame, bending)
        rebuilder = Rebuilder(frame, bending) if is_rebuilt(bending) else None
        while not frame.is_done:
            data = await far.reader.read(CHUNK)
            try:
                body = frame.feed(data)
            except NotHttpError:
                self._is_http = False
                body = b""
            if frame.has_switched:
                self._is_http = False
            out = data
            if rebuilder is not None and self._is_http:
                out = rebuilder.take(body)
            if out:
                await emitter.emit(out, body=len(body) if rebuilder is None else len(out))
            if not data and not frame.is_done:
                raise _OverError
            if not self._is_http:
                return
