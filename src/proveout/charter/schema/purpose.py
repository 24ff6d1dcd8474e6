"""Why the pilot exists: the outcome, how it is measured, and whose it is (R101–R103, R105–R108)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from proveout.charter.schema.base import Currency, Direction, Level, Name, Part, Person, Text
from proveout.charter.schema.value import Measured


class Outcome(Part):
    """The operational or financial result, stated before any tool is chosen (R101)."""

    statement: Text
    """What will be different, in one sentence."""
    kind: Literal["operational", "financial"] | None = None
    process: Text | None = None
    """In which process."""

    @model_validator(mode="before")
    @classmethod
    def _from_sentence(cls, value: Any) -> Any:
        return {"statement": value} if isinstance(value, str) else value


class Baseline(Part):
    """The manual process, measured (R102)."""

    value: float
    source: Text
    """Where the figure comes from: a report, a table, a time study."""
    n: PositiveInt | None = None
    """How many cases it rests on."""
    low: float | None = None
    """Lower end of its interval."""
    high: float | None = None
    """Upper end of its interval."""
    period: Text | None = None
    """Which weeks or months it covers."""

    @model_validator(mode="after")
    def _within_its_interval(self) -> Baseline:
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        if not low <= self.value <= high:
            msg = (
                f"the value {self.value:g} is outside its interval, {low:g} to {high:g}; correct "
                "'value', 'low' or 'high'"
            )
            raise ValueError(msg)
        return self


class Kpi(Part):
    """One business figure that will decide whether the pilot widens (R102, R104)."""

    name: Name
    meaning: Text | None = None
    unit: Text
    """'minutes', 'errors/1000', or with a currency 'EUR/case'."""
    currency: Currency | None = None
    direction: Direction
    baseline: Baseline | None = None
    threshold: float | None = None
    """What the figure must reach, in the unit."""
    confidence: Level = 0.95
    guardrail: bool = False
    """It is not to become better, but must not become worse than the threshold."""
    measured: Measured | None = None
    """How it is taken from the records of the process."""


class DataOwner(Person):
    """Who answers for one source of data."""

    source: Name
    """Name of the source in data.production."""


class People(Part):
    """Who owns what, by name (R103, R501)."""

    production_owner: Person | None = None
    """Owns the result in the business, from day one; not the project owner."""
    executive_sponsor: Person | None = None
    project_owner: Person | None = None
    reviewer: Person | None = None
    """Looks at exceptions and monitors."""
    engineers: tuple[Person, ...] = ()
    data_owners: tuple[DataOwner, ...] = ()


class Process(Part):
    """The process that changes, and how it is redesigned alongside the system (R105)."""

    name: Text
    redesign: Text | None = None
    """What is done differently once the system answers."""
    designed_by: Text | None = None
    cost_per_transaction: float | None = Field(default=None, ge=0)
    """What one transaction costs the way it is done today, in the currency of the budget."""


class Integration(Part):
    """How the system connects to what people use every day (R106)."""

    connects_to: Annotated[tuple[Text, ...], Field(min_length=1)]
    how: Text | None = None
    owner: Text | None = None


class Rollback(Part):
    """What happens when it gives a wrong answer live (R107)."""

    procedure: Text
    to: Text = "manual"
    """What takes over: 'manual', or the name of a version."""
    within_minutes: PositiveFloat | None = None
    decided_by: Text | None = None


class ProductionDesign(Part):
    """The preliminary design of life after the pilot, from day one (R108)."""

    maintainer: Text | None = None
    """Who maintains it after the project team moves on."""
    monitoring: Text | None = None
    """How performance is monitored."""
    data_updates: Text | None = None
    """Who updates the data."""
    accountable: Text | None = None
    """Who answers for an unexpected output."""
    hosting: Text | None = None


class Milestone(Part):
    """A review that the production owner attends (R113)."""

    name: Text
    on: date
    attended_by: tuple[Text, ...] = ()


class Predecessor(Part):
    """An earlier pilot of the same kind, and what has been done about its failure (R1002)."""

    pilot: Text
    result: Literal["failed", "stalled", "succeeded"]
    failures: tuple[
        Literal[
            "experiment-framing", "data-gap", "no-governance-bridge", "no-change-management",
            "wrong-metrics",
        ],
        ...,
    ] = ()  # fmt: skip
    addressed: Text | None = None
    """How each failure has been shown to be addressed."""
