"""Slots, and whose turn it is. Pure: knows no clock and no loop.

Turns go by priority, and among equals to whoever came first. Every fourth turn goes to the one
who has waited longest, whatever his priority: so the one who stands n-th by age has his turn
within 4·n turns, and nobody starves while others of higher priority keep coming.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

Ticket = TypeVar("Ticket", bound=Hashable)

OLDEST_EVERY = 4
"""One of so many turns goes by age."""


@dataclass(frozen=True, slots=True)
class Arrival(Generic[Ticket]):
    """What became of one who came."""

    fate: Literal["go", "wait", "full"]
    """He has a slot; he waits for one; or there is no room for him."""
    displaced: Ticket | None = None
    """Who waited until now and must leave for him."""


class Turns(Generic[Ticket]):
    """A number of slots with a bounded queue before them.

    While a slot is free nobody waits.
    """

    __slots__ = ("_age", "_busy", "_given", "_lines", "_room", "_slots", "_waiting")

    def __init__(self, *, slots: int, queue: int) -> None:
        self._slots = slots
        self._room = queue
        self._busy = 0
        self._lines: dict[int, dict[Ticket, int]] = {}
        """By priority: those who wait, oldest first, each with the number of his coming."""
        self._waiting: dict[Ticket, int] = {}
        """Priority of each who waits."""
        self._age = 0
        self._given = 0

    @property
    def busy(self) -> int:
        """Slots that are taken."""
        return self._busy

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def __iter__(self) -> Iterator[Ticket]:
        """Go through those who wait."""
        return iter(tuple(self._waiting))

    def take(self) -> bool:
        """Take a slot if one is free; nobody is asked to wait."""
        if self._busy < self._slots:
            self._busy += 1
            return True
        return False

    def arrive(self, ticket: Ticket, priority: int) -> Arrival[Ticket]:
        """Let somebody in: to a slot, into the queue, or not at all.

        Where the queue is full, the lowest priority has to leave, and of those the newest: where
        he is not above it, that is the one who comes.
        """
        if self.take():
            return Arrival("go")
        if len(self._waiting) < self._room:
            self._join(ticket, priority)
            return Arrival("wait")
        lowest = min(self._lines, default=priority)
        if priority <= lowest:
            return Arrival("full")
        newest = next(reversed(self._lines[lowest]))
        self.leave(newest)
        self._join(ticket, priority)
        return Arrival("wait", displaced=newest)

    def leave(self, ticket: Ticket) -> bool:
        """Stop waiting; False where he did not wait (any more)."""
        priority = self._waiting.pop(ticket, None)
        if priority is None:
            return False
        line = self._lines[priority]
        del line[ticket]
        if not line:
            del self._lines[priority]
        return True

    def finish(self) -> Ticket | None:
        """Give a slot back. Returns who has it now, and None where it is free."""
        if not self._waiting:
            self._busy -= 1
            return None
        self._given += 1
        if self._given % OLDEST_EVERY == 0:
            line = min(self._lines.values(), key=_age_of_first)
        else:
            line = self._lines[max(self._lines)]
        ticket = next(iter(line))
        self.leave(ticket)
        return ticket

    def _join(self, ticket: Ticket, priority: int) -> None:
        self._age += 1
        self._lines.setdefault(priority, {})[ticket] = self._age
        self._waiting[ticket] = priority


def _age_of_first(line: dict[Ticket, int]) -> int:
    return next(iter(line.values()))
