"""A discrete-event model of a system with slots, a queue, contention and users who give up.

First come, first served. Because later requests never overtake, a request's fate is known when it
arrives, so that one pass over the arrivals with a heap of the moments at which slots become free
plays the whole system: about a million requests a second in plain Python.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from proveout.capacity.runs import Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ANSWERED, _GAVE_UP = int(Outcome.ANSWERED), int(Outcome.GAVE_UP)
_NEVER = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """How requests are worked on."""

    slots: int | None = 1
    """Requests that are worked on at the same time; None is no limit."""
    queue: int | None = None
    """Requests that may wait; None is no limit. Beyond it a request fails at once."""
    contention: float = 0.0
    """Sigma: with n at work when a request begins, its work takes
    1 + sigma (n - 1) + kappa n (n - 1) times as long (universal scalability law, Gunther 2007)."""
    crosstalk: float = 0.0
    """Kappa of the same."""
    drops_abandoned: bool = False
    """Whether work stops when its user gives up; if not, it is worked to its end for nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What became of each request, in order of arrival; columns of equal length."""

    due_s: NDArray[np.float64]
    start_s: NDArray[np.float64]
    """When work on it began; NaN when it never did."""
    done_s: NDArray[np.float64]
    """When the answer was there or the user gave up."""
    outcome: NDArray[np.int8]


def play_open(
    system: Slots,
    due_s: NDArray[np.float64],
    work_s: NDArray[np.float64],
    *,
    give_up_after_s: float | NDArray[np.float64] = np.inf,
) -> Played:
    """Play requests that come whatever happens.

    Args:
        system: the slots.
        due_s: moments of arrival in order, seconds.
        work_s: how long each takes alone, seconds.
        give_up_after_s: patience, waiting and work together; one, or one per request.
    """
    line = _Line(system)
    patience = np.broadcast_to(np.asarray(give_up_after_s, dtype=float), due_s.shape).tolist()
    line.arrive_all(due_s.tolist(), work_s.tolist(), patience)
    return line.played(due_s)


def play_closed(
    system: Slots,
    work_s: Sequence[float] | NDArray[np.float64],
    *,
    users: int,
    seconds: float,
    think_s: Sequence[float] | NDArray[np.float64] | None = None,
    give_up_after_s: float = np.inf,
) -> Played:
    """Play users who ask, wait or give up, think, and ask again, until `seconds` have passed.

    Args:
        system: the slots.
        work_s: how long requests take alone; used in order of arrival, over again when used up.
        users: how many.
        seconds: when the last request may fall due.
        think_s: pauses, used as `work_s`; each user's first request comes after one. None is none.
        give_up_after_s: patience.
    """
    line = _Line(system)
    works = np.asarray(work_s, dtype=float).tolist()
    thinks = [0.0] if think_s is None else np.asarray(think_s, dtype=float).tolist()
    n_works, n_thinks = len(works), len(thinks)
    upcoming = [thinks[i % n_thinks] for i in range(users)]
    heapq.heapify(upcoming)
    due: list[float] = []
    arrive, replace = line.arrive, heapq.heapreplace
    i = 0
    while upcoming[0] < seconds:
        now = upcoming[0]
        due.append(now)
        done = arrive(now, works[i % n_works], give_up_after_s)
        replace(upcoming, done + thinks[(users + i) % n_thinks])
        i += 1
    return line.played(np.asarray(due))


@dataclass(slots=True)
class _Line:
    """The slots and the queue before them, in the middle of a play."""

    system: Slots
    free_at: list[float] = field(default_factory=list)
    """Heap of the moments at which slots that are at work become free."""
    leaves_queue: deque[float] = field(default_factory=deque)
    start: list[float] = field(default_factory=list)
    done: list[float] = field(default_factory=list)
    outcome: list[int] = field(default_factory=list)

    def arrive_all(self, due: list[float], work: list[float], patience: list[float]) -> None:
        arrive = self.arrive
        for now, alone, waits in zip(due, work, patience, strict=True):
            arrive(now, alone, waits)

    def arrive(self, now: float, work: float, patience: float) -> float:
        """Decide one request's fate; return when its user is free again."""
        system, free_at = self.system, self.free_at
        while free_at and free_at[0] <= now:
            heapq.heappop(free_at)
        gives_up = now + patience
        waits = system.slots is not None and len(free_at) >= system.slots
        if waits:
            if system.queue is not None and not self._queue_has_room(now):
                return self._ends(_NEVER, now, int(Outcome.FAILED))
            begin = free_at[0]
            if system.queue is not None:
                self.leaves_queue.append(min(begin, gives_up))
            if begin >= gives_up:
                return self._ends(_NEVER, gives_up, _GAVE_UP)
            at_work = len(free_at)
        else:
            begin, at_work = now, len(free_at) + 1
        others = at_work - 1
        slowed = 1 + others * (system.contention + system.crosstalk * at_work)
        end = begin + work * slowed
        busy_until = min(end, gives_up) if system.drops_abandoned else end
        if waits:
            heapq.heapreplace(free_at, busy_until)
        else:
            heapq.heappush(free_at, busy_until)
        if end > gives_up:
            return self._ends(begin, gives_up, _GAVE_UP)
        return self._ends(begin, end, _ANSWERED)

    def _queue_has_room(self, now: float) -> bool:
        waiting = self.leaves_queue
        while waiting and waiting[0] <= now:
            waiting.popleft()
        return len(waiting) < (self.system.queue or 0)

    def _ends(self, start: float, done: float, outcome: int) -> float:
        self.start.append(start)
        self.done.append(done)
        self.outcome.append(outcome)
        return done

    def played(self, due_s: NDArray[np.float64]) -> Played:
        return Played(
            due_s=due_s,
            start_s=np.asarray(self.start, dtype=float),
            done_s=np.asarray(self.done, dtype=float),
            outcome=np.asarray(self.outcome, dtype=np.int8),
        )
