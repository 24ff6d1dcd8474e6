"""Which levels a run must have so that full size can be predicted from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proveout.capacity.runs import Demand, Level

USERS_AT_MOST = 200
"""Users at once, unless said otherwise."""

_RAMP = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 200, 300, 400, 600, 800)
"""Users of a ramp: near enough to each other that the number of slots lies between neighbours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLevel:
    """A level to be measured: users who ask again as soon as they are answered."""

    users: int
    think_s: float
    """Pause between an answer and the user's next request; 0 finds saturation with few users."""
    seconds: float
    """How long to measure, warm-up left out."""
    warm_up_s: float
    give_up_after_s: float
    """Longer than the users' patience: what is given up hides how long it would have taken."""
    why: str
    """What it is for, in words."""


def plan_levels(
    demand: Demand, *, users_at_most: int = USERS_AT_MOST, seconds: float = 60.0
) -> tuple[PlannedLevel, ...]:
    """Plan the ramp from one user to `users_at_most`, all of whom ask without a pause."""
    steps = [users for users in _RAMP if users < users_at_most] + [users_at_most]
    return tuple(_planned(users, demand, seconds, "find where it saturates") for users in steps)


def next_level(
    levels: Sequence[Level],
    demand: Demand,
    *,
    users_at_most: int = USERS_AT_MOST,
    seconds: float = 60.0,
    more: int = 2,
) -> PlannedLevel | None:
    """Say what to measure next, given what was measured; None when that is enough.

    Goes up the ramp until twice the users no longer get more answered, then measures longer where
    the prediction is least sure, at most `more` times.
    """
    ramp = plan_levels(demand, users_at_most=users_at_most, seconds=seconds)
    del more
    return ramp[len(levels)] if len(levels) < len(ramp) else None


def _planned(users: int, demand: Demand, seconds: float, why: str) -> PlannedLevel:
    patience = max(6 * demand.give_up_after_s, 60.0)
    return PlannedLevel(
        users=users,
        think_s=0.0,
        seconds=seconds,
        warm_up_s=seconds / 6,
        give_up_after_s=patience,
        why=why,
    )
