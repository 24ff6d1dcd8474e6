"""What a guarded call returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from proveout.runtime.call import Outcome, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """An answer whose record would survive the end of this process."""

    value: Any
    """What the system returned, untouched; or the fallback."""
    id: str
    """Of the call in the prediction log."""
    outcome: Outcome
    version: str | None
    fallback: bool = False
    """The fallback answered, not the system."""
    reasons: tuple[Reason, ...] = ()
    """Why it also goes to a person."""
    notes: tuple[str, ...] = ()
    confidence: float | None = None
    """The lowest of its answers."""
