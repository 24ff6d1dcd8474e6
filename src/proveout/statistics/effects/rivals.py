"""Other stories for a step: one that came some weeks off, or by and by.

A line before and a line after the day may bridge a change that began some weeks earlier and was
over about then, or that befell another week. So a step on the day has to tell the figures better
than each of these stories without any step on it: by evidence of `CLEARLY` to one. A story that is
true is then beaten by chance in about 5 of 100 records where the step's interval alone would let
through up to half (docs/before-and-after.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proveout.statistics.effects.cases import Floats
from proveout.statistics.effects.steps import Question, shape_evidence

CLEARLY = 3.0
"""Evidence for the day to that for another story; found by trying both kinds of records."""
NO_WORSE = 1.0
"""The same where a control series speaks against other stories."""
STEPS = (-13, -10, -8, -6, -5, -4, -3, -2, 2, 3, 4, 5, 6, 8, 10, 13)
"""Weeks from the day."""
RAMPS = ((-4, 0), (-4, 2), (-6, 0), (-6, 4), (-10, 0), (-13, 0), (-8, 8))
"""Weeks from the day on which something that came by and by began and was over. What was over
within less than four weeks cannot be told from a step."""
CURVES = (-6, -3)
SLOW = (3.0, 6.0)
"""Weeks in which most of a curve is over."""
LEAST_BEFORE, LEAST_AFTER = 3, 2
"""Periods on either side of a rival."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """The best of the other stories."""

    told: str
    """'it came by and by, from 6 weeks before to the day'."""
    odds: float
    """Evidence of the step on the day to this one."""


def best_rival(asked: list[Question]) -> Rival | None:
    """Return the story that tells the figures best; None where there are too few weeks for any."""
    at = _without_gap(asked[0].at)
    stories = [
        (told, shape)
        for told, shape, first, last in _stories(at)
        if np.sum(at < first) >= LEAST_BEFORE and np.sum(at >= last) >= LEAST_AFTER
    ]
    if not stories:
        return None
    shapes = np.column_stack([(at >= 0).astype(np.float64), *(shape for _, shape in stories)])
    evidence = np.logaddexp.reduce([shape_evidence(each, shapes) for each in asked], axis=0)
    best = int(np.argmax(evidence[1:]))
    return Rival(
        told=stories[best][0], odds=float(np.exp(min(evidence[0] - evidence[1 + best], 50.0)))
    )


def _without_gap(at: Floats) -> Floats:
    """Return the weeks without those in which people still learned: what was then, was then."""
    if not (at < 0).any() or not (at >= 0).any():
        return at
    gap = float(at[at >= 0].min() - at[at < 0].max() - np.median(np.diff(at)))
    return np.where(at < 0, at + max(gap, 0.0), at)


def _stories(at: Floats) -> list[tuple[str, Floats, float, float]]:
    """Return each story in words, as a change of one in all, and between which weeks it lies."""
    half = float(np.median(np.diff(at))) / 2
    found: list[tuple[str, Floats, float, float]] = [
        (f"it came at once, {_when(week)}", (at >= week).astype(np.float64), week, week)
        for week in STEPS
        if abs(week) > half
    ]
    found += [
        (
            f"it came by and by, from {_when(first)} to {_when(last)}",
            np.clip((at - first) / (last - first), 0.0, 1.0),
            first,
            last,
        )
        for first, last in RAMPS
        if last - first > 2 * half
    ]
    found += [
        (
            f"it came by and by, from {_when(first)} on",
            -np.expm1(-np.maximum(at - first, 0.0) / slow),
            first,
            first + slow,
        )
        for first in CURVES
        for slow in SLOW
    ]
    return found


def _when(week: int) -> str:
    if not week:
        return "the day"
    weeks = f"{abs(week)} week{'s' if abs(week) != 1 else ''}"
    return f"{weeks} {'before' if week < 0 else 'after'} it"
