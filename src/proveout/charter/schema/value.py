"""By what records it is told what the business has of it (R701, R702)."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from proveout.charter.schema.base import Name, Part, Text
from proveout.charter.schema.data import Source
from proveout.charter.schema.returns import Returns


class CaseRecord(Part):
    """Where the cases of the process are, one row each, before and after. A string is its path.

    Columns other than `at` may be missing.
    """

    source: Source
    """A source, or 'dashboard' for the observations that were given to the dashboard."""
    at: Text = "at"
    """Column with the moment at which the case began; without a zone it is UTC."""
    case: Text = "case"
    team: Text = "team"
    person: Text = "person"
    with_system: Text = "with_system"
    """Column that says whether the case was done with the system: yes or no."""
    assigned: Text = "assigned"
    """Column that says whether it was drawn to be done with it, whatever was done then."""
    volunteer: Text = "volunteer"
    """Column that says whether the person came forward: yes or no."""
    traits: tuple[Text, ...] = ()
    """Columns that were known before the case was done: kind, size, customer."""
    simulated: bool = False
    """The records come from a simulation; all that is found in them is then called so."""

    @model_validator(mode="before")
    @classmethod
    def _from_path(cls, value: Any) -> Any:
        return {"source": value} if isinstance(value, str) else value


class TeamRollout(Part):
    """From when on a team has it."""

    team: Text
    on: date


class Value(Part):
    """How the effect on the KPIs is told from everything else that changed."""

    records: CaseRecord | None = None
    design: Literal["auto", "randomised", "alternating", "staggered", "before-after", "matched"] = (
        "auto"
    )
    """How it came about who had the system; 'auto' takes the strongest that the records allow."""
    assigned_by: Literal["case", "person", "team", "day", "week"] = "case"
    """What was drawn, where it was randomised or alternating."""
    assigned_share: float | None = Field(default=None, gt=0, lt=1)
    """The share that was meant to have it, 0.5 for a fair coin; the sizes of the two sides are then
    held against it."""
    rolled_out: date | None = None
    """From when on all had it."""
    rollout: tuple[TeamRollout, ...] = ()
    """From when on each team had it, where they did not begin at once."""
    control_teams: tuple[Text, ...] = ()
    """Teams that never have it and whose figure goes through the same seasons."""
    decides_on: date | None = None
    """One planned day of decision; without it one may look and decide on every day, at the price of
    a wider interval."""
    until: date | None = None
    """The last day that is counted; today when unset."""
    season_days: PositiveInt | None = None
    """Length of the season, where it is not the week and the year."""
    cases_per_month: PositiveFloat | None = None
    """How many cases there are in a month once all have it; counted in the records when unset."""
    returns: Returns | None = None


class Measured(Part):
    """How a KPI is taken from the records: one of `value`, `begins` with `ends`, `happened`."""

    source: CaseRecord | None = None
    """Where it is not in value.records."""
    value: Text | None = None
    """Column with the figure of each case."""
    begins: Text | None = None
    """Columns with two moments: the time between them, in the KPI's unit; open while `ends` is
    empty."""
    ends: Text | None = None
    happened: Text | None = None
    """Column that says yes or no: the share of cases in which it is yes."""
    per: Text | None = None
    """Column that `value` is counted per: documents, hours."""
    times: PositiveFloat = 1.0
    """What the figure is multiplied by to be in the KPI's unit: 1000 for errors/1000."""
    statistic: Literal["mean", "median", "p75", "p90", "p95"] = "mean"
    horizon: PositiveFloat | None = None
    """The longest time that is counted, in the KPI's unit; needed for a mean of open cases."""
    name: Name | None = Field(default=None)
    """What it is called in the dashboard's observations; the KPI's name when unset."""

    @model_validator(mode="after")
    def _one_way(self) -> Measured:
        ways = [
            self.value is not None,
            self.begins is not None or self.ends is not None,
            self.happened is not None,
        ]
        if sum(ways) != 1 or (self.begins is None) != (self.ends is None):
            msg = (
                "a KPI is measured in one way: 'value' (a column with the figure), 'begins' and "
                "'ends' (the time between), or 'happened' (yes or no); give one of them"
            )
            raise ValueError(msg)
        if self.per is not None and self.value is None:
            msg = "'per' is what 'value' is counted per; give 'value' as well"
            raise ValueError(msg)
        return self
