"""Limits agree with worked examples that were published."""

from __future__ import annotations

import numpy as np
import pytest

from proveout.statistics.control_charts import p_limits, u_limits, xmr_limits

FLOW = np.array([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
"""NIST/SEMATECH e-Handbook of Statistical Methods, section 6.3.2.2: flow rates of ten batches."""
DEFECTIVE = np.array(
    [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12,
     7, 13, 9, 6],
    dtype=float,
)  # fmt: skip
"""Montgomery, Introduction to Statistical Quality Control, example 7.1: cans out of 50."""


def test_single_values_have_the_limits_of_the_handbook() -> None:
    """Centre 50.81, limits 45.82 and 55.80 by a mean moving range of 1.8778."""
    limits = xmr_limits(FLOW, np.ones(10, dtype=bool))

    assert limits.centre == pytest.approx(50.81)
    assert limits.low[0] == pytest.approx(45.8159, abs=1e-3)
    assert limits.high[0] == pytest.approx(55.8041, abs=2e-3)


def test_shares_have_the_limits_of_the_text_book() -> None:
    """Centre 0.2313, limits 0.0524 and 0.4102, where neighbours vary as chance has it."""
    n = np.full(30, 50.0)
    limits = p_limits(DEFECTIVE, n, np.ones(30, dtype=bool))

    assert limits.centre == pytest.approx(0.2313, abs=1e-4)
    if limits.overdispersion == 1:
        assert limits.low[0] == pytest.approx(0.0524, abs=1e-4)
        assert limits.high[0] == pytest.approx(0.4102, abs=1e-4)


def test_few_cases_have_wider_limits() -> None:
    """A limit of a share follows the number of cases of its own period."""
    n = np.array([100.0, 400.0] * 10)
    limits = p_limits(n * 0.2, n, np.ones(20, dtype=bool))

    assert limits.high[0] - 0.2 == pytest.approx(2 * (limits.high[1] - 0.2))


def test_large_counts_that_vary_by_more_than_chance_widen_the_limits() -> None:
    """With a hundred thousand cases a week, weeks themselves differ: limits are Laney's."""
    random = np.random.default_rng(1)
    n = np.full(40, 100_000.0)
    share = np.clip(random.normal(0.1, 0.005, 40), 0, 1)
    limits = p_limits(np.round(n * share), n, np.ones(40, dtype=bool))

    plain = np.sqrt(0.1 * 0.9 / 100_000)
    assert limits.overdispersion == pytest.approx(0.005 / plain, rel=0.3)
    assert np.mean(np.abs(share - limits.centre) > limits.high - limits.centre) < 0.05


def test_rates_widen_with_less_exposure() -> None:
    """Three standard deviations of a Poisson count over its exposure."""
    exposure = np.array([10.0, 40.0])
    limits = u_limits(np.array([20.0, 80.0]), exposure, np.ones(2, dtype=bool))

    assert limits.centre == 2.0
    assert limits.high[1] == pytest.approx(2 + 3 * np.sqrt(2 / 40))
