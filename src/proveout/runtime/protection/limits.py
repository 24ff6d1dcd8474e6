"""What a protection holds to; the charter's words as one plain value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proveout.charter.schema.gateway import Gateway


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """As in the charter under `gateway`; the defaults are the charter's."""

    concurrency: int = 64
    """Requests that the system is given at once."""
    queue: int = 256
    """Requests that may wait for their turn."""
    failures: float = 0.5
    """Share of the latest outcomes that failed, from which on the breaker opens."""
    of: int = 20
    """How many latest outcomes are looked at; fewer never open it."""
    open_s: float = 10.0
    """Seconds until one request tries again."""
    hedge_after_s: float | None = None
    """Ask a second time after so many seconds; None for never."""

    @classmethod
    def from_charter(cls, gateway: Gateway) -> Limits:
        """Take them from the charter."""
        return cls(
            concurrency=gateway.concurrency,
            queue=gateway.queue,
            failures=gateway.breaker.failures,
            of=gateway.breaker.of,
            open_s=gateway.breaker.open_s,
            hedge_after_s=gateway.hedge_after_s,
        )

    @property
    def attempts_at_most(self) -> int:
        """How often one request may be sent: so much must be held for it in the budget."""
        return 1 if self.hedge_after_s is None else 2
