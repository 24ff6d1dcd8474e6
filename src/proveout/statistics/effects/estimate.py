"""What a design finds: three figures that belong together, and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

DesignName = Literal["randomised", "alternating", "staggered", "before-after", "matched"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value with its interval."""

    value: float
    low: float
    high: float

    @property
    def within_one(self) -> Figure:
        """Return the same as a share can be: from 0 to 1."""
        low, value, high = (min(1.0, max(0.0, each)) for each in (self.low, self.value, self.high))
        return Figure(value=value, low=low, high=high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One statement that must hold for the figures to mean what they say."""

    name: str
    """'parallel-trends'."""
    statement: str
    """'Without the system, teams that got it early would have gone the way of the others.'"""
    state: Literal["holds", "doubtful", "broken", "untested"]
    """`untested`: the cases cannot tell. `broken` makes the estimate no evidence of an effect."""
    seen: str
    """What was looked at and found, as a sentence with its figures."""
    breaks_by: str
    """What would break it, in words of the business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What the system did to the figure."""

    design: DesignName
    baseline: Figure
    """The manual way, as measured among those whom the estimate is about."""
    effect: Figure
    """What the system adds to it; below zero where it makes it smaller."""
    level: Figure
    """baseline + effect: the figure that the system comes to under the conditions of the baseline.
    This is what a sealed threshold is held against; trends and seasons are not in it."""
    share: Figure | None
    """effect / baseline; None where the baseline is not above zero."""
    confidence: float
    """Two-sided level of the intervals."""
    n_with: int
    n_without: int
    n_clusters: int
    """How many independent parts (cases, persons, teams, days) the intervals rest on."""
    method: str
    """Short, for the interval: 'cluster-robust t(38), CUPED'."""
    sentence: str
    """How it was found, as an operations manager says it."""
    assumptions: tuple[Assumption, ...] = ()
    details: dict[str, Any] | None = None
    """Small JSON for charts: per team, per period."""

    @property
    def is_broken(self) -> bool:
        """Whether something that it rests on is not so."""
        return any(each.state == "broken" for each in self.assumptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """No figure, rather than a confident wrong one."""

    design: DesignName
    why: str
    """A clause: 'the figure was falling for months before the rollout'."""
    next_step: str
    assumptions: tuple[Assumption, ...] = ()


def as_details(estimate: Estimate) -> dict[str, Any]:
    """Write an estimate as small JSON for the details of evidence."""
    from dataclasses import asdict

    told = asdict(estimate)
    told["assumptions"] = [asdict(each) for each in estimate.assumptions]
    return told
