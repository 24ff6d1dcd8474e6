"""Many users, or requests that come whatever happens, from one greenlet that keeps the clock."""

from __future__ import annotations

import errno
import gc
import heapq
import math
from collections.abc import Callable, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

import gevent
import numpy as np

from proveout.capacity.runs import Outcome
from proveout.checks.load.engine.alarm import FileAlarm, LoopAlarm, alarm, now
from proveout.checks.load.engine.reading import NotHttpError, ReplyReader
from proveout.checks.load.engine.replies import ReplyQueue
from proveout.checks.load.engine.tally import Tally
from proveout.checks.load.engine.wires import Target, Wires, on_the_wire
from proveout.checks.load.schedule import Thinking, poisson_moments
from proveout.checks.load.spec import LevelPlan
from proveout.systems.dialects import FirstToken
from proveout.systems.exchange import SIMULATED_HEADER, Dialect, Reply, Request

if TYPE_CHECKING:
    from numpy.typing import NDArray

AT_ONCE = 32
"""After so many requests that are overdue, answers are looked for before more are sent."""

NAN = math.nan

MOST_AT_ONCE = 1 << 16
"""Bytes that are read at once."""

SHORTEST_S = 1e-4
"""A time-out of zero would mean: do not wait at all, and none: for ever."""

PAUSES = 4096
"""Pauses are drawn by so many, which costs less than one by one."""

OUT_OF_SOCKETS = "no more connections left in the load generator"
"""The generator's own limit, never laid to the service."""

WORDS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.EPIPE: "connection reset",
    errno.ECONNABORTED: "connection reset",
    errno.EHOSTUNREACH: "host unreachable",
    errno.ENETUNREACH: "network unreachable",
}


class Crowd:
    """Sends the requests of level after level and notes what became of them."""

    def __init__(
        self,
        *,
        target: Target,
        requests: Sequence[Request],
        dialect: Dialect,
        thinking: Callable[[float], Thinking],
    ) -> None:
        self._wires = Wires(target)
        self._payloads = [on_the_wire(request) for request in requests]
        self._is_stream = requests[0].is_stream
        self._dialect = dialect
        self._patience = 0.0
        self._thinking = thinking
        self._replies = ReplyQueue(dialect)
        self._alarm = alarm()
        self._turn = count()
        self._tally = Tally()
        self._finished = self._tally
        self._under_way: dict[int, tuple[float, float]] = {}
        """Measured requests without an end: when they were due, when they were taken up."""
        self._is_stopped = False
        self.simulated = False
        """Some reply, of whatever level and kind, said that it is of a simulation."""

    @property
    def tally(self) -> Tally:
        """What is known of the level until now."""
        return self._tally

    @property
    def oldest_due(self) -> float:
        """When the oldest measured request was due that is still under way; infinite without."""
        return min((due for due, _ in self._under_way.values()), default=math.inf)

    def stop(self) -> None:
        """End the level early."""
        self._is_stopped = True
        self._alarm.no_later_than(now())

    def run(self, plan: LevelPlan, rng: np.random.Generator) -> NDArray[np.float64]:
        """Run one level. Requests are on until the last one that counts has its end."""
        self._tally, self._under_way, self._is_stopped = Tally(), {}, False
        self._patience = plan.give_up_after_s
        began = now() + 0.01
        begin = began + plan.warm_up_s
        window = (begin, begin + plan.seconds)
        last = window[1] + self._patience
        gc.collect()
        gc.freeze()
        gc.disable()  # a collection takes longer than what is to be measured
        try:
            if plan.arrivals == "open":
                moments = poisson_moments(plan.rate_per_s or 0.0, began, last, rng)
                self._dispatch(_Drawn(moments), window, last)
            else:
                think = self._thinking(plan.think_s)
                self._dispatch(_Users(plan.users, think, began, rng, self._alarm), window, last)
        finally:
            gc.enable()
            gc.unfreeze()
        ended = now()
        tally, self._tally = self._tally, Tally()  # who is still under way writes to nobody
        if self._is_stopped:
            tally.keep_before(self.oldest_due)
        for due, begun in self._under_way.values():
            tally.add(due, begun, begun, ended, NAN, Outcome.UNFINISHED, None)
        self._wires.drop_used()
        self._replies.finish()
        self._finished = tally
        return tally.columns(begin)

    @property
    def finished(self) -> Tally:
        """The tally of the level that was run last."""
        return self._finished

    def _dispatch(self, source: _Drawn | _Users, window: tuple[float, float], last: float) -> None:
        tally = self._tally
        n_at_once = 0
        while not self._is_stopped:
            due = source.next_due()
            at = now()
            if at >= window[1] and not self._under_way and due >= window[1]:
                break
            if at > last + 1.0:  # by then everybody has lost patience
                break
            if due > at:
                n_at_once = 0
                # Once the window is over somebody must notice the last answer.
                until = min(due, at + 0.05) if at >= window[1] else min(due, window[1])
                self._alarm.wait_until(until)
                continue
            number = source.take()
            is_measured = window[0] <= due < window[1]
            gevent.spawn_raw(self._ask, tally, due, number, source, is_measured)
            if is_measured:
                self._under_way[number] = (due, at)
            n_at_once += 1
            if n_at_once >= AT_ONCE:
                n_at_once = 0
                gevent.sleep(0)

    def _ask(
        self, tally: Tally, due: float, number: int, source: _Drawn | _Users, is_measured: bool
    ) -> None:
        begun = now()
        deadline = due + self._patience
        payload = self._payloads[next(self._turn) % len(self._payloads)]
        got = self._exchange(payload, begun, deadline)
        done = deadline if got.outcome == Outcome.GAVE_UP else now()
        source.answered(number, done)
        if not is_measured or tally is not self._tally:
            return
        self._under_way.pop(number, None)
        place = tally.add(due, begun, got.sent, done, got.first, got.outcome, got.fault)
        if got.reply is not None:
            self._replies.put(tally, place, got.reply)

    def _exchange(self, payload: bytes, begun: float, deadline: float) -> _Exchanged:
        """Send and read, until the deadline and no longer."""
        got = _Exchanged(sent=begun)
        if begun >= deadline:
            return got
        sock: Any = None
        try:
            sock = self._wires.take(deadline)
            got.sent = now()
            sock.settimeout(max(deadline - got.sent, SHORTEST_S))
            sock.sendall(payload)
            reader = self._read(sock, deadline, got)
            if reader.reusable:
                self._wires.give_back(sock)
                sock = None
            got.read(reader)
        except TimeoutError:
            got.outcome = Outcome.GAVE_UP
        except NotHttpError as error:
            got.failed(str(error))
        except OSError as error:
            got.failed(_kind(error))
        finally:
            if sock is not None:
                self._wires.drop(sock)
        return got

    def _read(self, sock: Any, deadline: float, got: _Exchanged) -> ReplyReader:
        """Read a reply to its end. Raises OSError and NotHttpError."""
        reader = ReplyReader()
        first = FirstToken(self._dialect) if self._is_stream else None
        seen = 0
        while True:
            data = sock.recv(MOST_AT_ONCE)
            is_complete = reader.feed(data) if data else reader.end()
            if first is not None and len(reader.body) > seen:
                if first.feed(bytes(reader.body[seen:])):
                    got.first, first = now(), None
                seen = len(reader.body)
            if is_complete:
                self.simulated = self.simulated or SIMULATED_HEADER in reader.headers
                return reader
            if not data:
                raise ConnectionResetError(errno.ECONNRESET, "closed in the middle")
            sock.settimeout(max(deadline - now(), SHORTEST_S))


class _Exchanged:
    """What came of sending one request."""

    __slots__ = ("fault", "first", "outcome", "reply", "sent")

    def __init__(self, *, sent: float) -> None:
        self.sent = sent
        self.first = NAN
        self.outcome = Outcome.GAVE_UP
        self.fault: str | None = None
        self.reply: Reply | None = None

    def failed(self, fault: str) -> None:
        self.outcome, self.fault = Outcome.FAILED, fault

    def read(self, reader: ReplyReader) -> None:
        """Take a complete reply. Raises NotHttpError."""
        if not 200 <= reader.status < 300:
            self.failed(f"HTTP {reader.status}")
            return
        self.reply = Reply(status=reader.status, headers=reader.headers, body=reader.content())
        self.outcome = Outcome.ANSWERED


class _Drawn:
    """Requests whose moments are known beforehand."""

    def __init__(self, moments: NDArray[np.float64]) -> None:
        self._moments: list[float] = [*moments.tolist(), math.inf]
        self._next = 0

    def next_due(self) -> float:
        return self._moments[self._next]

    def take(self) -> int:
        self._next += 1
        return self._next - 1

    def answered(self, number: int, done: float) -> None:
        """Nobody waits for it to ask again."""


class _Users:
    """Users who ask, wait for the answer (or give up), think, and ask again."""

    def __init__(
        self,
        users: int,
        thinking: Thinking,
        began: float,
        rng: np.random.Generator,
        watch: FileAlarm | LoopAlarm,
    ) -> None:
        first = (began + thinking.draw_rest(users, rng)).tolist()
        self._heap = list(zip(first, range(users), strict=True))
        heapq.heapify(self._heap)
        self._thinking, self._rng, self._alarm = thinking, rng, watch
        self._pauses: list[float] = []

    def next_due(self) -> float:
        return self._heap[0][0] if self._heap else math.inf

    def take(self) -> int:
        return heapq.heappop(self._heap)[1]

    def answered(self, number: int, done: float) -> None:
        if not self._pauses:
            self._pauses = self._thinking.draw(PAUSES, self._rng).tolist()
        due = done + self._pauses.pop()
        heapq.heappush(self._heap, (due, number))
        self._alarm.no_later_than(due)


def _kind(error: OSError) -> str:
    """Name an error in words that do not differ from one request to the next."""
    if error.errno in (errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL):
        return OUT_OF_SOCKETS
    if type(error).__name__.startswith("SSL"):  # its numbers are those of another list
        return f"TLS error {getattr(error, 'reason', None) or ''}".strip()
    if error.errno in WORDS:
        return WORDS[error.errno]
    return errno.errorcode.get(error.errno or 0, type(error).__name__)
