"""One stream of evidence for each column, under one budget for the whole life of the system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from proveout.charter.schema.monitoring import FalseAlarms
from proveout.statistics.sequential import AlarmBudget, Watch, from_p_at

PART = "columns"
"""Of the false-alarm budget that belongs to the columns of the data."""
EXPECTED_P = 1e-6
"""Changes worth an alarm give p-values of about this size; evidence is strongest there."""
ROWS = "(rows)"
"""The stream of whole rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """Where all streams stand. Plain JSON by `to_dict`: it is kept in the evidence of a look."""

    budget: AlarmBudget
    watches: Mapping[str, Watch]

    @classmethod
    def begin(cls, names: Iterable[str], *, begins: datetime, allowed: FalseAlarms) -> Self:
        """Begin at the first look."""
        budget = AlarmBudget.of_part(
            PART, list(names), begins=begins,
            probability=allowed.probability, life_days=allowed.life_days,
        )  # fmt: skip
        return cls(budget=budget, watches={name: budget.watch(name) for name in budget.shares})

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Rebuild from the plain form."""
        return cls(
            budget=AlarmBudget.from_dict(plain["budget"]),
            watches={name: Watch.from_dict(each) for name, each in plain["watches"].items()},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        watches = {name: watch.to_dict() for name, watch in self.watches.items()}
        return {"budget": self.budget.to_dict(), "watches": watches}

    def until(self) -> datetime | None:
        """Return up to when rows have been counted; None before the first look."""
        seen = [watch.until for watch in self.watches.values() if watch.until is not None]
        return max(seen, default=None)

    def resolved(self, settled: Mapping[str, datetime]) -> Streams:
        """Begin those streams anew whose alarm somebody has resolved since it was raised."""
        budget, watches = self.budget, dict(self.watches)
        for name, at in settled.items():
            watch = watches.get(name)
            if watch is None or watch.alarmed_at is None or at < watch.alarmed_at:
                continue
            budget = budget.resolved(name, at=at)
            # Rows up to the last look have been counted; they do not come again.
            watches[name] = replace(budget.watch(name), until=watch.until)
        return Streams(budget=budget, watches=watches)

    def after(self, p_values: Mapping[str, float], *, until: datetime) -> Streams:
        """Count one more look: a p-value for each stream for which one could be computed."""
        budget, watches = self.budget, dict(self.watches)
        for name, p in p_values.items():
            if name not in watches:
                begins = self.until() or budget.begins
                if budget.reserve <= 0 or begins >= budget.ends:
                    continue
                budget = budget.with_stream(name, begins=begins)
                watches[name] = budget.watch(name)
            if watches[name].is_new(until):
                watches[name] = watches[name].after(from_p_at(p, EXPECTED_P), until=until)
        return Streams(budget=budget, watches=watches)
