"""What goes wrong and when, in hours of the scenario; a drill compresses them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, model_validator

from proveout.charter.schema.base import Name, Part, Text
from proveout.faults.effects import Effect, Fault

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

SIGNS = {
    "latency": "Answers take much longer than usual.",
    "errors": "Requests fail with server errors.",
    "reset": "Connections break off.",
    "refused": "The service cannot be reached.",
    "slow": "Answers arrive very slowly.",
    "cut": "Answers break off in the middle.",
    "garbage": "Answers cannot be read.",
    "schema": "Answers arrive, and are not in the agreed form.",
    "content_type": "Answers arrive under a wrong content type.",
    "outage": "Requests are not answered at all.",
    "rate_limit": "Requests are turned away: too many.",
    "expired_credentials": "Requests are turned away: not authorised.",
}
"""What a monitor would show, by kind of fault."""


class ScenarioFault(Part):
    """One fault of a scenario."""

    name: Name
    from_hour: NonNegativeFloat
    to_hour: PositiveFloat
    fault: Effect
    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Of the requests that come while it is on."""
    monitor: Text | None = None
    """What a monitor would show; the notification says this and no more."""

    @property
    def sign(self) -> str:
        """What a monitor would show."""
        return self.monitor or SIGNS[self.fault.kind]

    @model_validator(mode="after")
    def _has_a_length(self) -> ScenarioFault:
        if self.to_hour <= self.from_hour:
            msg = (
                f"'to_hour' ({self.to_hour:g}) is not after 'from_hour' ({self.from_hour:g}); "
                "exchange or correct them"
            )
            raise ValueError(msg)
        return self


class Busy(Part):
    """Hours in which users ask more often."""

    from_hour: NonNegativeFloat
    to_hour: PositiveFloat
    times: Annotated[float, Field(gt=0, le=20)]
    """As often as usual."""


class Scenario(Part):
    """A stretch of hours and what goes wrong in it."""

    name: Name
    title: Text
    hours: PositiveFloat
    starts: (
        Annotated[str, Field(pattern=rf"^({'|'.join(DAYS)}) ([01]\d|2[0-3]):[0-5]\d$")] | None
    ) = None
    """Day and hour of its beginning, so that its hours can be told: 'Saturday 10:00'."""
    faults: Annotated[tuple[ScenarioFault, ...], Field(min_length=1)]
    busy: tuple[Busy, ...] = ()
    seed: NonNegativeInt = 0

    @model_validator(mode="after")
    def _fits_together(self) -> Scenario:
        names = [each.name for each in self.faults]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            msg = f"two faults are called '{twice}'; give each a name of its own"
            raise ValueError(msg)
        last = max(self.faults, key=lambda each: each.to_hour)
        if last.to_hour >= self.hours:
            msg = (
                f"'{last.name}' lasts until hour {last.to_hour:g}, and the scenario until hour "
                f"{self.hours:g}; leave time after the last fault to see that users are served "
                "again"
            )
            raise ValueError(msg)
        return self

    def factor(self, seconds: float) -> float:
        """Return how many scenario seconds pass in one second of a drill of this length."""
        return self.hours * 3600 / seconds

    def clock(self, hour: float) -> str:
        """Tell an hour of the scenario: 'Saturday 14:00', or 'hour 4' without a beginning."""
        if self.starts is None:
            return f"hour {round(hour, 2):g}"
        day, _, time = self.starts.partition(" ")
        hours, _, minutes = time.partition(":")
        whole = DAYS.index(day) * 1440 + int(hours) * 60 + int(minutes) + round(hour * 60)
        return f"{DAYS[whole // 1440 % 7]} {whole % 1440 // 60:02d}:{whole % 60:02d}"

    def span(self, from_hour: float, to_hour: float) -> str:
        """Tell a stretch of hours: 'Saturday 14:00 to 16:00'."""
        begin, end = self.clock(from_hour), self.clock(to_hour)
        first, _, _ = begin.partition(" ")
        return f"{begin} to {end.removeprefix(first + ' ')}"

    def faults_to_switch(self) -> dict[str, Fault]:
        """Return the faults by name, as the proxy takes them."""
        return {
            each.name: Fault(name=each.name, effect=each.fault, share=each.share, seed=self.seed)
            for each in self.faults
        }

    def times_busy(self, hour: float) -> float:
        """Return how often users ask now, as a multiple of the usual."""
        return next((b.times for b in self.busy if b.from_hour <= hour < b.to_hour), 1.0)
