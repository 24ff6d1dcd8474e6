"""The cases of a process, before and after a system came into it, as columns."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

AssignedBy = Literal["case", "person", "team", "day", "week"]
"""What was drawn: each case by itself, or all of a person, team, day or week together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """Which figure of many cases is meant."""

    kind: Literal["mean", "quantile", "share", "rate"]
    """`share`: values are 0 and 1. `rate`: sum of values over sum of `exposure`."""
    quantile: float | None = None
    """0.5 for the median, where kind is 'quantile'."""
    horizon: float | None = None
    """Longest time that is counted, in the unit of the values: a mean is then that of min(value,
    horizon). Needed for the mean of values of which some are still open."""
    lower_is_better: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """One KPI, one entry a case; all columns are of one length, None where they are not known."""

    value: Floats
    """Of an open case: the time so far."""
    day: Ints
    """When it began, in whole days since 1970-01-01 (UTC)."""
    with_system: Flags
    """Whether it was done with the system; of an assigned case, whether it was assigned to it."""
    is_open: Flags | None = None
    """Right-censored: the value is at least this."""
    as_of: int | None = None
    """The day at whose end the record was drawn; open cases are as old as that."""
    moment: Floats | None = None
    """When it began, in days since 1970 with their fraction; needed where cases take time."""
    days_per_unit: float | None = None
    """Where values are times: how many days a value of 1 is."""
    exposure: Floats | None = None
    """What a rate is counted over: documents, hours."""
    team: Ints | None = None
    """Codes 0, 1, …; -1 where it is not known."""
    person: Ints | None = None
    used: Flags | None = None
    """Whether an assigned case was really done with the system, where that differs."""
    before: Floats | None = None
    """What is known of each case from before the rollout and foretells its value: the mean of the
    same person or team before it (CUPED); nan where there is none."""
    traits: Floats | None = None
    """cases × traits: what is known of each case and was not changed by the system; nan where
    missing. Categories come as columns of 0 and 1."""
    trait_names: tuple[str, ...] = ()
    volunteer: Flags | None = None
    """Whether the person came forward by themselves."""
    rolled_out: Ints | None = None
    """Day from which on the case's team had the system; a large number where it never has."""
    is_control: Flags | None = None
    """Cases of a part of the business that the system never touches: the control series."""

    def __len__(self) -> int:
        return len(self.value)

    def where(self, chosen: Flags) -> Cases:
        """Return the chosen cases."""
        columns: dict[str, Any] = {
            each.name: column[chosen]
            for each in fields(self)
            if isinstance(column := getattr(self, each.name), np.ndarray)
        }
        return replace(self, **columns)

    def until(self, day: int) -> Cases:
        """Return what a record drawn at the end of that day would have held.

        Cases that began later are not in it; where values are times, those that ended later are
        still open, and as old as they were then. Raises ValueError where cases take time and
        `moment` is not known.
        """
        kept = self.where(self.day <= day)
        as_of = day if self.as_of is None else min(day, self.as_of)
        if self.days_per_unit is None:
            return replace(kept, as_of=as_of)
        if kept.moment is None:
            msg = "when cases began has to be known to the moment, since they take time"
            raise ValueError(msg)
        age = (day + 1 - kept.moment) / self.days_per_unit
        is_open = kept.value > age
        if kept.is_open is not None:
            is_open |= kept.is_open
        return replace(kept, as_of=as_of, value=np.minimum(kept.value, age), is_open=is_open)


NEVER = np.int64(2**40)
"""`rolled_out` of a team that never gets the system."""
