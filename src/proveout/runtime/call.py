"""One request on its way through the runtime, as all of its parts know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Protocol_ = Literal["chat", "open_inference", "mlflow", "json", "python"]
"""What the client speaks; 'python' where a system is guarded in process."""

Reason = Literal[
    "low-confidence", "failure", "timeout", "malformed", "schema", "rule", "reported", "lost",
]  # fmt: skip
"""Why an answer goes to a person."""

Outcome = Literal[
    "answered",  # by the system, in time
    "failed",  # the system answered an error, or broke
    "timed-out",  # the deadline passed
    "shed",  # turned away under pressure: full queue, open breaker
    "over-budget",  # a limit of spending was reached
    "blocked",  # a rule held the answer back
    "cancelled",  # the client went away
    "refused",  # the call was not allowed or not understood
    "switched-off",  # the manual process, by rollback or the kill switch
    "lost",  # it was under way when a gateway died; found at its next start
]
"""What became of a request. Whether the fallback answered then is told beside it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. What is not known is None."""

    client: str | None = None
    """Name in gateway.clients."""
    key: str | None = None
    """The first 12 hexadecimal digits of the SHA-256 of the key; never the key."""
    team: str | None = None
    user: str | None = None
    groups: tuple[str, ...] = ()
    priority: int = 5


ANYBODY = Caller()
"""Nobody was asked who he is."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """What is held or was used, exactly: whole numbers, so that nothing is lost by rounding."""

    money: int = 0
    """In billionths of the currency of the budget."""
    tokens: int = 0
    requests: int = 0

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.money + other.money, self.tokens + other.tokens, self.requests + other.requests
        )


MONEY_UNIT = 1_000_000_000
"""So many parts has one unit of a currency."""


@dataclass(slots=True)
class Call:
    """A request that is under way."""

    id: str
    """26 letters and digits (ULID), rising with time; it is in the reply as `proveout-id`."""
    pilot: str
    protocol: Protocol_
    caller: Caller
    received_at: float
    """Seconds since 1970, UTC."""
    began: float
    """On the monotonic clock, seconds."""
    deadline: float
    """On the monotonic clock: until then the client has an answer."""
    body: bytes
    model: str | None = None
    """As the client named it."""
    is_stream: bool = False
    rows: int = 1
    """Answers that are asked for."""
    most_output_tokens: int | None = None
    """As the client limited them."""
    input_tokens: int = 0
    """Counted here, as an upper estimate, before the system has said."""
    trace: str | None = None
    """W3C traceparent that goes to the system."""
