"""The intervals of the sandbox gap hold as often as they say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from proveout.checks.readiness.gap.distance import jensen_shannon
from proveout.checks.readiness.gap.joint import Feature, tell_apart


def true_distance(p: np.ndarray, q: np.ndarray) -> float:
    """Return the distance by its definition."""
    middle = (p + q) / 2
    return math.sqrt(max(0.0, float(p @ np.log2(p / middle) + q @ np.log2(q / middle)) / 2))


@pytest.mark.slow
@pytest.mark.parametrize("n_bins", [2, 5, 20])
@pytest.mark.parametrize(("n", "m"), [(200, 2_000), (2_000, 30_000)])
@pytest.mark.parametrize("shift", [0.05, 0.3, 1.0])
def test_the_interval_of_a_distance_covers_it(n_bins: int, n: int, m: int, shift: float) -> None:
    """95 of 100 intervals cover the true distance; near 0, where it is conservative, more do."""
    rng = np.random.default_rng([n_bins, n, int(100 * shift)])
    p = rng.dirichlet(np.full(n_bins, 3.0))
    q = p * np.exp(shift * rng.normal(size=n_bins))
    q /= q.sum()
    truth, runs = true_distance(p, q), 1_000

    covered = 0
    for _ in range(runs):
        interval = jensen_shannon(rng.multinomial(n, p), rng.multinomial(m, q)).interval
        covered += interval.low <= truth <= interval.high

    assert covered / runs >= 0.935


@pytest.mark.slow
def test_alike_samples_are_told_apart_in_one_of_forty_runs() -> None:
    """Where both sides are the same, the interval lies above 0.5 in 2.5 % of runs."""
    runs, above, covered = 120, 0, 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        used = [
            Feature(column=f"x{at}", values=values, is_category=False, is_calendar=False)
            for at, values in enumerate(rng.normal(size=(3, 800)))
        ]
        interval = tell_apart(used, 300, seed=seed).interval
        above += interval.low > 0.5
        covered += interval.low <= 0.5 <= interval.high

    assert covered / runs >= 0.90  # three standard errors below 0.95 at so many runs are 0.89
    assert above / runs <= 0.07
