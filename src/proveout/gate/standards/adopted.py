"""How people take it up: what `scale` and `continue` ask of adoption (R603, R605, R906)."""

from __future__ import annotations

from datetime import timedelta

from proveout.charter.schema import Stage
from proveout.gate.model import Criterion
from proveout.gate.standards.terms import days, in_production

_BY_TEAM = "The page Adoption shows by team; then: proveout check adoption."


def kept_up(stage: Stage, *, max_age: timedelta) -> tuple[Criterion, ...]:
    """Return what is asked as long as it is in use: that those who began go on."""
    return (
        in_production(
            stage, "retained", "adoption.retained_share", ">=", 0.80, max_age=max_age,
            title="{} of those who used it go on using it",
            fix=f"Ask those who stopped. {_BY_TEAM}",
            sources=("R603", "one in five may move or be away; at more, use halves in 3 windows"),
        ),
        in_production(
            stage, "abandoned", "adoption.abandoned_share", "<=", 0.10, max_age=max_age,
            title="{} of uses are broken off",
            fix=f"Look at the cases that people broke off, and at how long they waited. {_BY_TEAM}",
            sources=("R605", "one in ten is haste; more is a reason"),
        ),
        in_production(
            stage, "old-way", "adoption.old_way_share", "<=", 0.30, max_age=max_age,
            title="{} of cases are done the old way",
            fix=f"Ask those who go the old way what they get there. {_BY_TEAM}",
            sources=("R603", "R605", "the rest of the 70 % who use it; asked where "
                     "adoption.old_way names the second source"),
        ),
    )  # fmt: skip


BEFORE_WIDENING: tuple[Criterion, ...] = (
    in_production(
        "scale", "activated", "adoption.activated_share", ">=", 0.80, max_age=days(92),
        title="{} of those it was made for have got something out of it",
        fix=f"Find out where people stop before their first good answer. {_BY_TEAM}",
        sources=("R603", "above the 70 % who use it: some try it and do not stay"),
    ),
    in_production(
        "scale", "first-value", "adoption.first_value_days", "<=", 14, max_age=days(92),
        title="Half of the people get something out of it within {}",
        fix="Shorten the way to the first good answer: access, training, the first case. "
            f"{_BY_TEAM}",
        sources=("R603", "14 days: two weeks after the training, what was not used is forgotten"),
    ),
    in_production(
        "scale", "predicted-reject-rate", "adoption.predicted_reject_rate", "<=", 0.30,
        max_age=days(92),
        title="{} of the others can be expected not to take it up",
        fix=f"Let people who did not volunteer use it, and ask those who leave. {_BY_TEAM}",
        sources=("R111", "R605", "the rest of the 70 % who are to use it; volunteers predict "
                 "nobody but themselves"),
    ),
)  # fmt: skip
