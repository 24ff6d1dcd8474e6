"""What tasks are told from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from proveout.portfolio.book import PilotBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What stands in the desk and in the runtime's store, counted: books do not hold it."""

    feedback_to_triage: int = 0
    feedback_to_answer: int = 0
    feedback_due: date | None = None
    """Of the first one that falls due."""
    exceptions: Mapping[str, int] = field(default_factory=dict)
    """Open entries by who has them."""
    exceptions_overdue: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One pilot, now."""

    book: PilotBook
    now: datetime
    counted: Counted = field(default_factory=Counted)
