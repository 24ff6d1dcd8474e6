"""A month's bill from the cost of one request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from proveout.charter.schema.standard import Price, VolumeDiscount


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What a month costs, and what of."""

    users: float
    requests: float
    """All requests of the users."""
    billed_requests: float
    """Without those that a cache of the company's own answers."""
    variable: float
    """By requests, tokens and seconds, discounts taken off."""
    discount: float
    """What volume discounts take off."""
    seats: float
    fixed: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.variable + self.seats + self.fixed


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """How much is asked."""

    requests_per_user_per_day: float
    working_days_per_month: float
    sent_per_request: float = 1.0
    """Requests that are sent, retries among them, for one that is wanted: discounts go by these."""

    def requests(self, users: float) -> float:
        """Requests of a month."""
        return users * self.requests_per_user_per_day * self.working_days_per_month


def month(per_request: float, users: float, volume: Volume, price: Price) -> Month:
    """Add up a month: `per_request` is what one request costs before any discount."""
    requests = volume.requests(users)
    billed = requests * (1 - price.own_cache_share)
    sent = volume.sent_per_request
    off = per_request * _requests_off(billed * sent, price.discounts) / sent
    return Month(
        users=users,
        requests=requests,
        billed_requests=billed,
        variable=per_request * billed - off,
        discount=off,
        seats=users * (price.per_seat_per_month or 0.0),
        fixed=price.fixed_per_month or 0.0,
    )


def curve(start: int, end: int, *, points: int = 6) -> tuple[int, ...]:
    """Return numbers of users from start to end, evenly on a logarithmic scale, both included.

    >>> curve(50, 5000, points=3)
    (50, 500, 5000)
    """
    if end <= start:
        return tuple(sorted({start, end}))
    ratio = (end / start) ** (1 / (points - 1))
    return tuple(sorted({round(start * ratio**step) for step in range(points)} | {start, end}))


def growing(
    per_request: float, users: int, growth: float, volume: Volume, price: Price, *, months: int = 12
) -> tuple[Month, ...]:
    """Return the months to come when use grows by a share each month, full use being the first."""
    return tuple(
        month(per_request, users * (1 + growth) ** later, volume, price) for later in range(months)
    )


def next_month(first: datetime) -> datetime:
    """Return the first moment of the month after the one that begins here."""
    year, month = divmod(first.month, 12)
    return first.replace(year=first.year + year, month=month + 1)


def _requests_off(billed: float, discounts: Sequence[VolumeDiscount]) -> float:
    """Return how many requests' worth is let off: each step holds for what lies above it alone."""
    off, upper = 0.0, billed
    for step in sorted(discounts, key=lambda each: each.above_requests, reverse=True):
        above = max(0.0, upper - step.above_requests)
        off += above * step.share
        upper = min(upper, step.above_requests)
    return off
