"""Begin and length of the work on each request, for a supposed number of slots.

A load test sees requests fall due and end; when work on them began it does not see. First come,
first served with c slots decides it: a request begins when it comes, or, if c are ahead of it,
when all but c - 1 of those that came before it have gone. Nobody who came later can have gone by
then, so that moment is the (i - c + 1)-th departure for the i-th arrival (both from 0).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from proveout.capacity.runs import Level, Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_REQUESTS = 20_000
"""Of one level that are looked at; more would not make the fit better, only slower."""

_AT_ONCE = 0.02
"""Failures within this share of the median answer were turned away, not worked on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One level as it is looked at: requests that joined the line, in order of arrival."""

    came_s: NDArray[np.float64]
    gone_s: NDArray[np.float64]
    """When it left the system as far as the user saw."""
    left_s: NDArray[np.float64]
    """`gone_s` of all, in order of time."""
    ended: NDArray[np.bool_]
    """Whether its work is known to have ended then: answered or failed. Others are censored."""
    gave_up: NDArray[np.bool_]
    others: NDArray[np.int64]
    """How many were in the system when it came, itself counted."""
    from_s: float
    """Requests that began earlier may have met some that came before the level, and are unseen."""
    until_s: float
    """End of the level, or of the part that is looked at."""
    users: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Work on the requests of a level, for a supposed number of slots; equal lengths."""

    took_s: NDArray[np.float64]
    at_work: NDArray[np.int64]
    """How many were at work when it began, itself counted."""
    ended: NDArray[np.bool_]
    began_s: NDArray[np.float64]
    impossible: int
    """Requests that would have ended before they began: there are more slots than supposed."""


def watch(level: Level) -> Watched:
    """Order the requests of a level and leave out those that were turned away at once."""
    r = level.requests
    order = np.argsort(r.sent_s, kind="stable")
    came, gone, outcome = r.sent_s[order], r.done_s[order], r.outcome[order]
    answered = outcome == Outcome.ANSWERED
    usual = float(np.median((gone - came)[answered])) if answered.any() else 0.0
    joined = (outcome != Outcome.FAILED) | (gone - came > _AT_ONCE * usual)
    came, gone, outcome = came[joined], gone[joined], outcome[joined]
    until = level.seconds
    if len(came) > MOST_REQUESTS:
        until = float(came[MOST_REQUESTS])
        came, gone, outcome = came[:MOST_REQUESTS], gone[:MOST_REQUESTS], outcome[:MOST_REQUESTS]
    left = np.sort(gone)
    others = np.arange(1, len(came) + 1) - np.searchsorted(left, came, side="right")
    return Watched(
        came_s=came,
        gone_s=gone,
        left_s=left,
        ended=(outcome == Outcome.ANSWERED) | (outcome == Outcome.FAILED),
        gave_up=outcome == Outcome.GAVE_UP,
        others=others,
        from_s=_all_seen_from(came, gone, until),
        until_s=until,
        users=level.users,
    )


def work_with(slots: int | None, level: Watched) -> Work:
    """Tell what work there was if there were `slots` slots (None: as many as anybody wanted)."""
    began, at_work = level.came_s, level.others
    if slots is not None:
        freed = np.full(len(began), -np.inf)
        freed[slots:] = level.left_s[: max(len(began) - slots, 0)]
        began, at_work = np.maximum(began, freed), np.minimum(at_work, slots)
    took = level.gone_s - began
    never = level.gave_up & (took <= 0)
    seen = (began >= level.from_s) & (began < level.until_s) & ~never
    took, ended = took[seen], level.ended[seen]
    impossible = (took <= 0) & ended
    return Work(
        took_s=took,
        at_work=at_work[seen],
        ended=ended,
        began_s=began[seen],
        impossible=int(impossible.sum()),
    )


def _all_seen_from(came: NDArray[np.float64], gone: NDArray[np.float64], until: float) -> float:
    """Guess when the last request that came before the level had gone."""
    if not len(came) or came[0] < 0:
        return 0.0
    longest = float(np.quantile(gone - came, 0.99))
    return min(longest, until / 2)
