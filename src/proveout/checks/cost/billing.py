"""The expected month as a bill, line by line. Pure."""

from __future__ import annotations

from datetime import datetime

from proveout.charter.schema import Charter
from proveout.checks.cost.story import CostStory
from proveout.pricing.focus import Bill, Line
from proveout.pricing.month import next_month

_UNITS = {
    "requests": "Requests",
    "input tokens": "Tokens",
    "cached input tokens": "Tokens",
    "output tokens": "Tokens",
    "seconds": "Seconds",
}


def expected_bill(
    charter: Charter, story: CostStory, *, start: datetime
) -> tuple[Bill, tuple[Line, ...]]:
    """Return the bill of the month that begins at `start`, and its lines."""
    full, price = story.full, charter.budget.price if charter.budget is not None else None
    model = price.model if price is not None else None
    bill = Bill(
        pilot=charter.pilot,
        currency=story.currency,
        provider=(price.provider if price is not None else None) or "not stated",
        service=model or charter.title or charter.pilot,
        start=start,
        end=next_month(start),
        basis=full.basis,
        low=_of_one(story, "low"),
        high=_of_one(story, "high"),
        n=full.n,
    )
    return bill, tuple(_lines(story))


def _of_one(story: CostStory, end: str) -> float:
    """Return an end of the interval of one request, as a share of its cost."""
    one = story.per_request
    if one.interval is None or not one.value:
        return 1.0
    return float(getattr(one.interval, end)) / one.value


def _lines(story: CostStory) -> list[Line]:
    details = story.full.details
    meters = details["by_meter"]
    listed = sum(each["cost"] for each in meters.values())
    # A volume discount is on all that a request costs, whatever it is made of.
    kept = 1 - details["discount"] / listed if listed else 1.0
    lines = [
        Line(
            meter=meter,
            unit=_UNITS[meter],
            quantity=float(each["quantity"]),
            cost=float(each["cost"]) * kept,
            list_cost=float(each["cost"]),
        )
        for meter, each in meters.items()
    ]
    standing = (("seats", "Seats", details["users"]), ("fixed", "Months", 1.0))
    lines += [
        Line(
            meter=name,
            unit=unit,
            quantity=float(quantity),
            cost=float(details[name]),
            list_cost=float(details[name]),
            is_recurring=True,
        )
        for name, unit, quantity in standing
        if details[name]
    ]
    return lines
