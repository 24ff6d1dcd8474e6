"""What the parts of the runtime are to each other. The gateway and the guard put them together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from proveout.runtime.call import Amounts, Call, Reason
from proveout.runtime.record import Record

Answered = TypeVar("Answered")


@dataclass(frozen=True, slots=True)
class Admitted:
    """The call may go on."""

    generation: int
    """Of the switches in the store: where it is not the router's, the router loads them anew
    before it chooses, so that a rollback holds for the very next request."""
    held: bool = True
    """Something was held for it, which `settle` must end."""


@dataclass(frozen=True, slots=True)
class OverBudget:
    """A hard limit is reached."""

    limit: str
    """In words: 'team claims, 10.00 EUR a day'."""
    retry_after_s: int | None
    """Until the period begins anew, and None where it never does; 1 where only calls under way are
    in the way, which give most of it back."""
    on_exceeded: Literal["block", "fallback"]


@dataclass(frozen=True, slots=True)
class StoreAway:
    """The store cannot be reached, and the charter says to refuse then."""

    why: str


class Admission(Protocol):
    """Holds what a call may cost before it is sent, and knows the switches. Never blocks a loop."""

    async def admit(self, call: Call, most: Amounts) -> Admitted | OverBudget | StoreAway:
        """Hold `most` for the call in every account that it belongs to, all or none."""
        ...

    def settle(self, call: Call, used: Amounts) -> None:
        """Book what it took and give back the rest; returns at once, and is not lost by a crash
        once the record of the call is durable."""
        ...

    async def close(self) -> None:
        """Book all that is settled, and leave."""
        ...


class Log(Protocol):
    """The prediction log of one process."""

    def begin(self, call: Call, version: str) -> None:
        """Note that the call is about to be sent to the system; on disk before it is sent."""
        ...

    async def append(self, record: Record) -> None:
        """Return once the record survives what `durability` says.

        Raises LogFullError where it cannot be written: the answer is then not released.
        """
        ...

    async def close(self) -> None:
        """Seal what is open."""
        ...


class LogFullError(Exception):
    """The log cannot be written: disk full, folder gone, too slow."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a call goes."""

    version: str
    """'manual' where people do it."""
    shadow: str | None = None
    """A version that is asked beside it, and not heard."""


class Router(Protocol):
    """Knows which version answers whom. Pure but for `refresh`."""

    @property
    def generation(self) -> int:
        """Of the switches that it goes by."""
        ...

    def route(self, call: Call) -> Route:
        """Choose; the same caller goes the same way while no switch is thrown."""
        ...

    async def refresh(self) -> None:
        """Load the switches from the store."""
        ...

    def on_cut(self, call_id: str, cut: Callable[[], None], version: str | None = None) -> None:
        """Remember how to end a stream, where a switch is thrown that cuts what runs.

        `version` is the one that answers it: cut when that is taken back. Without it the stream
        is cut whenever any version is."""
        ...

    def ended(self, call_id: str) -> None:
        """Forget it."""
        ...


class ShedError(Exception):
    """Turned away: the queue is full of what matters more, or the breaker is open."""

    def __init__(self, why: str, retry_after_s: float) -> None:
        super().__init__(why)
        self.why = why
        self.retry_after_s = retry_after_s


class LateError(Exception):
    """The deadline passed, in the queue or with the system."""


class Protection(Protocol):
    """Keeps users from waiting in vain: one per version of the system."""

    async def run(self, call: Call, ask: Callable[[], Awaitable[Answered]]) -> Answered:
        """Ask in turn and in time. Raises ShedError, LateError, and what `ask` raises.

        `ask` is cancelled at the deadline. It raises SystemFailedError for what the breaker is to
        count as a failure. A slot is free again when it returns: for a stream, when `released`.
        """
        ...

    def release(self, call_id: str, *, failed: bool = False) -> None:
        """Free the slot of a stream, which has ended or failed."""
        ...


class SystemFailedError(Exception):
    """The system answered an error, broke the connection, or cannot be reached."""

    def __init__(self, why: str, status: int | None = None, *, was_asked: bool = True) -> None:
        super().__init__(why)
        self.why = why
        self.status = status
        self.was_asked = was_asked
        """False where no connection was had, so that nothing can have been used."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an inspection of an answer found."""

    reasons: tuple[Reason, ...] = ()
    notes: tuple[str, ...] = ()
    confidence: float | None = None
    """The lowest of its answers; None where it states none."""
    is_blocked: bool = False
    """A rule holds it back."""


class Inspector(Protocol):
    """Looks at answers: confidence, form, the company's own rules."""

    def inspect(self, call: Call, answer: bytes, *, is_stream: bool) -> Found:
        """Look at one whole answer of status 2xx. Never raises: a rule that breaks is a finding."""
        ...
