"""What goes to the thread that books, and comes back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import NamedTuple

from proveout.runtime.budget.notice import Notice
from proveout.runtime.budget.plan import Hold
from proveout.runtime.call import Amounts
from proveout.runtime.ports import Admitted, OverBudget, StoreAway


class Ask(NamedTuple):
    """A call that waits to be let in."""

    hold: Hold
    answer: asyncio.Future[Admitted | OverBudget | StoreAway]


class Settlement(NamedTuple):
    """A call that has ended."""

    hold: Hold
    used: Amounts
    at: float


@dataclass(slots=True)
class Batch:
    """One transaction."""

    asks: list[Ask]
    settled: list[Settlement]
    debts: list[Hold]
    """Calls that were let in while the store was away."""
    now: float
    is_sign_of_life: bool = False
    refusals: list[OverBudget | None] = field(default_factory=list)
    """One for each ask; None where it is held."""
    generation: int = 0
    notices: list[Notice] = field(default_factory=list)
    failed: str | None = None
    """Why nothing of it was booked, as far as is known."""
    is_in_doubt: bool = False
