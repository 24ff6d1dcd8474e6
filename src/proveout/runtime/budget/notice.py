"""What people are told of the budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that somebody should know; for a limit once per account and period."""

    kind: Literal["near", "exceeded", "excess", "away", "back", "recovered"]
    """A share of a limit is used; a limit is reached; a call took more than was held for it; the
    store cannot be reached; it can again; calls of a process that died were booked."""
    pilot: str
    text: str
    """A sentence for people."""
    at: float
    account: str | None = None
    period: str | None = None
    limit: str | None = None
    """In words."""
