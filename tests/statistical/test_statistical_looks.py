"""A look every day for a year: a threshold is found to be met by mistake as rarely as promised."""

import numpy as np
import pytest

from fixtures.rollouts_drawn import MEAN, SHARE, Drawn
from fixtures.simulated import errs_at_most, runs, told
from proveout.statistics.effects import Estimate, Statistic
from proveout.statistics.effects.assigned import estimate
from proveout.statistics.effects.looks import planned

pytestmark = pytest.mark.slow

YEAR = 364
mean = Statistic(kind="mean")
HOW = {"turns": "day"}


def year(**how):
    """Return a rollout over a year with 20 cases a day."""
    return Drawn(days=YEAR, n=20 * YEAR, **how)


SETTINGS = [
    pytest.param(mean, year(), MEAN, id="skewed mean"),
    pytest.param(Statistic(kind="share"), year(tail="share"), SHARE, id="share"),
    pytest.param(mean, year(by="team", alike_in_team=0.1), MEAN, id="drawn by team"),
    pytest.param(
        Statistic(kind="quantile", quantile=0.9),
        year(alike_in_day=0.1, open_ones=True),
        np.exp(1.2 * 1.2815515655),
        id="open, p90",
    ),
    pytest.param(mean, year(by="turns", alike_in_day=0.1, days_follow=0.5), MEAN, id="turns"),
]


@pytest.mark.parametrize(("statistic", "rollout", "truth"), SETTINGS)
def test_looking_daily_for_a_year_finds_no_effect_and_no_threshold_met(statistic, rollout, truth):
    """Between two looks nothing changes, so looking daily is looking at each of them.

    The threshold is the very figure that the system comes to: it is never met by any margin.
    """
    n = runs(60)
    effects = met = 0
    for seed in range(n):
        cases = rollout.draw(seed)
        found = [
            estimate(
                cases.until(look.day),
                statistic,
                confidence=look.confidence,
                design="alternating" if rollout.by in HOW else "randomised",
                assigned_by=HOW.get(rollout.by, rollout.by),
            )
            for look in planned(0, YEAR - 1, confidence=0.95)
        ]
        counted = [each for each in found if isinstance(each, Estimate)]
        assert len(counted) >= 8
        effects += any(each.effect.low > 0 or each.effect.high < 0 for each in counted)
        met += any(each.level.high < truth for each in counted)
    told(f"effect found where there is none {effects / n:.3f}, threshold met {met / n:.3f}")

    assert errs_at_most(effects, n)
    assert errs_at_most(met, n)


def test_an_effect_is_found_within_the_year_when_looking_daily():
    """A fifth less is found in nearly every rollout, in half of them within three months."""
    n, days = runs(40), []
    for seed in range(n):
        cases = year(effect=-0.2).draw(seed)
        for look in planned(0, YEAR - 1, confidence=0.95):
            found = estimate(cases.until(look.day), mean, confidence=look.confidence)
            if isinstance(found, Estimate) and found.effect.high < 0:
                days.append(look.day + 1)
                break
    told(f"found {len(days) / n:.3f}, median after {np.median(days):.0f} days")

    assert len(days) / n >= 0.9
    assert np.median(days) <= 140
