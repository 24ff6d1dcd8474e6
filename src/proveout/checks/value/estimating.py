"""Which interval decides today: that of a planned look, or of the one day that the charter names.

And the figure as it stands today, which is for reading and not for deciding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from proveout.charter.schema.value import Value
from proveout.checks.value.designing import Chosen
from proveout.checks.value.observing import Observed
from proveout.checks.value.sorting import Unseen
from proveout.checks.value.ways import day_number, day_of
from proveout.statistics.effects.cases import Cases, Statistic
from proveout.statistics.effects.estimate import Assumption, DesignName, Estimate, Figure, Refusal
from proveout.statistics.effects.looks import WEEK, decisive, planned

Estimator = Callable[..., Estimate | Refusal]
_MODULES: dict[DesignName, str] = {
    "randomised": "assigned",
    "alternating": "assigned",
    "staggered": "staggered",
    "before-after": "interrupted",
    "matched": "matched",
}
"""The module of each design; loaded when it is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """On which cut of the records it is decided, and with which interval."""

    by: Literal["looks", "one-day"]
    on: date
    confidence: float
    """Of the interval on that day; with looks it is wider than asked, so that all looks together
    err no more often than was asked."""
    number: int | None = None
    next: date | None = None

    def in_words(self) -> str:
        """Say by which interval it is decided."""
        if self.by == "one-day":
            return f"Decided on {self.on}, the one day that was planned for it (value.decides_on)."
        following = f"; the next is on {self.next}" if self.next else ""
        return (
            f"Decided at look {self.number} of the plan, on the cases until {self.on}{following}. "
            "Its range is wide enough that looking every day does no harm."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A figure that may decide."""

    estimate: Estimate
    deciding: Deciding
    running: Estimate | None
    """Of all cases so far, at the KPI's own confidence: not for deciding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """Why there is no figure that may decide."""

    why: str
    next_step: str
    assumptions: tuple[Assumption, ...] = ()
    running: Estimate | None = None
    is_waiting: bool = False
    """Whether it only takes time."""


def decide(seen: Observed, chosen: Chosen, value: Value, *, seed: int) -> Decided | Undecided:
    """Estimate on the cut that decides today."""
    as_of = seen.cases.as_of
    assert as_of is not None  # noqa: S101  # observe() gives it
    confidence = seen.kpi.confidence
    deciding = _deciding(chosen, value, as_of, confidence)
    running = estimate_on(seen, chosen, chosen.cases, confidence, seed=seed)
    so_far = running if isinstance(running, Estimate) else None
    if isinstance(deciding, Unseen):
        return Undecided(
            why=deciding.why, next_step=deciding.next_step, running=so_far, is_waiting=True
        )
    cut = day_number(deciding.on)
    if cut == as_of and deciding.confidence == confidence:
        found = running
    else:
        found = estimate_on(seen, chosen, chosen.cases.until(cut), deciding.confidence, seed=seed)
    if isinstance(found, Refusal):
        later = f" The next look is on {deciding.next}." if deciding.next else ""
        return Undecided(
            why=f"{found.why}{_cut_words(deciding, as_of)}",
            next_step=f"{found.next_step.rstrip('.')}.{later}",
            assumptions=found.assumptions,
            running=so_far,
        )
    if found.is_broken:
        broken = [each for each in found.assumptions if each.state == "broken"]
        return Undecided(
            why="the comparison rests on something that is not so: "
            + "; ".join(_clause(each.seen) for each in broken),
            next_step=f"{broken[0].breaks_by.rstrip('.')}. Remove the cause, or let it be drawn "
            "by lot who has the system (docs/value.md)",
            assumptions=found.assumptions,
            running=so_far,
        )
    return Decided(estimate=found, deciding=deciding, running=so_far)


def estimate_on(
    seen: Observed, chosen: Chosen, cases: Cases, confidence: float, *, seed: int
) -> Estimate | Refusal:
    """Estimate on a cut of the cases, in the KPI's unit."""
    found = estimator(chosen.name)(
        cases, seen.statistic, confidence=confidence, seed=seed, **chosen.options
    )
    return scaled(found, seen.scale) if isinstance(found, Estimate) else found


def mean_of(statistic: Statistic) -> Statistic:
    """Return the mean in the place of a quantile: sums of money follow from means alone."""
    return replace(statistic, kind="mean", quantile=None)


def estimator(name: DesignName) -> Estimator:
    """Return the design's estimator."""
    from importlib import import_module

    found: Estimator = import_module(f"proveout.statistics.effects.{_MODULES[name]}").estimate
    return found


def scaled(estimate: Estimate, factor: float) -> Estimate:
    """Return the same figures in another unit."""
    if factor == 1:
        return estimate

    def times(figure: Figure) -> Figure:
        return Figure(
            value=figure.value * factor, low=figure.low * factor, high=figure.high * factor
        )

    return replace(
        estimate,
        baseline=times(estimate.baseline),
        effect=times(estimate.effect),
        level=times(estimate.level),
    )


def _deciding(chosen: Chosen, value: Value, as_of: int, confidence: float) -> Deciding | Unseen:
    if value.decides_on is not None:
        if day_number(value.decides_on) > as_of:
            return Unseen(
                f"it is decided on {value.decides_on} (value.decides_on), and the records reach "
                f"to {day_of(as_of)}",
                f"Wait for that day: proveout check value on {value.decides_on} or later",
            )
        return Deciding(by="one-day", on=value.decides_on, confidence=confidence)
    first = _FIRST_LOOK.get(chosen.name, WEEK)
    look = decisive(chosen.begins, as_of, confidence=confidence, first_after=first)
    after = _next_look(chosen.begins, as_of, confidence, first)
    if look is None:
        return Unseen(
            f"it has been in use since {day_of(chosen.begins)}, the records reach to "
            f"{day_of(as_of)}, and the first look is after {first} days",
            f"Wait until {after}",
        )
    return Deciding(
        by="looks", on=day_of(look.day), confidence=look.confidence, number=look.number, next=after
    )


_FIRST_LOOK: dict[DesignName, int] = {"before-after": 6 * WEEK}
"""Days until a design can tell anything at all: a look before would spend error for nothing."""


def _next_look(begins: int, as_of: int, confidence: float, first: int) -> date | None:
    ahead = max(as_of - begins + 1, 0) + first
    until = begins + 2 * ahead + 2 * WEEK
    looks = planned(begins, until, confidence=confidence, first_after=first)
    return next((day_of(each.day) for each in looks if each.day > as_of), None)


def _cut_words(deciding: Deciding, as_of: int) -> str:
    if day_number(deciding.on) == as_of:
        return ""
    return f" (at the look of {deciding.on})"


def _clause(sentence: str) -> str:
    text = sentence.strip().rstrip(".")
    return text[:1].lower() + text[1:]


def plain(found: Any) -> Any:
    """Write details so that they can be kept: plain numbers, nothing where there is none."""
    import math

    import numpy as np

    if isinstance(found, dict):
        return {str(key): plain(item) for key, item in found.items()}
    if isinstance(found, list | tuple):
        return [plain(item) for item in found]
    if isinstance(found, np.ndarray):
        return [plain(item) for item in found.tolist()]
    if isinstance(found, np.generic):
        found = found.item()
    if isinstance(found, float) and not math.isfinite(found):
        return None
    return found.isoformat() if isinstance(found, date) else found
