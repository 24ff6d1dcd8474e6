"""What serving a pilot needs, put together by `assembly`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from proveout.pricing.one import CallPrice
from proveout.runtime.call import Call, Caller
from proveout.runtime.exceptions import Queueing
from proveout.runtime.gateway.ids import Ids
from proveout.runtime.gateway.pool import Pool
from proveout.runtime.ports import Admission, Inspector, Log, Protection, Router
from proveout.runtime.record import Record
from proveout.runtime.rollout.shadowing import Shadowing
from proveout.runtime.settings import PilotSettings, Upstream
from proveout.runtime.telemetry import Telemetry


@dataclass(slots=True)
class Behind:
    """One version of the system."""

    upstream: Upstream
    pool: Pool
    protection: Protection
    inspector: Inspector
    holds_whole: bool = False
    """A rule may hold answers back: a stream passes when it is whole."""


@dataclass(slots=True)
class Pricing:
    """What calls cost: one price for all, or that of the model that each names."""

    one: CallPrice | None
    by_model: Callable[[str | None], CallPrice | None]
    attempts_at_most: int = 1
    pays_again: bool = True
    """A request that was sent again is paid again."""

    def of(self, model: str | None) -> CallPrice | None:
        """Return the price; None where none is known for the model."""
        return self.one if self.one is not None else self.by_model(model)


@dataclass(slots=True)
class Parts:
    """One pilot in service."""

    settings: PilotSettings
    admission: Admission
    log: Log
    router: Router
    behind: dict[str, Behind]
    pricing: Pricing
    fallback: Pool | None
    on_record: Callable[[Record, Call], None]
    """Told of every record that is durable: exceptions, metrics."""
    queueing: Queueing
    shadowing: Shadowing
    feedback: Callable[[bytes, Caller], Awaitable[tuple[int, dict[str, Any]]]]
    """Takes that an answer was wrong."""
    telemetry: Telemetry
    charges_unfinished: bool = True
    ids: Ids = field(default_factory=Ids)
