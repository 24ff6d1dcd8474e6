"""Holding the system to its standard while it is in use (R501, R504, R901, R906)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from proveout.charter.schema.base import Part, Person, Text

MonitoredCheck = Literal[
    "readiness", "quality", "drift", "cost", "latency", "adoption", "exceptions", "assumptions",
    "value",
]  # fmt: skip


class FalseAlarms(Part):
    """How often people may be called for nothing: one budget for everything that is watched."""

    probability: float = Field(default=0.05, gt=0, lt=1)
    """Of ever being called for nothing in the life of the system."""
    life_days: PositiveFloat = 365.0


class Consequences(Part):
    """What the gate 'continue' sets off."""

    hold: Literal["notify", "stop-widening", "roll-back"] = "notify"
    stop: Literal["notify", "stop-widening", "roll-back"] = "roll-back"


class UsageSource(Part):
    """People for whom it was made, by team, so that use can be told as a share."""

    team: Text
    people: PositiveInt
    volunteers: NonNegativeInt | None = None


class Monitoring(Part):
    """Which checks look at the prediction log, how often, and who is called."""

    every_hours: PositiveFloat = 24.0
    window_days: PositiveFloat = 7.0
    """How much of the log a monitor looks at."""
    window_requests: PositiveInt | None = None
    """At least so many; the window reaches further back where there are fewer."""
    checks: tuple[MonitoredCheck, ...] = (
        "readiness", "quality", "drift", "cost", "latency", "adoption", "exceptions", "assumptions",
        "value",
    )  # fmt: skip
    false_alarms: FalseAlarms = Field(default_factory=FalseAlarms)
    label_delay_days: NonNegativeFloat | None = None
    """How long it takes until the true answer is known, 0 for at once; found from the labels when
    unset."""
    harm: PositiveFloat = 2.0
    """An error rate so many times the pilot's is harm that must be found."""
    teams: tuple[UsageSource, ...] = ()
    notify: tuple[Text, ...] = ()
    """Channels as Apprise URLs; secrets by environment variable: '${OPS_CHANNEL}'. None is called
    until one is given."""
    acts: Person | None = None
    """Who acts on an alarm; the reviewer when unset."""
    consequences: Consequences = Field(default_factory=Consequences)
