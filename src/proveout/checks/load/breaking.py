"""At which level it is no longer good enough, and what broke. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from proveout.capacity.runs import Level, Outcome
from proveout.checks.load.measures import Share, TooFew, latencies, percentile, share
from proveout.evidence.figures import figure

ERROR_RATE = 0.01
ABANDONMENT = 0.05
"""As in the default standard, where the charter does not say."""

LATE_SHARE = 0.05
"""What a 95th percentile leaves to be late."""

GROWTH = 1.5
"""Latency that is so much higher in the last third of a level than in the first one, and keeps
rising, is that of a queue that grows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the charter asks of the peak."""

    p95_s: float
    error_rate: float = ERROR_RATE
    abandonment: float = ABANDONMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A level that misses what is asked."""

    users: int
    held_at: int | None
    """The highest level below that was good enough; None where there was none."""
    limits: tuple[str, ...]
    """Which limits it misses: 'p95_latency', 'error_rate', 'abandonment'."""
    causes: tuple[str, ...]
    """What was seen, in words, the plainest first."""
    held_above: tuple[int, ...] = ()
    """Higher levels that were good enough all the same: chance, or something that came and went."""


def missed(level: Level, limits: Limits) -> tuple[str, ...]:
    """Name the limits that a level misses, by what was seen (not by the ends of intervals)."""
    found = []
    p95 = percentile(level, latencies(level), 0.95)
    if not isinstance(p95, TooFew) and p95.value > limits.p95_s:
        found.append("p95_latency")
    for name, outcome, most in (
        ("error_rate", Outcome.FAILED, limits.error_rate),
        ("abandonment", Outcome.GAVE_UP, limits.abandonment),
    ):
        part = share(level, outcome)
        if isinstance(part, Share) and part.value > most:
            found.append(name)
    return tuple(found)


def is_known(level: Level) -> bool:
    """Tell whether enough requests came to say that a level is good enough."""
    return not isinstance(percentile(level, latencies(level), 0.95), TooFew)


def breaking(levels: Sequence[Level], limits: Limits) -> Break | None:
    """Return the first level that misses a limit; None where all hold."""
    ordered = sorted(levels, key=lambda each: each.users)
    misses = [missed(level, limits) for level in ordered]
    held = [
        level.users for level, which in zip(ordered, misses, strict=True)
        if not which and is_known(level)
    ]  # fmt: skip
    for level, which in zip(ordered, misses, strict=True):
        if which:
            return Break(
                users=level.users,
                held_at=max((users for users in held if users < level.users), default=None),
                limits=which,
                causes=causes(level, which, limits),
                held_above=tuple(users for users in held if users > level.users),
            )
    return None


def causes(level: Level, which: Sequence[str], limits: Limits) -> tuple[str, ...]:
    """Say what was seen where limits were missed."""
    found = []
    n = len(level.requests.outcome)
    if "error_rate" in which or not _is_slow(level, limits):
        for fault, count in sorted(level.faults.items(), key=lambda each: -each[1])[:3]:
            named = "rate limit (HTTP 429)" if fault == "HTTP 429" else fault
            found.append(f"{named} for {figure(count / n, 'fraction')} of requests")
    growth = queue_growth(level)
    if growth is not None and {"p95_latency", "abandonment"} & set(which):
        found.append(
            f"a queue that grows: waiting took {growth:.1f} times as long at the end of the level "
            "as at its begin"
        )
    elif "abandonment" in which or ("p95_latency" in which and _is_slow(level, limits)):
        found.append("answers that take too long, at a steady pace")
    return tuple(found)


def _is_slow(level: Level, limits: Limits) -> bool:
    """Tell whether users wait too long; where most requests fail at once, nobody does."""
    requests = level.requests
    has_time = (requests.outcome != Outcome.FAILED) & (requests.outcome != Outcome.UNFINISHED)
    waited = (requests.done_s - requests.due_s)[has_time]
    is_late = (waited > limits.p95_s) | (requests.outcome[has_time] == Outcome.GAVE_UP)
    return float(is_late.sum()) > LATE_SHARE * len(waited)


def queue_growth(level: Level) -> float | None:
    """Return how many times slower the last third of a level was than the first; None if it was
    not, or did not rise all the way."""
    requests = level.requests
    waited = np.where(requests.outcome == Outcome.FAILED, np.nan, requests.done_s - requests.due_s)
    thirds = np.clip(requests.due_s / level.seconds * 3, 0, 2).astype(int)
    medians = [
        float(np.nanmedian(waited[thirds == third]))
        if np.isfinite(waited[thirds == third]).sum() >= 5
        else math.nan
        for third in range(3)
    ]
    if any(map(math.isnan, medians)) or medians[0] <= 0:
        return None
    rises = medians[0] < medians[1] < medians[2]
    growth = medians[2] / medians[0]
    return growth if rises and growth >= GROWTH else None
