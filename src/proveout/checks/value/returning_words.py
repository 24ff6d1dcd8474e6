"""The return in sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from proveout.checks.value.returning_effect import KpiEffect
from proveout.evidence.figures import figure, span
from proveout.evidence.model import Interval
from proveout.statistics.returns import Drawn, Spread

NAMES: Mapping[str, str] = {
    "cases_per_month": "cases in a month",
    "run": "run cost of a month",
    "support": "support of a month",
    "exception_rate": "share of cases that people look at",
    "exception_minutes": "minutes for each of them",
    "exceptions": "cases that people look at",
    "hourly_cost": "cost of an hour",
    "training_hours": "hours of training each",
    "training": "training",
    "rollout": "rollout",
    "spent": "spent so far",
}
"""Inputs and parts of the case, as they are read."""

_SIZE = {"full": "At full size", "pilot": "At the pilot's size"}


def label_of(name: str) -> str:
    """Return how an input is called: 'how much handling-time improves'."""
    kind, _, kpi = name.partition(":")
    if kind == "effect":
        return f"how much {kpi} improves"
    if kind == "worth":
        return f"worth of {kpi}"
    return f"gain from {kpi}" if kind == "gain" else NAMES[name]


def unit_of(name: str, effects: Sequence[KpiEffect], currency: str) -> str:
    """Return the unit of an input."""
    kind, _, kpi = name.partition(":")
    units = {each.kpi.name: each.kpi.unit for each in effects}
    if kind == "effect":
        return units[kpi]
    if kind == "worth":
        return _per_unit(units[kpi], currency)
    return {
        "cases_per_month": "cases",
        "run": f"{currency}/month",
        "support": f"{currency}/month",
        "exception_rate": "fraction",
        "exception_minutes": "minutes",
        "hourly_cost": f"{currency} per hour",
        "training_hours": "hours",
    }.get(name, currency)


def _per_unit(unit: str, currency: str) -> str:
    """Return what a unit is paid in: 'EUR per minute'; of money, a bare factor."""
    if unit[:3].isupper() and unit[:3].isalpha() and unit[3:4] in ("", "/"):
        return ""
    if unit == "fraction":
        return f"{currency} each time"
    return f"{currency} per {unit.removesuffix('s') if unit.isalpha() else unit}"


def written(spread: Spread, unit: str) -> str:
    """Write a figure with its interval: '120,000 EUR (40,000 to 210,000 EUR)'."""
    if spread.low == spread.high:
        return figure(spread.value, unit)
    # An end that is infinite, or far off, must not blur the others.
    around = Interval(low=rounded(spread.low), high=rounded(spread.high), level=0.95, method="")
    return f"{figure(rounded(spread.value), unit, around)} ({span(around, unit)})"


def rounded(value: float) -> float:
    """Keep three digits: a return is not known to more."""
    return float(f"{value:.3g}")


def of_a_hundred(share: float) -> str:
    """Write how often, of 100 draws: 'in 3 of 100 draws'."""
    if share in (0.0, 1.0):
        return "in every draw" if share else "in no draw"
    if share < 0.005:
        return "in fewer than 1 of 100 draws"
    if share > 0.995:
        return "in more than 99 of 100 draws"
    return f"in {round(100 * share)} of 100 draws"


def npv_sentence(
    scenario: str,
    npv: Spread,
    currency: str,
    drawn: Drawn,
    drivers: Sequence[Mapping[str, Any]],
) -> str:
    """Say what it is worth today."""
    said = (
        f"{_SIZE[scenario]} it is worth {written(npv, currency)} today, over "
        f"{drawn.case.months} months and with all costs taken off; "
        f"{of_a_hundred(drawn.share_at_a_loss)} it is a loss."
    )
    if not drivers:
        return said
    return f"{said} It depends most on {drivers[0]['label']}."


def in_a_month(scenario: str, net: Spread, currency: str, drawn: Drawn) -> str:
    """Say what is left of a month."""
    gained = drawn.spread(drawn.flows.gained)
    paid = drawn.spread(drawn.flows.standing + drawn.flows.exceptions)
    return (
        f"{_SIZE[scenario]} it brings {written(gained, currency)} a month and takes "
        f"{written(paid, currency)} for running, support and exceptions: "
        f"{written(net, currency)} a month are left."
    )


def payback_sentence(scenario: str, payback: Spread, months: int) -> str:
    """Say when it has paid back what was spent."""
    if payback.low == payback.high:
        return f"{_SIZE[scenario]} it has paid back all that was spent after {_months(payback)}."
    return (
        f"{_SIZE[scenario]} it has paid back all that was spent after {_months(payback)} "
        f"({payback.low:g} to {payback.high:g}), within the {months} months that are counted."
    )


def never_sentence(never: float, payback: Spread, months: int) -> str:
    """Say why there is no time of payback."""
    if never == 1.0:
        return f"it never pays back within {months} months, in any draw"
    if math.isinf(payback.value):
        return f"{of_a_hundred(never)} it never pays back within {months} months"
    return (
        f"{of_a_hundred(never)} it never pays back within {months} months, so that there is no "
        f"upper bound; in half of the draws it does within {_months(payback)}"
    )


def share_sentence(scenario: str, share: Spread) -> str:
    """Say what comes back for what is spent."""
    if share.value < 0:
        lost = Spread(value=-share.value, low=-share.high, high=-share.low)
        return (
            f"{_SIZE[scenario]}, of each 100 that are spent {_hundred(lost)} are lost, at today's "
            "worth."
        )
    return (
        f"{_SIZE[scenario]}, for each 100 that are spent {_hundred(share)} come in on top, at "
        "today's worth."
    )


def turn_sentence(name: str, unit: str, now: float, at: float | None, *, is_gain: bool) -> str:
    """Say where an input turns gain into loss, or loss into gain."""
    kind, _, kpi = name.partition(":")
    if kind == "effect":
        said = f"{kpi} is {_better(now, unit)} than without it"
        there = None if at is None else _better(at, unit)
    elif kind == "run":
        said = f"Running it costs {figure(rounded(now), unit)}"
        there = None if at is None else figure(rounded(at), unit)
    else:
        said = f"There are {figure(rounded(now), 'count')} cases in a month"
        there = None if at is None else figure(rounded(at), "count")
    if at is None or there is None:
        return f"{said}; no other figure of it alone makes it {_OTHER[is_gain]}."
    if kind == "effect":
        return f"{said}; at {there} there is neither gain nor loss."
    way = "below" if at < now else "above"
    return f"{said}; {way} {there} it is {_OTHER[is_gain]}."


_OTHER = {True: "a loss", False: "worth it"}


def _better(by: float, unit: str) -> str:
    """Write a change in its direction: '5 minutes better', '1.6 points worse'."""
    size = rounded(abs(by))
    much = f"{rounded(100 * size):g} points" if unit == "fraction" else figure(size, unit)
    return f"{much} {'better' if by >= 0 else 'worse'}"


def _hundred(share: Spread) -> str:
    low, value, high = (f"{100 * end:,.0f}" for end in (share.low, share.value, share.high))
    return f"{value} ({low} to {high})"


def _months(payback: Spread) -> str:
    number = f"{payback.value:g}"
    return f"{number} month" if payback.value == 1 else f"{number} months"
