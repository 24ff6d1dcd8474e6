"""One score, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from proveout.evidence.model import Interval
from proveout.statistics._proportions import wilson
from proveout.statistics.judged import Judged

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_ROWS = {
    "reason": "there is no row with a known true answer",
    "next_step": "Check that data.label names the column of true answers and that it is filled.",
}
NO_TOLERANCE = {
    "reason": "the charter does not say how far off an answer may be",
    "next_step": "Say it in the unit of the label: system.tolerance",
}
NO_CONFIDENCE = {
    "reason": "the system states no confidence",
    "next_step": "Let the system return a confidence from 0 to 1 with each answer.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One figure."""

    metric: str
    """Name within the family: 'accuracy'."""
    value: float
    interval: Interval
    n: int
    """Rows that the figure rests on."""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unscored:
    """A figure that applies but could not be had."""

    metric: str
    reason: str
    next_step: str


Result = Score | Unscored


def share(metric: str, k: int, n: int, level: float, **details: Any) -> Score:
    return Score(
        metric=metric, value=k / n, interval=wilson(k, n, level=level), n=n, details=details
    )


def answered_only(metric: str, judged: Judged, value: float, interval: Interval) -> Score:
    n = int(judged.answered.sum())
    return Score(
        metric=metric,
        value=value,
        interval=interval,
        n=n,
        details={"n_unanswered_left_out": judged.n - n},
    )


def too_few(metric: str, n: int, wanted: int) -> Unscored:
    return Unscored(
        metric=metric,
        reason=f"{n} answered rows are too few for an interval that holds",
        next_step=f"Bring at least {wanted} labelled rows that the system answers.",
    )


def distinct(values: NDArray[Any]) -> list[str]:
    return sorted({value for value in values.tolist() if value is not None})


def listed(values: list[str], most: int = 4) -> str:
    shown = ", ".join(repr(value) for value in values[:most])
    return shown if len(values) <= most else f"{shown} and {len(values) - most} more"
