"""Which levels a run must have so that full size can be predicted from it.

Two hundred people who ask thirty times a day bring a third of a request a second, and say nothing
about ten thousand. Two hundred who ask again as soon as they are answered saturate whatever has
fewer than two hundred slots. So the ramp is climbed without pauses, from one user, who shows how
long the work takes alone, to so many that more of them no longer get more answered, which shows
slots and contention. Where the peak lies near saturation, that is not precise enough; then the
peak's own rate is rehearsed for longer, by the same few users with short pauses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from proveout.capacity.fitting import Fitted, as_fitted, fit
from proveout.capacity.peak import capacity_per_s, utilisation
from proveout.capacity.predicting import predict
from proveout.capacity.prediction import Prediction, Trust
from proveout.capacity.runs import Demand, Level, Outcome

USERS_AT_MOST = 200
"""Users at once, unless said otherwise."""
REHEARSALS = 3
"""How often the peak's rate may be measured when a prediction would be refused."""

_RAMP = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 200, 300, 400, 600, 800)
"""Users of a ramp: near enough to each other that the number of slots lies between neighbours."""
_PATIENCE = 6.0
"""How many times as long as in earnest users wait while it is found out how long work takes."""
_REHEARSED = 10.0
"""How many times as long as a level of the ramp the peak's own rate is measured."""
_FLAT = 0.05
"""Throughputs that differ by less are the same."""
_FLAT_LEVELS = 3
_OVERLOADED = 1.3
"""Utilisation from which on slots are simply kept at work."""
_HOPELESS = 0.2
"""Share of requests given up, for all their patience, from which on nothing is learned."""
_BEYOND = 2.5
"""Users for each slot at which the ramp may end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLevel:
    """A level to be measured."""

    users: int
    think_s: float
    """Mean of the pause between an answer and the user's next request, exponential; 0 is none."""
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
    why = "to see how long the work takes, and from how many users on it no longer does more"
    return tuple(_planned(users, 0.0, seconds, demand, why) for users in steps)


def next_level(
    levels: Sequence[Level],
    demand: Demand,
    *,
    users_at_most: int = USERS_AT_MOST,
    seconds: float = 60.0,
    rehearsals: int = REHEARSALS,
    trust: Trust | None = None,
) -> PlannedLevel | None:
    """Say what to measure next, given what was measured; None when no more is needed, or helps.

    Args:
        levels: those measured so far, in the order in which this function asked for them.
        demand: what full size is.
        users_at_most: users at once.
        seconds: of each level of the ramp; a rehearsal takes ten times as long.
        rehearsals: how often the peak's rate may be measured when a prediction would be refused.
        trust: how far off the prediction may be.
    """
    ramp = plan_levels(demand, users_at_most=users_at_most, seconds=seconds)
    climbed = _climbed(levels, ramp)
    if climbed < len(ramp) and climbed == len(levels) and not _saturated(levels):
        return ramp[climbed]
    if len(levels) - climbed >= rehearsals:
        return None
    fitted = fit(levels)
    trust = trust or Trust()
    # More doubtful than the prediction itself will be: by chance that may be refused otherwise.
    doubtful = replace(trust, risk=trust.risk / 3)
    said = predict(fitted, demand, trust=doubtful)
    if isinstance(said, Prediction) or not said.longer_helps:
        return None
    return _rehearsal(fitted, demand, users_at_most, seconds)


def _climbed(levels: Sequence[Level], ramp: Sequence[PlannedLevel]) -> int:
    """Count the levels that belong to the ramp."""
    n = 0
    while n < min(len(levels), len(ramp)) and levels[n].users == ramp[n].users:
        n += 1
        if _saturated(levels[:n]):
            break
    return n


def _saturated(levels: Sequence[Level]) -> bool:
    """Whether more users no longer get more answered, and slots explain it; or get nothing."""
    if not levels:
        return False
    outcome, users = levels[-1].requests.outcome, levels[-1].users
    if float((outcome == Outcome.GAVE_UP).mean()) > _HOPELESS:
        return True
    if len(levels) <= _FLAT_LEVELS:
        return False
    if int((outcome == Outcome.ANSWERED).sum()) < users:
        return True
    answered = [
        float((level.requests.outcome == Outcome.ANSWERED).sum()) / level.seconds
        for level in levels[-_FLAT_LEVELS:]
    ]
    if max(answered) <= 0 or min(answered) < (1 - _FLAT) * max(answered):
        return False
    found = fit(levels).candidates
    slots = found[0].slots if found else None
    return slots is not None and levels[-1].users >= _BEYOND * slots


def _rehearsal(fitted: Fitted, demand: Demand, users_at_most: int, seconds: float) -> PlannedLevel:
    """Let the users there may be bring what the peak will bring, or as much as can be worked on.

    No more users than are answered within half their patience, for then nothing is given up.
    """
    system = as_fitted(fitted)
    rate, users, pause = demand.peak_rate_per_s, users_at_most, 0.0
    if system.slots is not None:
        answered_in_time = capacity_per_s(system) * _PATIENCE * demand.give_up_after_s / 2
        users = min(users, max(2 * system.slots, int(answered_in_time)))
    if utilisation(system, rate) < _OVERLOADED:
        pause = max(users / rate - system.slowing.alone_s, 0.0)
    why = "to see more exactly what happens at the rate of the peak"
    return _planned(users, pause, seconds * _REHEARSED, demand, why)


def _planned(users: int, think_s: float, seconds: float, demand: Demand, why: str) -> PlannedLevel:
    return PlannedLevel(
        users=users,
        think_s=think_s,
        seconds=seconds,
        warm_up_s=seconds / 6,
        give_up_after_s=_PATIENCE * demand.give_up_after_s,
        why=why,
    )
