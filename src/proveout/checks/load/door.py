"""A door for systems that have none: HTTP on this machine, one request at a time behind it.

So a callable or a program is measured the same way as a service. It is what it would be with one
process and nothing done for speed; several processes behind a proper server would bear more.
"""

from __future__ import annotations

import asyncio
import json
import math
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

from proveout.errors import ProveoutError
from proveout.systems.exchange import SIMULATED_HEADER
from proveout.systems.port import AnswerStatus, System

BACKLOG = 4096
MOST_BYTES = 1 << 26

REASONS = {200: "OK", 400: "Bad Request", 500: "Internal Server Error"}


@contextmanager
def door(system: System) -> Iterator[str]:
    """Serve an opened system on a thread of its own; give the URL."""
    served = _Door(system)
    thread = threading.Thread(target=served.serve, name="proveout-door", daemon=True)
    thread.start()
    served.is_open.wait()
    try:
        yield f"http://127.0.0.1:{served.port}/"
    finally:
        served.close()
        thread.join()


class _Door:
    def __init__(self, system: System) -> None:
        self._system = system
        self._loop = asyncio.new_event_loop()
        self._desk = ThreadPoolExecutor(1, thread_name_prefix="proveout-desk")
        self._is_over = asyncio.Event()
        self._turn = asyncio.Lock()
        """First come, first served."""
        self.is_open = threading.Event()
        self.port = 0

    def serve(self) -> None:
        """Serve until closed."""
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._desk.shutdown(wait=True, cancel_futures=True)
            self._loop.close()

    def close(self) -> None:
        """Let `serve` return."""
        self._loop.call_soon_threadsafe(self._is_over.set)

    async def _serve(self) -> None:
        visitors: set[asyncio.Task[None]] = set()

        async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101
            visitors.add(task)
            try:
                await self._visit(reader, writer)
            finally:
                visitors.discard(task)

        server = await asyncio.start_server(visit, "127.0.0.1", 0, backlog=BACKLOG)
        self.port = server.sockets[0].getsockname()[1]
        self.is_open.set()
        await self._is_over.wait()
        server.close()
        for task in list(visitors):
            task.cancel()
        await asyncio.gather(*visitors, return_exceptions=True)

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        gone = (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)
        with suppress(*gone, asyncio.CancelledError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _length(head)
                if length is None or length > MOST_BYTES:
                    writer.write(_reply(400, {"error": "no length"}, is_simulated=False))
                    break
                body = await reader.readexactly(length)
                async with self._turn:
                    if reader.at_eof():  # who has hung up while waiting is not worked for
                        break
                    reply = await self._loop.run_in_executor(self._desk, self._answer, body)
                writer.write(reply)
                await writer.drain()
        writer.close()

    def _answer(self, body: bytes) -> bytes:
        import pandas as pd

        try:
            rows = json.loads(body)["rows"]
            answers = self._system.answer(pd.DataFrame(rows))
        except (ValueError, KeyError, TypeError) as error:
            return _reply(400, {"error": type(error).__name__}, is_simulated=False)
        except ProveoutError as error:
            return _reply(500, {"error": error.message}, is_simulated=False)
        failed = [status >= AnswerStatus.FAILED for status in answers.status.tolist()]
        if any(failed):
            return _reply(
                500, {"error": "; ".join(answers.faults)[:500]}, is_simulated=answers.simulated
            )
        given = {
            "answers": [None if value is None else _plain(value) for value in answers.value],
            "confidence": [
                None if math.isnan(each) else each for each in answers.confidence.tolist()
            ],
        }
        return _reply(200, given, is_simulated=answers.simulated)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _length(head: bytes) -> int | None:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    return None


def _reply(code: int, content: dict[str, Any], *, is_simulated: bool) -> bytes:
    body = json.dumps(content, default=str).encode()
    lines = [
        f"HTTP/1.1 {code} {REASONS[code]}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *([f"{SIMULATED_HEADER}: 1"] if is_simulated else []),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
