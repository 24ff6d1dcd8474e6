"""What a system in use costs: from the prediction log, and nothing is asked of the system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from proveout.charter.schema.standard import Budget
from proveout.checks.contract import CheckContext, Finding, Served
from proveout.evidence.catalogue.cost import METRICS
from proveout.evidence.model import WINDOW_INPUT, Interval
from proveout.evidence.outcome import NotMeasured
from proveout.statistics import mean_of_sums
from proveout.statistics.stratified import stratified_mean

if TYPE_CHECKING:
    import ibis.expr.types as ir

DAYS_PER_MONTH = 365.25 / 12
FEWEST_DAYS = 7
"""A week holds every day of the week; with less, the days that are missing would be guessed."""
DEAREST = 3
"""Teams that are named."""
_WORKING, _WEEKEND = "working days", "weekend"
_OF_A_WEEK = {_WORKING: 5_000_000, _WEEKEND: 2_000_000}
"""How many of each there are, in proportion: of days to come, not of those of the window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Month:
    """A month as the window promises it."""

    total: float
    interval: Interval
    n_days: int
    answered_per_day: float
    per_day: dict[str, float]
    """By kind of day, what requests cost on it."""
    standing: float
    """Seats and what is fixed, which no request shows."""


def in_use(context: CheckContext, served: Served) -> Iterator[Finding]:
    """Yield what a request cost, and what a month comes to if use goes on as in the window."""
    budget = context.charter.budget
    assert budget is not None  # noqa: S101  # needs() has seen to it
    table = served.requests.table
    sent = table.filter(table.attempts > 0)
    sums = _sums(sent)
    others = [each for each in sums["currencies"] if each != budget.currency]
    if sums["n"] < 2:
        yield from _not_measured(
            f"{sums['n']} requests reached the system between {served.window}",
            "Look at a longer window: monitoring.window_days",
        )
        return
    if others:
        yield from _not_measured(
            f"the log tells of costs in {others[0] or 'no currency'}, and the budget is in "
            f"{budget.currency}",
            "Give the price in the currency of the budget: budget.price; what is in the log stays "
            "as it is",
        )
        return
    if sums["simulated"]:
        context = replace(context, basis="simulated")
    yield _per_request(context, served, budget, sums)
    days = _days(served, sent, budget.time_zone)
    if len(days) < FEWEST_DAYS:
        yield from _not_measured(
            f"the window holds {len(days)} whole days, and {FEWEST_DAYS} are needed to know a week",
            "Look at a longer window: monitoring.window_days",
            but="cost.per_request",
        )
        return
    yield from _of_month(context, served, budget, _month(context, days), _teams(sent))


def _sums(sent: ir.Table) -> dict[str, Any]:
    """Count, and add up powers of the cost, in the engine."""
    cost = sent.cost.cast("float64")
    row = sent.aggregate(
        n=sent.count(),
        total=cost.sum(),
        squares=(cost**2).sum(),
        cubes=(cost**3).sum(),
        largest=cost.max(),
        simulated=sent.simulated.fill_null(False).any(),
        counted=sent.tokens_counted.fill_null(False).sum(),
        tokens=(sent.input_tokens.fill_null(0) + sent.output_tokens.fill_null(0)).sum(),
        # What cost nothing, as a call that was lost and given back, is in any currency.
        currencies=sent.currency.fill_null("").collect(where=sent.cost != 0, distinct=True),
    ).to_pyarrow()
    found: dict[str, Any] = row.to_pylist()[0]
    return {**found, "currencies": found["currencies"] or []}


def _per_request(
    context: CheckContext, served: Served, budget: Budget, sums: dict[str, Any]
) -> Finding:
    value, interval = mean_of_sums(sums["n"], sums["total"], sums["squares"], sums["cubes"])
    return context.found(
        "cost.per_request",
        value,
        n=sums["n"],
        scope="production",
        interval=_not_below_zero(interval),
        unit=f"{budget.currency}/request",
        inputs={WINDOW_INPUT: str(served.window)},
        details={
            "largest": sums["largest"],
            "tokens": int(sums["tokens"]),
            "tokens_counted_here": int(sums["counted"]),
            "in_all": sums["total"],
        },
    )


@dataclass(frozen=True, slots=True)
class _Day:
    """24 hours of the window."""

    kind: str
    cost: float
    requests: int
    answered: int


def _days(served: Served, sent: ir.Table, time_zone: str) -> list[_Day]:
    """Cut the window into days, backwards from its end, so that whole weeks stay whole.

    A day has the kind of the day of the week on which its middle falls in the budget's time zone.
    """
    window, day = served.window, timedelta(days=1)
    n = int((window.ends - window.begins) / day)
    first = window.ends - n * day
    within = sent.filter(sent.at >= first, sent.at < window.ends)
    number = ((within.at.epoch_seconds() - int(first.timestamp())) / 86_400).floor().cast("int64")
    numbered = within.mutate(number=number)
    rows = (
        numbered.group_by("number")
        .aggregate(
            cost=numbered.cost.cast("float64").sum(),
            requests=numbered.count(),
            answered=(numbered.outcome == "answered").sum(),
        )
        .to_pyarrow()
        .to_pylist()
    )
    by_number = {row["number"]: row for row in rows}
    nothing = {"cost": 0.0, "requests": 0, "answered": 0}
    found = []
    for at in range(n):
        row = by_number.get(at, nothing)
        kind = _kind(first + (at + 0.5) * day, time_zone)
        found.append(_Day(kind, float(row["cost"]), int(row["requests"]), int(row["answered"])))
    return found


def _kind(moment: datetime, time_zone: str) -> str:
    return _WORKING if moment.astimezone(ZoneInfo(time_zone)).weekday() < 5 else _WEEKEND


def _month(context: CheckContext, days: list[_Day]) -> _Month:
    budget, load = context.charter.budget, context.charter.load
    price = None if budget is None else budget.price
    kinds = [day.kind for day in days]
    per_day, interval = stratified_mean([day.cost for day in days], kinds, _OF_A_WEEK)
    answered, _ = stratified_mean([float(day.answered) for day in days], kinds, _OF_A_WEEK)
    seats = 0.0
    if price is not None and price.per_seat_per_month is not None and load is not None:
        seats = price.per_seat_per_month * load.users
    standing = seats + ((price.fixed_per_month or 0.0) if price is not None else 0.0)
    return _Month(
        total=per_day * DAYS_PER_MONTH + standing,
        interval=replace(
            interval,
            low=max(0.0, interval.low) * DAYS_PER_MONTH + standing,
            high=interval.high * DAYS_PER_MONTH + standing,
        ),
        n_days=len(days),
        answered_per_day=answered,
        per_day={
            kind: sum(day.cost for day in days if day.kind == kind) / kinds.count(kind)
            for kind in _OF_A_WEEK
        },
        standing=standing,
    )


def _of_month(
    context: CheckContext,
    served: Served,
    budget: Budget,
    month: _Month,
    teams: list[dict[str, Any]],
) -> Iterator[Finding]:
    inputs = {WINDOW_INPUT: str(served.window)}
    owner = context.charter.people.production_owner
    details = {
        "monthly": month.total,
        "budget_per_month": budget.per_month,
        "currency": budget.currency,
        "days": month.n_days,
        "per_day": month.per_day,
        "seats_and_fixed": month.standing,
        "dearest_teams": teams,
        "owner": "nobody named" if owner is None else owner.name,
    }

    def found(metric: str, over: float, unit: str | None) -> Finding:
        return context.found(
            metric,
            month.total / over,
            n=month.n_days,
            scope="production",
            interval=replace(
                month.interval, low=month.interval.low / over, high=month.interval.high / over
            ),
            unit=unit,
            inputs=inputs,
            details=details,
        )

    yield found("cost.monthly", 1.0, f"{budget.currency}/month")
    yield found("cost.budget_share", budget.per_month, None)
    answered = month.answered_per_day * DAYS_PER_MONTH
    if answered:
        yield found("cost.per_transaction", answered, f"{budget.currency}/transaction")
    else:
        yield NotMeasured(
            metric="cost.per_transaction",
            reason="no request of the window was answered",
            next_step="Look at what becomes of them: proveout log tail",
        )


def _teams(sent: ir.Table) -> list[dict[str, Any]]:
    """Return the teams that cost most."""
    import ibis

    rows = (
        sent.group_by(team=sent.team.fill_null("(not known)"))
        .aggregate(cost=sent.cost.cast("float64").sum(), requests=sent.count())
        .order_by(ibis.desc("cost"), "team")
        .limit(DEAREST)
        .to_pyarrow()
    )
    found: list[dict[str, Any]] = rows.to_pylist()
    return found


def _not_below_zero(interval: Interval) -> Interval:
    return replace(interval, low=max(0.0, interval.low))


def _not_measured(reason: str, next_step: str, *, but: str = "") -> Iterator[NotMeasured]:
    for metric in METRICS:
        if metric.name != but:
            yield NotMeasured(metric=metric.name, reason=reason, next_step=next_step)
