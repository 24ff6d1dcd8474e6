"""From what rows took to evidence: one request, a month, its share of the budget, a transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from proveout.checks import CheckContext
from proveout.checks.cost.measured import Measured
from proveout.checks.cost.reckoning import Reckoning, parts_of
from proveout.evidence.model import Evidence, Interval, Subject
from proveout.pricing.fitting import Lever
from proveout.pricing.month import curve


def tell(context: CheckContext, measured: Measured, inputs: dict[str, str]) -> Iterator[Evidence]:
    """Yield the evidence. Raises what `charges` raises."""
    bill = Reckoning.of(context, measured)

    def found(
        metric: str,
        value: float,
        interval: Interval | None,
        details: dict[str, Any],
        *,
        per: str | None = None,
        users: int | None = None,
    ) -> Evidence:
        return context.found(
            metric,
            value,
            n=len(measured.use),
            scope="production",
            subject=Subject.of(users=None if users is None else str(users)),
            interval=interval,
            unit=None if per is None else f"{currency}/{per}",
            inputs=inputs,
            details=details,
        )

    currency = bill.budget.currency
    one, around = bill.per_request, bill.interval
    yield found("cost.per_request", one, around, bill.of_one(measured), per="request")
    full = bill.month(one, bill.load.users)
    for users in curve(bill.load.pilot_users, bill.load.users):
        if users != bill.load.users:
            at = bill.month(one, users)
            yield found(
                "cost.monthly", at.total, bill.scaled(users), parts_of(at), per="month", users=users
            )
    total = bill.scaled(bill.load.users)
    yield found("cost.monthly", full.total, total, bill.of_month(full), per="month")
    budget = bill.budget.per_month
    yield found(
        "cost.budget_share",
        full.total / budget,
        _times(total, 1 / budget),
        {
            "budget_per_month": budget,
            "monthly": full.total,
            "currency": currency,
            "to_fit": [_plain(lever) for lever in bill.to_fit(full)],
        },
    )
    answered = full.requests * measured.answered_share
    process = context.charter.process
    yield found(
        "cost.per_transaction",
        full.total / answered,
        _times(total, 1 / answered),
        {
            "answered_share": measured.answered_share,
            "by_hand": None if process is None else process.cost_per_transaction,
            "limit": bill.budget.per_transaction,
        },
        per="transaction",
    )


def _plain(lever: Lever) -> dict[str, Any]:
    return {"kind": lever.kind, "now": lever.now, "needed": lever.needed, "words": lever.words}


def _times(interval: Interval | None, factor: float) -> Interval | None:
    if interval is None:
        return None
    return replace(interval, low=interval.low * factor, high=interval.high * factor)
