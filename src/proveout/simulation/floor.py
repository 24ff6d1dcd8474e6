"""Where requests are worked on: slots, queue, rate limit, failures and counts, on a real clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from proveout.simulation.behaviour import Behaviour
from proveout.simulation.draws import Draws
from proveout.simulation.station import Allowance, Place, Station

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
class _Ticket:
    began: asyncio.Future[None]
    ended: asyncio.Future[None]
    has_begun: bool = False

    def __call__(self) -> None:
        reached = self.ended if self.has_begun else self.began
        self.has_begun = True
        if not reached.done():
            reached.set_result(None)

    def cut(self) -> None:
        """Take note that nobody waits any more."""
        for reached in (self.began, self.ended):
            if not reached.done():
                reached.cancel()


@dataclass(slots=True)
class Floor:
    """The asynchronous side of a station. Belongs to one event loop."""

    behaviour: Behaviour
    clock: Callable[[], float] = time.monotonic
    counts: Counts = field(default_factory=Counts)
    draws: Draws = field(init=False)
    station: Station = field(init=False)
    _allowance: Allowance = field(init=False)
    _bell: asyncio.TimerHandle | None = None
    _bell_s: float = float("inf")

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

    async def work(self, tokens: int, receive: Receive, *, until_end: bool = True) -> Place | None:
        """Wait, and be worked on; return at the end, or when work begins (for a stream).

        Returns None at once where nothing takes time. Raises QueueFullError, FailedError (after
        the time it took) and AbandonedError.
        """
        fails = self.draws.fails()
        place = None
        if not self.draws.takes_no_time:
            place = await self._worked(tokens, receive, until_end=until_end or fails)
        if fails:
            self.counts.failed += 1
            raise FailedError
        return place

    async def _worked(self, tokens: int, receive: Receive, *, until_end: bool) -> Place:
        loop = asyncio.get_running_loop()
        ticket = _Ticket(loop.create_future(), loop.create_future())
        place = self.station.arrive(self.clock(), self.draws.work(tokens), ticket)
        if place is None:
            self.counts.queue_full += 1
            raise QueueFullError
        self._set_bell(loop)
        watch = loop.create_task(_until_gone(receive))

        def gone(watched: asyncio.Task[None]) -> None:
            if not watched.cancelled():
                self.station.leave(place, self.clock())
                self._set_bell(loop)
                ticket.cut()

        watch.add_done_callback(gone)
        try:
            await (ticket.ended if until_end else ticket.began)
        except asyncio.CancelledError:
            if not watch.done():  # not the client: the server is shutting down
                raise
            self.counts.abandoned += 1
            raise AbandonedError from None
        finally:
            if until_end:
                watch.cancel()
        return place

    def _set_bell(self, loop: asyncio.AbstractEventLoop) -> None:
        due_s = self.station.next_due_s
        if due_s is None or due_s == self._bell_s:
            return
        if self._bell is not None:
            self._bell.cancel()
        self._bell_s = due_s
        self._bell = loop.call_later(max(0.0, due_s - self.clock()), self._ring, loop)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        self._bell, self._bell_s = None, float("inf")
        self.station.advance(self.clock())
        self._set_bell(loop)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
