"""The service itself, as a raw ASGI application: paths, statuses, and who waits for what."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from itertools import count
from typing import Any

import orjson

from proveout.simulation import chat, tabular
from proveout.simulation.behaviour import Behaviour
from proveout.simulation.chat import ChatRequest, Cut, NotUnderstoodError, Said
from proveout.simulation.floor import (
    AbandonedError,
    FailedError,
    Floor,
    QueueFullError,
    RateLimitedError,
    Receive,
    Visit,
)
from proveout.simulation.responder import Filler, Responder

Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

SIMULATED_HEADER = "proveout-simulated"
"""Every reply carries it, so that nothing found through this service passes for measured. The
systems under test know it by the same name."""

MARK = (SIMULATED_HEADER.encode(), b"1")
JSON = (b"content-type", b"application/json")
EVENTS = (b"content-type", b"text/event-stream; charset=utf-8")

_ALIVE = ("/", "/v1", "/ping", "/health", "/version")
"""Where a look is answered, to see whether anybody is there."""

CHUNK_EVERY_S = 0.01
"""Tokens that come faster than this go together in one chunk: no reader could tell."""


class App:
    """One simulated system; serves from one event loop."""

    def __init__(self, behaviour: Behaviour, responder: Responder | None = None) -> None:
        self.floor = Floor(behaviour)
        self.counts = self.floor.counts
        self._responder = responder or Filler(behaviour)
        self._created = int(time.time())
        self._names = count(1)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        method, path = scope["method"], scope["path"]
        if method == "GET":
            await self._look(path, send)
        elif method != "POST":
            await self._refuse(send, 405, f"{method} is not understood here.")
        else:
            try:
                await self._work(path, receive, send)
            except NotUnderstoodError as error:
                await self._refuse(send, 400, error.message, param=error.param)
            except RateLimitedError as error:
                wait = str(math.ceil(error.wait_s)).encode()
                text = "Rate limit reached. Please try again later."
                limited = chat.error("requests", text, code="rate_limit_exceeded")
                await reply(send, 429, limited, (b"retry-after", wait))
            except QueueFullError:
                text = "The queue is full. Please try again later."
                await reply(send, 503, chat.error("server_error", text, code="overloaded"))
            except FailedError:
                text = "The server had an error while processing your request."
                await reply(send, 500, chat.error("server_error", text, code="internal_error"))
            except AbandonedError:
                pass  # nobody is there to read a reply

    async def _look(self, path: str, send: Send) -> None:
        if path == "/v1/models":
            await reply(send, 200, chat.models(self._created))
        elif path == "/counts":
            floor = {"busy": self.floor.station.busy, "waiting": self.floor.station.waiting}
            await reply(send, 200, orjson.dumps({**asdict(self.counts), **floor}))
        elif path in _ALIVE or path.startswith("/v2"):
            await reply(send, 200, tabular.state(path))
        else:
            await self._refuse(send, 404, f"There is nothing at {path}.")

    async def _refuse(
        self, send: Send, status: int, message: str, *, param: str | None = None
    ) -> None:
        self.counts.not_understood += 1
        await reply(send, status, chat.error("invalid_request_error", message, param=param))

    async def _work(self, path: str, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        if path.endswith("/chat/completions"):
            await self._chat(chat.read_request(body), receive, send)
            return
        protocol = tabular.protocol_at(path)
        if protocol is None:
            await self._refuse(send, 404, f"There is nothing at {path}.")
            return
        rows = tabular.rows_of(protocol, body)
        self.floor.enter()
        answers = [self._responder.row(row) for row in rows]
        await self.floor.work(0, receive)
        self.counts.answered += 1
        self.counts.refused += any(answer.value is None for answer in answers)
        await reply(send, 200, protocol.write(answers))

    async def _chat(self, asked: ChatRequest, receive: Receive, send: Send) -> None:
        self.floor.enter()
        variation = self.floor.draws.answers
        said = [self._responder.chat(asked, variation) for _ in range(asked.n)]
        answers = [chat.cut(each, asked.max_tokens) for each in said]
        tokens = sum(len(answer.pieces) for answer in answers)
        name = self._name()
        if asked.stream:
            stream = chat.Stream(asked, name=name, created=self._created)
            async with self.floor.visit(tokens, receive) as visit:
                if visit is None:
                    await reply(send, 200, stream.whole(answers), kind=EVENTS)
                else:
                    await self._stream(stream, answers, visit, send)
        else:
            await self.floor.work(tokens, receive)
            await reply(
                send, 200, chat.completion(asked, answers, name=name, created=self._created)
            )
        self._count(said)

    def _count(self, said: list[Said]) -> None:
        self.counts.answered += 1
        self.counts.refused += any(each.is_refusal for each in said)
        self.counts.malformed += any(each.is_malformed for each in said)

    async def _stream(
        self, stream: chat.Stream, answers: list[Cut], visit: Visit, send: Send
    ) -> None:
        """Send the tokens when they are due, each answer after the other."""
        place = visit.place
        await self._sleep_until(place.first_due_s)
        await send(_start(200, [EVENTS, MARK]))
        total = sum(len(answer.pieces) for answer in answers)
        gap_s = (place.due_s - place.first_due_s) / max(1, total - 1)
        at_once = max(1, math.ceil(CHUNK_EVERY_S / gap_s)) if gap_s > 0 else max(1, total)
        sent = 0
        for index, answer in enumerate(answers):
            opening = stream.opening(index)
            for start in range(0, len(answer.pieces), at_once):
                end = min(start + at_once, len(answer.pieces))
                await self._sleep_until(place.first_due_s + gap_s * sent)
                if visit.is_abandoned:
                    break
                await send(_more(opening + stream.part(index, answer, start, end)))
                opening, sent = b"", sent + end - start
            await send(_more(opening + stream.closing(index, answer)))
        await visit.ended()
        await send({"type": "http.response.body", "body": stream.last(answers)})

    async def _sleep_until(self, moment_s: float) -> None:
        left_s = moment_s - self.floor.clock()
        if left_s > 0:
            await asyncio.sleep(left_s)

    def _name(self) -> str:
        return f"chatcmpl-sim{next(self._names):x}"


async def reply(
    send: Send, status: int, body: bytes, *more: tuple[bytes, bytes], kind: Any = JSON
) -> None:
    """Send a reply as a whole."""
    length = (b"content-length", b"%d" % len(body))
    await send(_start(status, [kind, MARK, length, *more]))
    await send({"type": "http.response.body", "body": body})


def _start(status: int, headers: Headers) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": headers}


def _more(body: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": True}


async def _read(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    return body
