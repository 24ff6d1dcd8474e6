"""Who it was made for, and how it is told who uses it (R111, R603, R605, R906)."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field, PositiveFloat, PositiveInt, field_validator, model_validator

from proveout.charter.schema.base import Part, Text
from proveout.charter.schema.data import Source

DASHBOARD = "dashboard"
"""In the place of a path: the usage that was given to the dashboard."""


class _Record(Part):
    """A source and the names of its columns. A plain string is its path."""

    source: Source

    @model_validator(mode="before")
    @classmethod
    def _from_path(cls, value: Any) -> Any:
        return {"source": value} if isinstance(value, str) else value


class Roster(_Record):
    """The people it was made for, one row each; columns other than `person` may be missing."""

    person: Text = "person"
    """Column with a name or a pseudonym, the same as in the usage."""
    team: Text = "team"
    role: Text = "role"
    volunteer: Text = "volunteer"
    """Column that says whether they came forward by themselves: yes or no."""
    eligible_from: Text = "eligible_from"
    """Column with the day from which on they could use it."""
    eligible_until: Text = "eligible_until"
    """Column with the last day on which they could."""


class UsageRecord(_Record):
    """Who used it when, one row a use; columns other than `person` and `at` may be missing."""

    person: Text = "person"
    at: Text = "at"
    """Column with the moment; without a zone it is UTC."""
    outcome: Text = "outcome"
    """Column that says how it ended."""
    case: Text = "case"
    """Column with what it was used for; the id of a request, where that is in the log as well."""
    way: Text = "way"
    """Column that says 'old' where the case was done the old way."""
    team: Text = "team"
    role: Text = "role"
    volunteer: Text = "volunteer"
    """These three are read where there is no roster."""
    kept: tuple[Text, ...] = ("kept", "accepted", "used")
    """Words of `outcome` for an answer that was followed; upper and lower case are the same."""
    overruled: tuple[Text, ...] = ("overruled", "corrected", "rejected")
    abandoned: tuple[Text, ...] = ("abandoned",)

    @field_validator("kept", "overruled", "abandoned", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _each_word_once(self) -> UsageRecord:
        words = [word.casefold() for word in (*self.kept, *self.overruled, *self.abandoned)]
        twice = next((word for word in words if words.count(word) > 1), None)
        if twice is not None:
            msg = (
                f"'{twice}' stands for two outcomes; write it under one of 'kept', 'overruled' and "
                "'abandoned'"
            )
            raise ValueError(msg)
        return self


class OldWay(_Record):
    """What was still done the old way, one row a case."""

    person: Text = "person"
    at: Text = "at"


class Adoption(Part):
    """Whether the people it was made for use it, and by what record that is told."""

    people: Roster | None = None
    usage: UsageRecord | None = None
    """A source, or 'dashboard' for the usage that was given to the dashboard."""
    old_way: OldWay | None = None
    window_days: PositiveFloat = 28.0
    """Who used it in so many days is active; who did so in those before as well is retained."""
    active_at_least: PositiveInt = 1
    """Uses in a window that make somebody active."""
    starts_on: date | None = None
    """From when on everybody could use it whose own day the roster does not give."""
    launched_on: date | None = None
    """Windows that begin on this day or later tell of production; earlier ones tell of the pilot's
    participants. Without it all imported usage is the pilot's."""
    until: date | None = None
    """The last day that is counted; today when unset."""
    fewest_told: PositiveInt = Field(default=5)
    """Teams and roles of fewer people are not told apart: they would be single persons."""
    hash: bool = False
    """The dashboard keeps no names but their HMAC-SHA256 under the environment's
    PROVEOUT_PERSON_SALT, and those of the roster are turned into the same."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """All that are named."""
        return tuple(
            each.source for each in (self.people, self.usage, self.old_way) if each is not None
        )
