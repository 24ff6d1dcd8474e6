"""The difference of two figures of which nothing but value and interval is known."""

from __future__ import annotations

import math

from proveout.evidence.model import Interval


def difference_of(
    before: float, within_before: Interval | None, after: float, within_after: Interval | None
) -> Interval | None:
    """Return the interval of `after - before` for two independent figures, in their unit.

    The variance is recovered from the ends of each interval (method of variance estimates recovery;
    Zou and Donner 2008, Statistics in Medicine 27, 1693-1702), so that lopsided intervals stay so.
    A figure without interval is a full count and adds nothing. None where neither has one, or the
    levels differ. Where the same records stand behind both, the truth is mostly narrower.
    """
    given = [each for each in (within_before, within_after) if each is not None]
    if not given or len({each.level for each in given}) > 1:
        return None
    low_before, high_before = _ends(before, within_before)
    low_after, high_after = _ends(after, within_after)
    change = after - before
    return Interval(
        low=change - math.hypot(after - low_after, high_before - before),
        high=change + math.hypot(high_after - after, before - low_before),
        level=given[0].level,
        method="mover",
    )


def _ends(value: float, within: Interval | None) -> tuple[float, float]:
    """Return the ends; an interval may leave its value out by a hair, and never by more than it."""
    if within is None:
        return value, value
    return min(within.low, value), max(within.high, value)
