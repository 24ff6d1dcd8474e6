"""Control charts speak as rarely of a stable process as the documentation says."""

from __future__ import annotations

import numpy as np
import pytest

from fixtures.simulated import runs, told
from proveout.statistics.control_charts import p_limits, signals_of, xmr_limits

pytestmark = pytest.mark.slow
WEEKS, BEFORE = 52, 26
AFTER = np.arange(WEEKS) >= BEFORE


def spoken_after(value: np.ndarray, *, share_of: float | None = None) -> set[str]:
    if share_of is None:
        limits = xmr_limits(value, ~AFTER)
    else:
        limits = p_limits(value * share_of, np.full(WEEKS, share_of), ~AFTER)
    found = signals_of(value, limits, AFTER, lower_is_better=True)
    return {each.rule for each in found if each.is_after}


def test_a_stable_process_signals_as_rarely_as_documented() -> None:
    """26 weeks after limits from 26: beyond the limits about 1 year in 8, any rule about 1 in 4."""
    random = np.random.default_rng(1)
    n = runs(1_000)
    normal = [spoken_after(random.normal(10, 1, WEEKS)) for _ in range(n)]
    share = [spoken_after(random.binomial(200, 0.1, WEEKS) / 200, share_of=200) for _ in range(n)]
    rates = {
        name: (
            float(np.mean(["beyond-limits" in each for each in found])),
            float(np.mean(["run" in each for each in found])),
            float(np.mean([bool(each) for each in found])),
        )
        for name, found in (("xmr", normal), ("p", share))
    }
    told(f"stable, half a year: beyond limits, run, any rule: {rates}")

    for beyond, run, whole in rates.values():
        assert beyond <= 0.20
        assert run <= 0.25
        assert whole <= 0.40


def test_a_shift_of_one_and_a_half_sigma_is_seen_within_half_a_year() -> None:
    """A change that matters is seen in nineteen of twenty charts."""
    random = np.random.default_rng(2)
    n = runs(500)
    seen = [bool(spoken_after(random.normal(10, 1, WEEKS) - 1.5 * AFTER)) for _ in range(n)]
    told(f"a shift of 1.5 sigma is seen in {np.mean(seen):.3f}")

    assert np.mean(seen) >= 0.95
