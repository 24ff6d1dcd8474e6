"""What it costs and what a better figure is worth, so that the return can be told (R702)."""

from __future__ import annotations

from typing import Any

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

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


class Worth(Part):
    """What one unit of a KPI, in one case, is worth."""

    kpi: Name
    per_unit: Range
    """Money per unit of the KPI and case, above zero: what a minute saved is worth."""
    realised: Share = 1.0
    """Part of it that becomes money: hours that are saved and not used are worth nothing."""
    why: Text | None = None


class Returns(Part):
    """The business case: what it brings, what it costs, over how long."""

    currency: Currency
    worth: tuple[Worth, ...]
    months: PositiveInt = 36
    """The horizon, from the rollout on."""
    discount_rate: float = Field(default=0.08, ge=0, lt=1)
    """Of a year."""
    ramp_months: float = Field(default=3.0, ge=0)
    """Until all have it; the effect grows evenly until then."""
    spent: Range = Range(likely=0.0)
    """What the pilot has cost so far (sunk)."""
    rollout: Range = Range(likely=0.0)
    """What it takes once to give it to all: integration, licences, hardware."""
    run_per_month: Range | None = None
    """Run cost; the measured cost of the system when unset (check cost)."""
    support_per_month: Range = Range(likely=0.0)
    """People who maintain it."""
    exception_minutes: Range | None = None
    """Work on each exception; needs hourly_cost."""
    hourly_cost: Range | None = None
    """Of the people who handle exceptions and are trained."""
    training_hours: Range = Range(likely=0.0)
    """Of each person once; needs people and hourly_cost."""
    people: PositiveInt | None = None
    """How many are trained at full size."""
    pilot_cases_per_month: PositiveFloat | None = None
    """How many cases the pilot does in a month, for the scenario at its size."""
