"""Intervals of durations hold what they promise, with some not over yet."""

from __future__ import annotations

import math

import numpy as np
import pytest

from proveout.statistics.durations import duration_quantile

pytestmark = pytest.mark.slow

TRUE = -math.log(0.1) * 5


@pytest.mark.parametrize(("n", "open_after"), [(40, None), (80, 40.0), (300, 20.0), (300, None)])
def test_the_time_for_nine_out_of_ten_lies_in_its_interval(
    n: int, open_after: float | None
) -> None:
    """In 95 of 100 cases or more; an interval without an upper end is open, never wrong there."""
    rng = np.random.default_rng(20261121)
    held = 0
    runs = 1_000
    for _ in range(runs):
        times = rng.exponential(5, n)
        until = np.inf if open_after is None else rng.uniform(0, open_after * 2, n)
        found = duration_quantile(np.minimum(times, until), times <= until, share=0.9)
        held += found.low <= TRUE <= (math.inf if found.high is None else found.high)

    assert held / runs >= 0.935
