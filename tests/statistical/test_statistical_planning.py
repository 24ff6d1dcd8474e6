"""Plans: who waits as long as planned decides as often as promised."""

from dataclasses import replace

import numpy as np
import pytest

from fixtures.rollouts_drawn import MEAN, P90, SHARE, Drawn
from fixtures.simulated import covers, runs, told
from proveout.statistics.effects import Statistic
from proveout.statistics.effects.assigned import estimate
from proveout.statistics.effects.planning import plan

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("statistic", "manual", "truth"),
    [
        pytest.param(Statistic(kind="mean"), Drawn(alike_in_day=0.05), MEAN, id="skewed mean"),
        pytest.param(Statistic(kind="share"), Drawn(tail="share"), SHARE, id="share"),
        pytest.param(Statistic(kind="quantile", quantile=0.9), Drawn(), P90, id="p90"),
        pytest.param(Statistic(kind="mean"), Drawn(by="day", alike_in_day=0.05), MEAN, id="by day"),
    ],
)
def test_the_promised_power_is_had_within_three_points(statistic, manual, truth):
    """80 of 100 comparisons as long as planned find the threshold met, if it is by as much."""
    known = replace(manual, n=200_000, days=2_000).draw(1)
    known = replace(known, with_system=np.zeros(len(known), dtype=bool))
    figure = {"mean": np.mean, "share": np.mean}.get(
        statistic.kind, lambda v: np.quantile(v, statistic.quantile)
    )(known.value)
    threshold = 0.92 * truth
    found = plan(
        known,
        statistic,
        threshold=threshold,
        confidence=0.95,
        effect=0.8 * truth - figure,
        assigned_by=manual.by,
        cases_per_day=40,
    )
    days = found.on_one_day.days
    n = runs(200)
    met = sum(
        estimate(
            replace(manual, days=days, n=40 * days, effect=-0.2).draw(seed),
            statistic,
            confidence=0.95,
            assigned_by=manual.by,
        ).level.high
        < threshold
        for seed in range(n)
    )
    told(f"{days} days, power {met / n:.3f}; {found.looking_daily.days} days looking daily")

    assert covers(met, n, low=0.77, high=0.83), met / n
    assert found.looking_daily.days > days
