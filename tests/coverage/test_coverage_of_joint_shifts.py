"""Pairs of fields are named as having moved together no more often by chance than promised."""

from __future__ import annotations

import numpy as np
import pytest

from proveout.checks.readiness.gap.joint import Feature
from proveout.checks.readiness.gap.together import Shift, shifts


def moved(seed: int, *, before: float, after: float) -> list[Shift]:
    """Look at six figures and a category whose margins differ, and a correlation that may."""
    rng = np.random.default_rng(seed)
    sides = []
    for n, together, odds in ((600, before, (0.5, 0.3, 0.2)), (8_000, after, (0.2, 0.3, 0.5))):
        figures = rng.normal(size=(n, 6))
        figures[:, 1] = together * figures[:, 0] + np.sqrt(1 - together**2) * figures[:, 1]
        figures[:, 2] += 0.7 * (n > 600) + 0.8 * figures[:, 3]
        sides.append(np.column_stack([figures, rng.choice(3, n, p=odds)]))
    table = np.concatenate(sides)
    used = [
        Feature(column=f"x{at}", values=table[:, at], is_category=at == 6, is_calendar=False)
        for at in range(7)
    ]
    return shifts(used, 600, seed=seed)


@pytest.mark.slow
def test_margins_alone_name_no_pair() -> None:
    """Fields that shift, each for itself, are not told as having moved together: 1 % of runs."""
    runs = 150

    named = sum(bool(moved(seed, before=0.3, after=0.3)) for seed in range(runs))

    assert named <= 1.5 + 3 * 1.3


@pytest.mark.slow
def test_a_correlation_that_changed_is_named() -> None:
    """And it is the first that is named."""
    found = [moved(seed, before=0.0, after=0.5) for seed in range(20)]

    assert [each[0].columns for each in found] == [("x0", "x1")] * 20
