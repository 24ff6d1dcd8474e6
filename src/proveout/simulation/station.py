"""Slots and the queue before them, in a time of their own.

A timer rings late: by up to a millisecond, and by more on a busy machine. Were a slot held until
the bell, that lateness would work like longer service, and near full use a little longer service
is a much longer queue. Here the next request begins when the one before it was *due* to end, so
that only the reply is late, by one bell, and the queue is that of the theory.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable
from itertools import count

from proveout.simulation.behaviour import Behaviour
from proveout.simulation.draws import Work

Listener = Callable[[], None]


class Place:
    """One request's place, in the queue or at work."""

    __slots__ = ("arrived_s", "began_s", "due_s", "is_gone", "listener", "work")

    def __init__(self, arrived_s: float, work: Work, listener: Listener) -> None:
        self.arrived_s = arrived_s
        self.work = work
        self.listener = listener
        """Called when work on it begins, and again when it ends."""
        self.began_s = math.nan
        self.due_s = math.nan
        """When its work ends; not a number before it began."""
        self.is_gone = False

    @property
    def first_due_s(self) -> float:
        """When its first token is due."""
        share = self.work.first_s / self.work.total_s if self.work.total_s > 0 else 1.0
        return self.began_s + share * (self.due_s - self.began_s)


class Station:
    """First come, first served at a fixed number of slots. Tell it the time; it has no clock."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._slots = behaviour.slots
        self._limit = math.inf if behaviour.queue is None else behaviour.queue
        self._contention, self._crosstalk = behaviour.contention, behaviour.crosstalk
        self._stops_abandoned = behaviour.stops_abandoned_work
        self._queue: deque[Place] = deque()
        self._at_work: list[tuple[float, int, Place]] = []
        self._order = count()
        self.busy = 0
        self.waiting = 0

    def arrive(self, now_s: float, work: Work, listener: Listener) -> Place | None:
        """Take a request in; None where the queue is full."""
        self.advance(now_s)
        place = Place(now_s, work, listener)
        if self.busy < self._slots:
            self._begin(place, now_s)
        elif self.waiting < self._limit:
            self._queue.append(place)
            self.waiting += 1
        else:
            return None
        return place

    def leave(self, place: Place, now_s: float) -> None:
        """Take note that the client went away."""
        self.advance(now_s)
        if place.is_gone or place.due_s <= now_s:
            return
        if math.isnan(place.began_s):
            place.is_gone = True
            self.waiting -= 1
        elif self._stops_abandoned:
            place.is_gone = True
            self.busy -= 1
            self._fill(now_s)

    @property
    def next_due_s(self) -> float | None:
        """When something ends next; None while nothing is worked on."""
        while self._at_work and self._at_work[0][2].is_gone:
            heapq.heappop(self._at_work)
        return self._at_work[0][0] if self._at_work else None

    def advance(self, now_s: float) -> None:
        """End all work that was due until now, and begin what waited for it, each at its time."""
        while (due_s := self.next_due_s) is not None and due_s <= now_s:
            _, _, place = heapq.heappop(self._at_work)
            self.busy -= 1
            place.listener()
            self._fill(due_s)

    def _fill(self, now_s: float) -> None:
        while self._queue and self.busy < self._slots:
            place = self._queue.popleft()
            if not place.is_gone:
                self.waiting -= 1
                self._begin(place, now_s)

    def _begin(self, place: Place, now_s: float) -> None:
        self.busy += 1
        n = self.busy
        stretch = 1 + self._contention * (n - 1) + self._crosstalk * n * (n - 1)
        place.began_s = now_s
        place.due_s = now_s + place.work.total_s * stretch
        heapq.heappush(self._at_work, (place.due_s, next(self._order), place))
        place.listener()


class Allowance:
    """The rate limit: a bucket that holds what one second allows and fills evenly."""

    def __init__(self, requests_per_minute: float | None) -> None:
        self._per_s = math.inf if requests_per_minute is None else requests_per_minute / 60
        self._holds = max(1.0, self._per_s)
        self._left = self._holds
        self._at_s = -math.inf

    def wait_s(self, now_s: float) -> float:
        """Take one request out; 0 where it is allowed, else the seconds until one would be."""
        if math.isinf(self._per_s):
            return 0.0
        self._left = min(self._holds, self._left + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        if self._left >= 1:
            self._left -= 1
            return 0.0
        return (1 - self._left) / self._per_s
