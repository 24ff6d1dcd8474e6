"""What the pilot is held to: acceptance, stress limits, load, budget, assumptions."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    field_validator,
    model_validator,
)

from proveout.charter.schema.base import Currency, Level, Name, Part, Share, Text
from proveout.charter.schema.data import Source

Comparison = Literal[">=", "<="]
Stage = Literal["design", "production", "scale", "continue"]

_SHORT = re.compile(
    r"^\s*(?P<metric>[a-z][a-z0-9_.]*)\s*(?:\[(?P<subject>[^\]]*)\])?\s*"
    r"(?P<comparison>>=|<=)\s*(?P<threshold>[-+0-9.eE_]+)\s*$"
)


def read_short(text: str) -> dict[str, Any] | None:
    """Read a criterion in short; None when it is not one.

    >>> read_short("quality.accuracy[site=north] >= 0.85")["threshold"]
    '0.85'
    """
    match = _SHORT.match(text)
    if match is None:
        return None
    found: dict[str, Any] = match.groupdict()
    subject = {}
    for part in filter(None, (found.pop("subject") or "").split(",")):
        name, _, given = part.partition("=")
        subject[name.strip()] = given.strip()
    return {**found, "subject": subject}


class Acceptance(Part):
    """One line of the standard. In short: 'quality.accuracy >= 0.85' or 'metric[column=x] <= 1'."""

    metric: Text
    comparison: Comparison
    threshold: float
    subject: dict[str, str] = Field(default_factory=dict)
    """Dimensions; '*' stands for every value, each of which must pass."""
    confidence: Level = 0.95
    scope: Literal["pilot", "production", "synthetic"] | None = "production"
    stage: Stage = "production"
    limit: bool = False
    """A limit that is broken stops the pilot instead of holding it."""
    max_age_days: PositiveFloat | None = None
    why: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_short(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        found = read_short(value)
        if found is None:
            form = "'metric >= number' or 'metric[column=x] <= number'"
            if value.rstrip().endswith("%"):
                form = "the number as a share of one"
            msg = (
                f"'{value}' is not a criterion; write {form}, for example: quality.accuracy >= 0.85"
            )
            raise ValueError(msg)
        return found


class Adjustment(Part):
    """A change to one criterion of the default standard; a looser one is shown as such."""

    threshold: float | None = None
    confidence: Level | None = None
    max_age_days: PositiveFloat | None = None
    limit: bool | None = None
    apply: bool = True
    """False takes the criterion out, which every verdict then shows."""
    why: Text
    """The reason; it stands in every verdict."""


Severity = Annotated[float, Field(gt=0, le=1)]
"""A share of the rows that are corrupted; none would be no test."""


class Stress(Part):
    """Tests made to break the system, and how much it may suffer (R401, R402)."""

    operators: tuple[Name, ...] = ()
    """Which corruptions; all that fit the data when empty."""
    severities: Annotated[tuple[Severity, ...], Field(min_length=1)] = (0.05, 0.25)
    """Shares of the rows that are corrupted."""
    columns: tuple[Text, ...] = ()
    """Which columns; those that the system is given when empty."""
    rows: PositiveInt = 5_000
    """How many production rows each corruption is tried on; 100 by default for a chat system."""
    combine: Annotated[int, Field(ge=0, le=20)] = 3
    """How many pairs of the worst corruptions are tried together."""
    files: tuple[Source, ...] = ()
    """Broken files of your own, given to the system as they are. A plain string is a path."""
    max_requests: PositiveInt | None = None
    """Most answers that the system is asked for in all; 2,000 by default for a chat system."""
    seed: NonNegativeInt = 20260101
    max_quality_drop: Share | None = None
    """Largest accepted drop of the quality metric."""
    max_silent_failure: Share | None = None
    """Largest accepted share of answers that are wrong and confident."""

    @field_validator("files", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return [value] if isinstance(value, str | dict) else value


class Load(Part):
    """From the pilot's users to the whole company's (R403, R903)."""

    pilot_users: PositiveInt = 50
    users: PositiveInt
    requests_per_user_per_day: PositiveFloat = 30.0
    peak_share_of_day: Share | None = None
    """Share of the day's requests that falls into the busiest hour."""
    give_up_after_s: PositiveFloat = 10.0
    arrivals: Literal["closed", "open"] = "closed"
    """Users who think, ask and wait; or requests that come whatever happens (Poisson)."""
    levels: tuple[PositiveInt, ...] = ()
    """Numbers of users on the way up; five from pilot_users to users when empty."""
    measure_up_to: PositiveInt | None = None
    """No more users than this are really sent; what lies beyond is predicted, and called so."""
    seconds: PositiveFloat = 30.0
    """How long each level is measured, after its warm-up."""
    p95_latency_s: PositiveFloat | None = None
    max_error_rate: Share | None = None
    max_abandonment: Share | None = None


class VolumeDiscount(Part):
    """What lies above so many requests a month costs less."""

    above_requests: PositiveInt
    share: Share
    """Share of the price of a request that is let off."""


class Price(Part):
    """What a use costs, in the currency of the budget. What is not given costs nothing."""

    per_request: float | None = Field(default=None, ge=0)
    per_million_input_tokens: float | None = Field(default=None, ge=0)
    per_million_cached_input_tokens: float | None = Field(default=None, ge=0)
    """Input tokens that the service had cached; as other input tokens when unset."""
    per_million_output_tokens: float | None = Field(default=None, ge=0)
    per_second: float | None = Field(default=None, ge=0)
    per_seat_per_month: float | None = Field(default=None, ge=0)
    fixed_per_month: float | None = Field(default=None, ge=0)
    model: Text | None = None
    """Name in the offline price table, such as 'gpt-4o-mini'; what is given here goes before it."""
    provider: Text | None = None
    """Of the model in the price table, where several offer it."""
    usd_rate: PositiveFloat | None = None
    """What one US dollar, in which the table is kept, is in the currency of the budget."""
    retries_are_billed: bool = True
    """Whether a request that was sent again is paid again."""
    own_cache_share: Share = 0.0
    """Share of requests that a cache of your own answers, at no price but what is fixed."""
    discounts: tuple[VolumeDiscount, ...] = ()


class Limit(Part):
    """One limit of spending, for the pilot or for each of its teams, users or keys."""

    per: Literal["pilot", "team", "user", "key"] = "pilot"
    only: Name | None = None
    """One team, user or key by name; each of them when unset."""
    period: Literal["day", "month", "life"] = "month"
    """Calendar days and months of the budget's time zone; 'life' never begins anew."""
    money: PositiveFloat | None = None
    """In the currency of the budget."""
    tokens: PositiveInt | None = None
    requests: PositiveInt | None = None

    @model_validator(mode="after")
    def _limits_something(self) -> Limit:
        if self.money is None and self.tokens is None and self.requests is None:
            msg = "nothing is limited; give money, tokens or requests, for example: money: 10"
            raise ValueError(msg)
        if self.only is not None and self.per == "pilot":
            msg = f"'only: {self.only}' needs to say of what; write per: team, user or key"
            raise ValueError(msg)
        return self


class Budget(Part):
    """What it may cost (R404, R902)."""

    currency: Currency
    per_month: PositiveFloat
    per_day: PositiveFloat | None = None
    per_transaction: PositiveFloat | None = None
    working_days_per_month: PositiveFloat = 21.0
    growth_per_month: float = Field(default=0.0, ge=-0.5, le=5)
    """Growth of use from month to month, as a share."""
    rows: PositiveInt = 200
    """How many production rows are put through the system to see what one costs."""
    on_exceeded: Literal["notify", "block", "fallback"] = "notify"
    """In production: go on and say so, answer 429, or let the fallback answer."""
    limits: tuple[Limit, ...] = ()
    """Besides per_month and per_day, which hold for the pilot."""
    notify_at: Annotated[float, Field(gt=0, lt=1)] = 0.8
    """Share of a limit from which on people are told."""
    time_zone: Text = "UTC"
    """Where a day and a month begin: 'Europe/Berlin'."""
    unfinished: Literal["charge", "release"] = "charge"
    """What becomes of money held for requests that were sent and whose end is not known."""
    when_unreachable: Literal["refuse", "allow"] = "refuse"
    """What becomes of requests while the store of the budget cannot be reached."""
    price: Price | None = None
    sunk: float | None = Field(default=None, ge=0)
    """Spent before the pilot began."""


class Assumption(Part):
    """What the system was built on, and what would show that it no longer holds (R109)."""

    name: Name
    statement: Text
    metric: Text | None = None
    """The metric that is watched."""
    subject: dict[str, str] = Field(default_factory=dict)
    holds_from: float | None = None
    """Below this value of the metric the assumption is refuted."""
    holds_to: float | None = None
    """Above this value of the metric the assumption is refuted."""

    @model_validator(mode="after")
    def _testable(self) -> Assumption:
        if self.metric is not None and self.holds_from is None and self.holds_to is None:
            msg = "nothing is said that would refute it; give holds_from, holds_to or both"
            raise ValueError(msg)
        if None not in (self.holds_from, self.holds_to) and self.holds_from > self.holds_to:  # type: ignore[operator]
            msg = (
                f"'holds_from' ({self.holds_from:g}) is above 'holds_to' ({self.holds_to:g}), "
                "so that the assumption never holds; exchange the two"
            )
            raise ValueError(msg)
        return self
