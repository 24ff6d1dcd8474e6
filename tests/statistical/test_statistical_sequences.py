"""Intervals that hold on every day at once, looked at daily for a year."""

import numpy as np
import pytest

from fixtures.rollouts_drawn import Drawn
from fixtures.simulated import errs_at_most, runs, told
from proveout.statistics.effects import Estimate, Statistic
from proveout.statistics.effects.sequences import estimate_anytime, standard_errors

pytestmark = pytest.mark.slow

YEAR = 364


@pytest.mark.parametrize("draw", ["lognormal", "share"])
def test_a_running_mean_is_never_off_by_more_on_any_day_of_a_year(draw):
    """The reach holds for skewed values and shares, looked at after each of 364 days."""
    n, rng = runs(1_000), np.random.default_rng(5)
    wrong = 0
    for _ in range(n):
        values = rng.normal(size=(YEAR, 40))
        values = np.exp(1.2 * values) if draw == "lognormal" else (values > 1.2815515655) * 1.0
        side = np.where(rng.random((YEAR, 40)) < 0.5, 1, -1)
        sums = {s: np.cumsum((values * (side == s)).sum(axis=1)) for s in (1, -1)}
        squares = {s: np.cumsum((values**2 * (side == s)).sum(axis=1)) for s in (1, -1)}
        sizes = {s: np.cumsum((side == s).sum(axis=1)) for s in (1, -1)}
        means = {s: sums[s] / sizes[s] for s in (1, -1)}
        spread = sum((squares[s] / sizes[s] - means[s] ** 2) / sizes[s] for s in (1, -1))
        units = 40 * np.arange(1, YEAR + 1)
        reach = [standard_errors(u, confidence=0.95, tightest_at=2_000) for u in units]
        apart = np.abs(means[1] - means[-1])
        wrong += bool(np.any((apart > reach * np.sqrt(spread))[2:]))
    told(f"ever wrong {wrong / n:.3f}")

    assert errs_at_most(wrong, n)


@pytest.mark.parametrize(
    ("statistic", "rollout"),
    [
        (Statistic(kind="mean"), Drawn(days=YEAR, n=20 * YEAR, foretold=True)),
        (Statistic(kind="share"), Drawn(days=YEAR, n=20 * YEAR, tail="share")),
        (Statistic(kind="mean"), Drawn(days=YEAR, n=10 * YEAR, by="day", alike_in_day=0.1)),
    ],
)
def test_whole_estimates_hold_on_every_third_day_of_a_year(statistic, rollout):
    """With earlier figures taken off, and with days drawn as a whole."""
    n, wrong = runs(10), 0
    for seed in range(n):
        cases = rollout.draw(seed)
        found = [
            estimate_anytime(cases.until(day), statistic, confidence=0.95, assigned_by=rollout.by)
            for day in range(6, YEAR, 3)
        ]
        counted = [each for each in found if isinstance(each, Estimate)]
        wrong += any(each.effect.low > 0 or each.effect.high < 0 for each in counted)
    told(f"ever wrong {wrong / n:.3f}")

    assert errs_at_most(wrong, n)
