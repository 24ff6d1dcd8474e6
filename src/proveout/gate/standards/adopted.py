"""How people take it up: what `scale` and `continue` ask of adoption (R603, R605, R906)."""

from __future__ import annotations

from datetime import timedelta

from proveout.charter.schema import Comparison, Stage
from proveout.gate.model import Criterion
from proveout.gate.standards.terms import days


def _adopted(
    stage: Stage,
    name: str,
    metric: str,
    comparison: Comparison,
    threshold: float,
    *,
    title: str,
    fix: str,
    sources: tuple[str, ...],
    max_age: timedelta,
) -> Criterion:
    return Criterion(
        id=f"{stage}.{name}",
        stage=stage,
        title=title,
        metric=f"adoption.{metric}",
        comparison=comparison,
        threshold=threshold,
        scope="production",
        max_age=max_age,
        family="business",
        fix=f"{fix} The page Adoption shows by team; then: proveout check adoption.",
        role="production owner",
        sources=sources,
    )


def kept_up(stage: Stage, *, max_age: timedelta) -> tuple[Criterion, ...]:
    """Return what is asked as long as it is in use: that those who began go on."""
    return (
        _adopted(
            stage, "retained", "retained_share", ">=", 0.80, max_age=max_age,
            title="{} of those who used it go on using it",
            fix="Ask those who stopped.",
            sources=("R603", "one in five may move or be away; at more, use halves in 3 windows"),
        ),
        _adopted(
            stage, "abandoned", "abandoned_share", "<=", 0.10, max_age=max_age,
            title="{} of uses are broken off",
            fix="Look at the cases that people broke off, and at how long they waited.",
            sources=("R605", "one in ten is haste; more is a reason"),
        ),
        _adopted(
            stage, "old-way", "old_way_share", "<=", 0.30, max_age=max_age,
            title="{} of cases are done the old way",
            fix="Ask those who go the old way what they get there.",
            sources=("R603", "R605", "the rest of the 70 % who use it; asked where "
                     "adoption.old_way names the second source"),
        ),
    )  # fmt: skip


BEFORE_WIDENING: tuple[Criterion, ...] = (
    _adopted(
        "scale", "activated", "activated_share", ">=", 0.80, max_age=days(92),
        title="{} of those it was made for have got something out of it",
        fix="Find out where people stop before their first good answer.",
        sources=("R603", "above the 70 % who use it: some try it and do not stay"),
    ),
    _adopted(
        "scale", "first-value", "first_value_days", "<=", 14, max_age=days(92),
        title="Half of the people get something out of it within {}",
        fix="Shorten the way to the first good answer: access, training, the first case.",
        sources=("R603", "14 days: two weeks after the training, what was not used is forgotten"),
    ),
    _adopted(
        "scale", "predicted-reject-rate", "predicted_reject_rate", "<=", 0.30, max_age=days(92),
        title="{} of the others can be expected not to take it up",
        fix="Let people who did not volunteer use it, and ask those who leave.",
        sources=("R111", "R605", "the rest of the 70 % who are to use it; volunteers predict "
                 "nobody but themselves"),
    ),
)  # fmt: skip
