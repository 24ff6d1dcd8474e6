"""The search for worst slices seldom cries wolf, and its bounds hold for all slices at once."""

from __future__ import annotations

import numpy as np
import pytest

from proveout.checks.quality.cuts import Cut
from proveout.checks.quality.search import search
from proveout.statistics.scores import Task

pytestmark = pytest.mark.slow

RUNS, ROWS = 400, 6_000


def homogeneous_cuts(rng: np.random.Generator, rows: int) -> list[Cut]:
    """Months, airports, carriers of very different sizes, and two columns with missing values."""
    sizes = {"month": 12, "airport": 3, "hour": 4}
    found = [
        Cut(
            kind="slice",
            column=name,
            parts=tuple(f"{name}={code}" for code in range(n)),
            codes=rng.integers(0, n, rows),
        )
        for name, n in sizes.items()
    ]
    shares = rng.dirichlet(np.full(16, 0.5))
    carriers = tuple(f"carrier={code}" for code in range(16))
    found.append(
        Cut(kind="slice", column="carrier", parts=carriers, codes=rng.choice(16, rows, p=shares))
    )
    found += [
        Cut(
            kind="slice",
            column=name,
            parts=(f"{name} is missing",),
            codes=np.where(rng.random(rows) < share, 0, -1),
        )
        for name, share in (("dep_time", 0.03), ("tailnum", 0.2))
    ]
    return found


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_homogeneous_rows_raise_a_false_alarm_in_at_most_5_percent_of_400_runs(task: Task) -> None:
    """No slice is worse than another here, so whatever is named is a false alarm."""
    rng = np.random.default_rng(4_711)
    alarms = 0
    for _ in range(RUNS):
        loss = (
            (rng.random(ROWS) < 0.15).astype(float)
            if task == "classification"
            else rng.lognormal(0, 1.2, ROWS)
        )
        alarms += bool(search(loss, homogeneous_cuts(rng, ROWS), task=task).worse)

    assert alarms <= 0.05 * RUNS


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_a_slice_that_is_truly_worse_is_named(task: Task) -> None:
    """Being careful about false alarms does not make the search blind."""
    rng = np.random.default_rng(99)
    named = 0
    for _ in range(50):
        cuts = homogeneous_cuts(rng, ROWS)
        bad = (cuts[0].codes == 7).astype(float)
        loss = (
            (rng.random(ROWS) < 0.15 + 0.12 * bad).astype(float)
            if task == "classification"
            else rng.lognormal(0, 1.2, ROWS) * (1 + 0.6 * bad)
        )
        found = search(loss, cuts, task=task)
        named += "month=7" in [part.name for part in found.worse]

    assert named >= 45


def test_the_simultaneous_intervals_hold_together() -> None:
    """In at least 95 % of runs no single part's interval misses the truth."""
    rng = np.random.default_rng(12)
    missed = 0
    for _ in range(RUNS):
        loss = (rng.random(ROWS) < 0.15).astype(float)
        found = search(loss, homogeneous_cuts(rng, ROWS), task="classification")
        missed += any(
            not part.simultaneous.low <= 0.85 <= part.simultaneous.high for part in found.parts
        )

    assert missed <= 0.05 * RUNS
