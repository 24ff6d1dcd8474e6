"""What it costs and what a better figure is worth, so that the return can be told (R702)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PositiveFloat, PositiveInt, model_validator

from proveout.charter.schema.base import Currency, Name, Part, Share, Text


class Range(Part):
    """A figure that is not known exactly. A plain number is known exactly."""

    likely: float
    low: float | None = None
    """One in twenty that it is lower."""
    high: float | None = None
    """One in twenty that it is higher."""

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, value: Any) -> Any:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return {"likely": value} if is_number else value

    @model_validator(mode="after")
    def _in_order(self) -> Range:
        if (self.low is None) != (self.high is None):
            msg = "a range has both ends; give 'low' and 'high', or neither"
            raise ValueError(msg)
        low = self.likely if self.low is None else self.low
        high = self.likely if self.high is None else self.high
        if not low <= self.likely <= high:
            msg = f"'likely' ({self.likely:g}) is outside {low:g} to {high:g}; correct one of them"
            raise ValueError(msg)
        return self


def lowest(figure: Range) -> float:
    """Return the least figure that a range names."""
    return figure.likely if figure.low is None else figure.low


def _cost(figure: Range) -> Range:
    if lowest(figure) < 0:
        msg = "a cost is not below zero; write it without a sign"
        raise ValueError(msg)
    return figure


def _share(figure: Range) -> Range:
    highest = figure.likely if figure.high is None else figure.high
    if lowest(figure) < 0 or highest > 1:
        msg = "it is a share of cases, from 0 to 1; for 5 % write 0.05"
        raise ValueError(msg)
    return figure


def _worth(figure: Range) -> Range:
    if lowest(figure) < 0:
        msg = (
            "what a unit is worth is above zero, whichever way is better; write it without a sign: "
            "the KPI's direction says which way counts"
        )
        raise ValueError(msg)
    return figure


_Rate = Annotated[float, Field(gt=0, strict=True)]
"""Strict, so that a yes is no 1."""

Cost = Annotated[Range, AfterValidator(_cost)]
"""A range that is not below zero."""


class Worth(Part):
    """What one unit of a KPI, in one case, is worth."""

    kpi: Name
    per_unit: Annotated[Range, AfterValidator(_worth)]
    """Money per unit of the KPI and case, above zero: what a minute saved is worth. Of a KPI that
    is money itself, in its own currency, it is 1."""
    realised: Share = 1.0
    """Part of it that becomes money: hours that are saved and not used are worth nothing."""
    cases_per_month: PositiveFloat | None = None
    """How many cases the KPI has in a month once all have the system, where they are not those of
    the process; counted in the KPI's own records when unset."""
    why: Text | None = None


class Returns(Part):
    """The business case: what it brings, what it costs, over how long. Costs are not below zero."""

    currency: Currency
    """Of all sums here."""
    worth: tuple[Worth, ...]
    months: PositiveInt = 36
    """The horizon, from the rollout on."""
    discount_rate: float = Field(default=0.08, ge=0, lt=1)
    """Of a year."""
    ramp_months: float = Field(default=3.0, ge=0)
    """Until all have it; the effect grows evenly until then."""
    spent: Cost = Range(likely=0.0)
    """What the pilot has cost so far (sunk); what was noted in the register goes before it."""
    rollout: Cost = Range(likely=0.0)
    """What it takes once to give it to all: integration, licences, hardware."""
    run_per_month: Cost | None = None
    """Run cost at full size, until it is measured (check cost)."""
    pilot_run_per_month: Cost | None = None
    """Run cost at the pilot's size, until it is measured."""
    support_per_month: Cost = Range(likely=0.0)
    """People who maintain it."""
    exception_rate: Annotated[Range, AfterValidator(_share)] | None = None
    """Share of cases that people have to look at, until it is measured (checks exceptions and
    quality)."""
    exception_minutes: Cost | None = None
    """Work on each exception; needs hourly_cost."""
    hourly_cost: Cost | None = None
    """Of the people who handle exceptions and are trained."""
    training_hours: Cost = Range(likely=0.0)
    """Of each person once; needs people and hourly_cost."""
    people: PositiveInt | None = None
    """How many are trained at full size."""
    pilot_cases_per_month: PositiveFloat | None = None
    """How many cases the pilot does in a month, for the scenario at its size."""
    exchange: dict[Currency, _Rate] = Field(
        default_factory=dict, json_schema_extra={"additionalProperties": False}
    )
    """What one unit of another currency is in `currency`: {USD: 0.92}; needs exchange_on."""
    exchange_on: date | None = None
    """The day of these rates."""

    @model_validator(mode="after")
    def _complete(self) -> Returns:
        fault = next(_faults(self), None)
        if fault is not None:
            raise ValueError(fault)
        return self


COSTS = (
    "spent", "rollout", "run_per_month", "pilot_run_per_month", "support_per_month",
    "exception_rate", "exception_minutes", "hourly_cost", "training_hours",
)  # fmt: skip
"""Keys that are ranges of money, time or share that something costs."""


def _faults(told: Returns) -> Iterator[str]:
    if told.exception_minutes is not None and told.hourly_cost is None:
        yield "'exception_minutes' costs nothing without 'hourly_cost'; say what an hour costs"
    if told.training_hours.likely and None in (told.hourly_cost, told.people):
        yield "'training_hours' costs nothing without 'hourly_cost' and 'people'; give both"
    if told.exchange and told.exchange_on is None:
        yield "'exchange' holds rates of one day; say which: 'exchange_on'"
    if told.currency in told.exchange:
        yield f"'exchange' gives a rate of {told.currency} in itself; take it out"
    names = [each.kpi for each in told.worth]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        yield f"KPI '{twice}' is given a worth twice; leave one of them"
