"""What a control chart shows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["xmr", "p", "p-prime", "u", "u-prime"]
Rule = Literal["beyond-limits", "two-of-three", "run"]
Side = Literal["above", "below"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One period."""

    day: int
    """Its first day, in days since 1970-01-01."""
    value: float
    low: float
    high: float
    """Between these limits chance keeps a process that did not change."""
    n: int
    """Cases."""
    is_after: bool
    """Whether it begins on or after the day of the rollout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Neighbouring points which chance would hardly make."""

    rule: Rule
    side: Side
    first: int
    last: int
    """Indices of the first and the last point on which the rule speaks."""
    is_after: bool
    """Whether it speaks from the rollout on."""
    is_better: bool
    """Whether that side is the wanted one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlChart:
    """Points, centre and limits, and what speaks for a change."""

    kind: Kind
    points: tuple[Point, ...]
    centre: float
    days: int
    """Length of a period: 7 or 28."""
    rolled_out: int | None
    """Day of the rollout; None where there is none for all."""
    n_limits: int
    """How many points the limits were taken from: those before the rollout, or all."""
    is_provisional: bool
    """Too few points for limits that last: they still move with each further point."""
    overdispersion: float
    """How much more than pure chance shares or rates vary from period to period (1: not)."""
    memory: float
    """Correlation of a point with the one before it, among those the limits are from."""
    signals: tuple[Signal, ...]
    notes: tuple[str, ...]
    """What one has to know to read it, each a sentence."""


def as_details(chart: ControlChart) -> dict[str, Any]:
    """Write a chart as small JSON."""
    return asdict(chart)


def from_details(told: dict[str, Any]) -> ControlChart:
    """Read a chart that `as_details` wrote."""
    parts: dict[str, Any] = {
        **told,
        "points": tuple(Point(**each) for each in told["points"]),
        "signals": tuple(Signal(**each) for each in told["signals"]),
        "notes": tuple(told["notes"]),
    }
    return ControlChart(**parts)
