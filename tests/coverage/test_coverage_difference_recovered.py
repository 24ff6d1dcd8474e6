"""The interval of a difference that is recovered from two intervals covers as often as it says."""

from __future__ import annotations

import numpy as np
import pytest

from proveout.statistics import wilson
from proveout.statistics.recovered import difference_of

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("before", "after", "n"), [(0.9, 0.93, 300), (0.5, 0.5, 60), (0.98, 0.9, 150)]
)
def test_it_covers_the_true_difference(before: float, after: float, n: int) -> None:
    """At least 93.5 % of the time at a level of 95 %, for shares of any size."""
    random = np.random.default_rng(20260101)
    covered, rounds = 0, 4_000
    counts = random.binomial(n, before, rounds), random.binomial(n, after, rounds)
    for first, second in zip(*counts, strict=True):
        was, now = wilson(int(first), n), wilson(int(second), n)
        within = difference_of(first / n, was, second / n, now)
        assert within is not None
        covered += within.low <= after - before <= within.high
    assert covered / rounds >= 0.935
