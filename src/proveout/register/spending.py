"""What a pilot has cost until now, as whoever accounts for it notes (R1003)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from proveout.charter.schema import Charter
from proveout.errors import InputError
from proveout.register.act import Act, Fact

_CURRENCY = re.compile(r"[A-Z]{3}")
_MOST = 1e15


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """The latest word: all that was spent, from the beginning until a day."""

    amount: float
    currency: str
    """Three letters, as in ISO 4217."""
    until: date
    note: str
    """Where the figure is from."""
    who: str
    at: datetime
    n: int
    """How many times it was noted."""


@dataclass(frozen=True, slots=True)
class Spendings:
    """The section. Acts: 'spending.noted' {amount, currency, until, note}."""

    name: str = "spending"

    def empty(self) -> Spending | None:
        """Nothing was noted."""
        return None

    def taken(self, state: Spending | None, act: Act) -> Spending | None:
        """Keep the latest word."""
        return Spending(
            amount=float(act.says["amount"]),
            currency=act.says["currency"],
            until=date.fromisoformat(act.says["until"]),
            note=act.says.get("note", ""),
            who=act.who,
            at=act.at,
            n=1 if state is None else state.n + 1,
        )

    def refuse(self, state: Spending | None, act: Act, charter: Charter) -> None:
        """Refuse what is no sum of money, or reaches into the future."""
        if act.kind != "spending.noted":
            raise InputError(f"There is no such act: '{act.kind}'.")
        amount, currency = act.says["amount"], str(act.says["currency"])
        if not isinstance(amount, int | float) or not math.isfinite(amount):
            raise InputError(f"'{amount}' is no amount.", hint="Write a number, such as 120000.")
        if not 0 <= amount < _MOST:
            raise InputError(f"{amount} cannot have been spent.", hint="Write 0 or more.")
        if not _CURRENCY.fullmatch(currency):
            raise InputError(f"'{currency}' is no currency.", hint="Write three letters, as EUR.")
        try:
            until = date.fromisoformat(str(act.says["until"]))
        except ValueError:
            raise InputError(
                f"'{act.says['until']}' is no date.", hint="Write it as YYYY-MM-DD."
            ) from None
        if until > act.at.date():
            raise InputError(
                f"{until} is to come.", hint="Give the day until which the money is spent."
            )

    def facts(self, state: Spending | None, charter: Charter, now: datetime) -> Iterator[Fact]:
        """Yield what was spent, once it was noted."""
        if state is not None:
            yield Fact(
                metric="cost.spent",
                value=state.amount,
                unit=state.currency,
                n=1,
                person=state.who,
                details={"until": str(state.until), "note": state.note},
            )


SPENDING = Spendings()
