"""What tasks are told from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from proveout.portfolio.book import PilotBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """So many of a kind wait for one person."""

    who: str | None
    """None where nobody has taken them."""
    n: int
    due: date | None
    """Of the first one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What stands in the desk, counted: books do not hold it."""

    feedback: tuple[Waiting, ...] = ()
    """What users said and nobody has answered."""
    exceptions: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One pilot, now."""

    book: PilotBook
    now: datetime
    counted: Counted = field(default_factory=Counted)
