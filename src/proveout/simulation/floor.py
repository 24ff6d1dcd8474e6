"""Where requests are worked on: slots, queue, rate limit, failures and counts, on a real clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from proveout.simulation.behaviour import Behaviour
from proveout.simulation.bell import Bell, bell
from proveout.simulation.draws import Draws, Work
from proveout.simulation.station import Allowance, Station

Receive = Callable[[], Awaitable[dict[str, Any]]]


@dataclass(slots=True)
class Counts:
    """What became of the requests since the start."""

    requests: int = 0
    answered: int = 0
    refused: int = 0
    """Of those answered: declined in words."""
    malformed: int = 0
    """Of those answered: not in the agreed form."""
    failed: int = 0
    """HTTP 500."""
    queue_full: int = 0
    """HTTP 503."""
    rate_limited: int = 0
    """HTTP 429."""
    not_understood: int = 0
    """HTTP 4xx: no such path, or a body that makes no sense."""
    abandoned: int = 0
    """The client went away before the answer was there."""


class QueueFullError(Exception):
    """There is no place left in the queue."""


class RateLimitedError(Exception):
    """More requests a minute than are allowed."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


class FailedError(Exception):
    """The request was worked on and failed."""


class AbandonedError(Exception):
    """The client went away; nobody reads an answer."""


@dataclass(slots=True)
class Floor:
    """The asynchronous side of a station. Belongs to one event loop."""

    behaviour: Behaviour
    clock: Callable[[], float] = time.monotonic
    counts: Counts = field(default_factory=Counts)
    draws: Draws = field(init=False)
    station: Station = field(init=False)
    _allowance: Allowance = field(init=False)
    _bell: Bell | None = None
    _bell_s: float | None = None

    def __post_init__(self) -> None:
        self.draws = Draws(self.behaviour)
        self.station = Station(self.behaviour)
        self._allowance = Allowance(self.behaviour.requests_per_minute)

    def enter(self) -> None:
        """Count a request in. Raises RateLimitedError."""
        self.counts.requests += 1
        wait_s = self._allowance.wait_s(self.clock())
        if wait_s > 0:
            self.counts.rate_limited += 1
            raise RateLimitedError(wait_s)

    async def work(self, tokens: int, receive: Receive) -> None:
        """Wait, be worked on, and return at the end.

        Raises QueueFullError, FailedError (after the time it took) and AbandonedError.
        """
        async with self.visit(tokens, receive) as visit:
            if visit is not None:
                await visit.ended()

    @asynccontextmanager
    async def visit(self, tokens: int, receive: Receive) -> AsyncIterator[Visit | None]:
        """Begin to be worked on, for an answer that is given in parts; None if all is at once.

        Raises what `work` does.
        """
        fails = self.draws.fails()
        visit = None
        if not self.draws.takes_no_time:
            visit = Visit(self, self.draws.work(tokens), receive)
        try:
            if visit is not None:
                await (visit.ended() if fails else visit.begun())
            if fails:
                self.counts.failed += 1
                raise FailedError
            yield visit
        finally:
            if visit is not None:
                visit.close()

    def set_bell(self) -> None:
        """See to it that the next end of work is noticed in time."""
        due_s = self.station.next_due_s
        if due_s is None or due_s == self._bell_s:
            return
        if self._bell is None:
            self._bell = bell(asyncio.get_running_loop(), self._ring)
        self._bell_s = due_s
        self._bell.set(due_s)

    def _ring(self) -> None:
        self._bell_s = None
        self.station.advance(self.clock())
        self.set_bell()

    def close(self) -> None:
        """Let go of the clock."""
        if self._bell is not None:
            self._bell.close()
            self._bell = None


class Visit:
    """One request at work or waiting for it, and somebody who waits for the answer."""

    def __init__(self, floor: Floor, work: Work, receive: Receive) -> None:
        """Take a place. Raises QueueFullError."""
        loop = asyncio.get_running_loop()
        self._floor = floor
        self._began: asyncio.Future[None] = loop.create_future()
        self._ended: asyncio.Future[None] = loop.create_future()
        place = floor.station.arrive(floor.clock(), work, self._next)
        if place is None:
            floor.counts.queue_full += 1
            raise QueueFullError
        self.place = place
        floor.set_bell()
        self._watch = loop.create_task(_until_gone(receive))
        self._watch.add_done_callback(self._gone)

    async def begun(self) -> None:
        """Wait until work on it begins. Raises AbandonedError."""
        await self._reached(self._began)

    async def ended(self) -> None:
        """Wait until the answer is there. Raises AbandonedError."""
        await self._reached(self._ended)

    @property
    def is_abandoned(self) -> bool:
        """Tell whether the client has gone away."""
        return self._watch.done()

    def close(self) -> None:
        """Watch the client no more."""
        self._watch.cancel()

    def _next(self) -> None:
        reached = self._ended if self._began.done() else self._began
        if not reached.done():
            reached.set_result(None)

    def _gone(self, watch: asyncio.Task[None]) -> None:
        if watch.cancelled():
            return
        self._floor.station.leave(self.place, self._floor.clock())
        self._floor.set_bell()
        for reached in (self._began, self._ended):
            reached.cancel()

    async def _reached(self, moment: asyncio.Future[None]) -> None:
        try:
            await moment
        except asyncio.CancelledError:
            if not self.is_abandoned:  # the server is shutting down
                raise
            self._floor.counts.abandoned += 1
            raise AbandonedError from None


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
