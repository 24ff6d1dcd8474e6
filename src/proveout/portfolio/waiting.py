"""Purgatory: pilots that neither go on nor end, and what they have cost. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from proveout.portfolio.lines import PilotLine
from proveout.portfolio.money import Sum, sums


class Waiting(BaseModel):
    """Those that stand still."""

    n: int
    of: int
    limit_days: int
    spent: list[Sum]
    monthly: list[Sum]
    says: str
    """One sentence."""


def waiting(every: Sequence[PilotLine], limit_days: int) -> Waiting:
    """Return who stands still, and what they have cost."""
    found = [line for line in every if line.is_waiting]
    spent = sums(line.spent for line in found)
    monthly = sums(line.monthly for line in found)
    return Waiting(
        n=len(found),
        of=len(every),
        limit_days=limit_days,
        spent=spent,
        monthly=monthly,
        says=_says(len(found), len(every), limit_days, spent),
    )


def _says(n: int, of: int, limit_days: int, spent: list[Sum]) -> str:
    """Say it in one sentence, with what it has cost and of how many that is known."""
    if n == 0:
        return f"No pilot has stood for more than {limit_days} days without a change."
    pilots = "1 pilot has" if of == 1 else f"{n:,} of {of:,} pilots {'has' if n == 1 else 'have'}"
    said = f"{pilots} stood for more than {limit_days} days without a change"
    it = "it has" if n == 1 else "they have"
    if not spent:
        return f"{said}; what {it} cost is not recorded."
    sums_ = " and ".join(each.shown for each in spent)
    n_known = sum(each.n_pilots for each in spent)
    known = "" if n_known >= n else f" (recorded for {n_known:,} of them)"
    return f"{said}; {it} cost {sums_}{known}."
