"""Quantiles and shares of traffic cover the truth, also where days differ from one another."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from proveout.statistics.ordered import quantile_within_blocks, share_within_blocks

pytestmark = pytest.mark.slow

RUNS = 1000


def week(
    rng: np.random.Generator, *, between: float, days: int, n: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return log-normal seconds; days differ by a factor that is log-normal itself."""
    per_day = rng.poisson(n, days)
    day = np.repeat(np.arange(days), per_day)
    factor = rng.normal(0, between, days)
    return np.exp(factor[day] + rng.normal(0, 0.8, len(day))), day


@pytest.mark.parametrize("between", [0.0, 0.1, 0.3])
@pytest.mark.parametrize("q", [0.5, 0.95])
def test_intervals_cover_the_quantile_of_all_weeks(between: float, q: float) -> None:
    """Of 1,000 weeks about 95 of 100 intervals hold the quantile of a hundred thousand days."""
    rng = np.random.default_rng(int(between * 100 + q * 1000))
    n_days = 100_000
    truth = np.quantile(
        np.exp(rng.normal(0, between, n_days * 10) + rng.normal(0, 0.8, n_days * 10)), q
    )
    covered = 0
    for _ in range(RUNS):
        seconds, day = week(rng, between=between, days=7, n=150)
        found = quantile_within_blocks(seconds, day, q=q)
        covered += found.low <= truth <= found.high

    assert covered / RUNS >= 0.93


@pytest.mark.parametrize("between", [0.0, 1.0])
def test_intervals_cover_the_share_of_all_weeks(between: float) -> None:
    """Likewise of shares, where a day may be three times as bad as another."""
    rng = np.random.default_rng(int(between * 10))
    chances = 1 / (1 + np.exp(3 - rng.normal(0, between, 1_000_000)))
    truth, covered = chances.mean(), 0
    for _ in range(RUNS):
        n = rng.poisson(300, 7)
        chance = 1 / (1 + np.exp(3 - rng.normal(0, between, 7)))
        _, interval = share_within_blocks(rng.binomial(n, chance), n)
        covered += interval.low <= truth <= interval.high

    assert covered / RUNS >= 0.90


def test_nothing_and_everything_is_told_by_each_trial() -> None:
    """No failure in 10,000 requests of a week says much, though the week has but 7 days."""
    value, interval = share_within_blocks([0] * 7, [1429] * 7)

    assert value == 0
    assert interval.high < 0.0005
