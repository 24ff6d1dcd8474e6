"""The cost evidence as people read it: one place for terminal and report. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from proveout.evidence.figures import currency_of, figure, full_figure, spanned_figure
from proveout.evidence.model import WHOLE, WINDOW_INPUT, Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class CostStory:
    """What a month costs and why."""

    per_request: Evidence
    full: Evidence
    """A month at full use."""
    at_users: tuple[tuple[int, Evidence], ...]
    """A month by number of users, full use last."""
    budget: float
    """A month's."""
    currency: str
    sentences: tuple[str, ...]
    parts: tuple[tuple[str, float], ...]
    """What the month is made of, largest first."""
    to_fit: tuple[str, ...]
    """Changes each of which alone would be enough."""
    in_the_way: tuple[str, ...]
    """Why changes of other kinds would not be."""

    @property
    def ways_out(self) -> str:
        """What stands above the changes."""
        what = "this" if len(self.to_fit) == 1 else "each of these alone"
        return f"To fit the budget, {what} would be enough"


def cost_story(evidence: Iterable[Evidence]) -> CostStory | None:
    """Put the story of full use together; None where such a month has not been added up."""
    found = [
        each
        for each in evidence
        if each.metric.startswith("cost.") and WINDOW_INPUT not in each.inputs
    ]
    whole = {each.metric: each for each in found if each.subject == WHOLE}
    full, one = whole.get("cost.monthly"), whole.get("cost.per_request")
    share, transaction = whole.get("cost.budget_share"), whole.get("cost.per_transaction")
    if full is None or one is None or share is None:
        return None
    by_users = sorted(
        (int(users), each)
        for each in found
        if each.metric == "cost.monthly" and (users := each.subject.get("users")) is not None
    )
    levers = share.details.get("to_fit") or ()
    return CostStory(
        per_request=one,
        full=full,
        at_users=(*by_users, (round(full.details["users"]), full)),
        budget=float(share.details["budget_per_month"]),
        currency=str(share.details["currency"]),
        sentences=tuple(_sentences(one, full, share, transaction)),
        parts=_parts(full),
        to_fit=tuple(
            f"{_LEVERS[lever['kind']]}: {lever['words']}"
            for lever in levers
            if lever["needed"] is not None
        ),
        in_the_way=tuple(lever["words"] for lever in levers if lever["needed"] is None),
    )


_NEXT_TO_NOTHING = 0.05
"""What costs less than this is told by the thousand."""

_LEVERS = {
    "users": "Fewer users",
    "requests": "Fewer requests",
    "cost per request": "A cheaper request",
    "own cache": "A cache",
    "model": "Another model",
}


def _sentences(
    one: Evidence, full: Evidence, share: Evidence, transaction: Evidence | None
) -> Iterator[str]:
    currency = str(share.details["currency"])
    users, requests = round(full.details["users"]), round(full.details["requests"])
    simulated = " All of this comes from a simulation." if full.basis == "simulated" else ""
    yield (
        f"At full use, {users:,} users with {requests:,} requests a month, a month costs "
        f"{full_figure(full, unit=currency)}: {spanned_figure(share)} of the budget of "
        f"{figure(share.details['budget_per_month'], currency)}.{simulated}"
    )
    details = one.details
    if one.value:
        thousand = full_figure(_times(one, 1000), unit=currency)
        yield (
            f"A thousand requests cost {thousand}, by {details['prices_from']}; one in twenty "
            f"costs more than {details['p95'] / one.value:.2g} times the average, and the "
            f"dearest tenth makes {figure(details['share_of_dearest_tenth'], 'fraction')} of what "
            "requests cost."
        )
    else:
        yield f"A request costs nothing by itself (n = {one.n:,}), by {details['prices_from']}."
    if details.get("tokens_from") == "counted":
        yield "The service does not report its tokens; they were counted here, which is less sure."
    if details.get("guessed"):
        yield (
            f"{details['guessed']:,} of {one.n:,} requests brought no answer that says what it "
            "took; they are taken to cost what the others do."
        )
    if details.get("retries_add"):
        yield (
            f"Requests sent again make {figure(details['retries_add'], 'fraction')} of what "
            "requests cost, each taken to cost as much as the one that was answered."
        )
    yield from _growth(full)
    yield from _day(full, currency)
    if transaction is not None:
        yield _by_transaction(transaction)


def _times(one: Evidence, times: float) -> Evidence:
    """Return what so many of them cost."""
    interval = one.interval
    if interval is not None:
        interval = replace(interval, low=interval.low * times, high=interval.high * times)
    return replace(one, value=one.value * times, interval=interval)


def _growth(full: Evidence) -> Iterator[str]:
    growth, month = full.details.get("growth_per_month"), full.details.get("over_budget_in_month")
    if not growth:
        return
    said = f"With use growing by {figure(growth, 'fraction')} a month"
    if month is None:
        yield f"{said}, the budget holds it for the twelve months to come."
    elif month > 1:
        yield f"{said}, the budget no longer surely holds it from month {month} on."


def _day(full: Evidence, currency: str) -> Iterator[str]:
    limit, day = full.details.get("budget_per_day"), full.details["per_working_day"]
    if limit is None or not full.value:
        return
    per_day = _times(full, day / full.value)
    low = day if per_day.interval is None else per_day.interval.low
    high = day if per_day.interval is None else per_day.interval.high
    if high > limit:
        said = "is more than" if low > limit else "may be more than"
        yield (
            f"A working day costs {spanned_figure(per_day, unit=currency)} on average, which "
            f"{said} the daily budget of {figure(limit, currency)}."
        )


def _by_transaction(transaction: Evidence) -> str:
    by_hand, limit = transaction.details.get("by_hand"), transaction.details.get("limit")
    currency = currency_of(transaction.unit)
    times, subject = (1, "One transaction that is answered costs")
    if transaction.value < _NEXT_TO_NOTHING:
        times, subject = (1000, "A thousand transactions that are answered cost")
    said = f"{subject} {spanned_figure(_times(transaction, times), unit=currency)}, all in"
    if by_hand is not None:
        said += f"; by hand it is {figure(by_hand * times, currency)} today"
    if limit is not None:
        held = "within" if transaction.value <= limit else "above"
        said += f"; that is {held} the {figure(limit * times, currency)} that were agreed"
    return f"{said}."


def _parts(full: Evidence) -> tuple[tuple[str, float], ...]:
    details = full.details
    named = {meter: each["cost"] for meter, each in (details.get("by_meter") or {}).items()}
    named |= {"seats": details["seats"], "fixed": details["fixed"]}
    if details["discount"]:
        named["volume discounts"] = -details["discount"]
    return tuple(
        sorted(((name, cost) for name, cost in named.items() if cost), key=lambda part: -part[1])
    )
