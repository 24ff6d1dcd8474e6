"""Drawn rollouts with a known truth: intervals cover as often as they say, and are no wider."""

import numpy as np
import pytest

from fixtures.rollouts_drawn import MEAN, P90, SHARE, Drawn
from fixtures.simulated import covers, runs, told
from proveout.statistics.effects import Estimate, Statistic
from proveout.statistics.effects.assigned import estimate

pytestmark = pytest.mark.slow

mean = Statistic(kind="mean")
median = Statistic(kind="quantile", quantile=0.5)
p90 = Statistic(kind="quantile", quantile=0.9)
share = Statistic(kind="share")
up_to_20 = Statistic(kind="mean", horizon=20.0)

by_team = {"by": "team", "alike_in_team": 0.1, "teams": 40}
turns = {"by": "turns", "alike_in_day": 0.1, "days_follow": 0.5, "season": True}
HOW = {"turns": "day", "week-turns": "week"}

# statistic, rollout, figure without the system (None: mean of all estimates), most width of the
# effect's interval in multiples of that of its normal distribution (seen: see docs)
SETTINGS = [
    pytest.param(mean, Drawn(), MEAN, 1.05, id="skewed mean"),
    pytest.param(mean, Drawn(effect=-0.2), MEAN, 1.05, id="skewed mean, 20 % less"),
    pytest.param(mean, Drawn(alike_in_day=0.1), MEAN, 1.08, id="alike in day"),
    pytest.param(mean, Drawn(tail="pareto", n=4_000), 2.5 / 1.5, 1.05, id="heavy tail"),
    pytest.param(mean, Drawn(foretold=True), MEAN, 1.05, id="foretold mean"),
    pytest.param(mean, Drawn(foretold=True, effect=-0.2), MEAN, 1.05, id="foretold, 20 % less"),
    pytest.param(median, Drawn(effect=-0.2), 1.0, 1.08, id="median, 20 % less"),
    pytest.param(p90, Drawn(n=4_000), P90, 1.08, id="p90"),
    pytest.param(share, Drawn(tail="share"), SHARE, 1.05, id="share"),
    pytest.param(share, Drawn(tail="share", effect=-0.3), SHARE, 1.05, id="share, 30 % less"),
    pytest.param(mean, Drawn(**by_team), MEAN, 1.15, id="drawn by team"),
    pytest.param(mean, Drawn(**by_team, effect=-0.2), MEAN, 1.15, id="by team, 20 % less"),
    pytest.param(share, Drawn(**by_team, tail="share", n=3_000), SHARE, 1.15, id="share by team"),
    pytest.param(median, Drawn(**by_team), 1.0, 1.2, id="median by team"),
    pytest.param(mean, Drawn(by="day", alike_in_day=0.1), MEAN, 1.1, id="drawn by day"),
    pytest.param(up_to_20, Drawn(open_ones=True, effect=-0.2), None, 1.1, id="open, up to 20 days"),
    pytest.param(p90, Drawn(open_ones=True), P90, 1.12, id="open, p90"),
    pytest.param(mean, Drawn(**turns), None, 1.15, id="turns by day in a season"),
    pytest.param(share, Drawn(**turns, tail="share"), None, 1.15, id="share in turns"),
    pytest.param(median, Drawn(**turns), None, 1.15, id="median in turns"),
]


@pytest.mark.parametrize(("statistic", "rollout", "without", "widest"), SETTINGS)
def test_intervals_cover_and_are_no_wider_than_need_be(statistic, rollout, without, widest):
    """95 % intervals of the effect and of the figure with the system cover as often as they say."""
    found = [
        estimate(
            rollout.draw(seed),
            statistic,
            confidence=0.95,
            design="alternating" if rollout.by in HOW else "randomised",
            assigned_by=HOW.get(rollout.by, rollout.by),
        )
        for seed in range(runs(200))
    ]
    assert all(isinstance(each, Estimate) for each in found)

    if without is None:
        without = np.mean([each.baseline.value for each in found])
    with_it = without * (1 + rollout.effect)
    if statistic.horizon and rollout.effect:
        with_it = np.mean([each.level.value for each in found])
    effect, level = with_it - without, with_it
    ends = np.array([(e.effect.low, e.effect.high, e.level.low, e.level.high) for e in found])
    hits = int(np.sum((ends[:, 0] <= effect) & (effect <= ends[:, 1])))
    level_hits = int(np.sum((ends[:, 2] <= level) & (level <= ends[:, 3])))
    ideal = 2 * 1.96 * np.std([each.effect.value for each in found])
    width = float(np.median(ends[:, 1] - ends[:, 0]) / ideal)
    power = float(np.mean((ends[:, 0] > 0) | (ends[:, 1] < 0)))
    told(
        f"effect {hits / len(found):.3f}, level {level_hits / len(found):.3f}, "
        f"width {width:.2f} of the ideal, power {power:.2f}"
    )

    assert covers(hits, len(found)), hits
    # With a tail so heavy that it has no third moment, the figure itself is covered less often.
    low = 0.92 if rollout.tail == "pareto" else 0.935
    assert covers(level_hits, len(found), low=low), level_hits
    # With few runs the true spread is not known well.
    by_chance = 1.0 if len(found) >= 1_000 else 1 + 2.5 / np.sqrt(2 * len(found))
    assert width <= widest * by_chance


def test_few_teams_are_answered_with_a_wide_interval_or_not_at_all():
    """With five teams a side no effect is found where there is none, and four are the least."""
    rollout = Drawn(by="team", alike_in_team=0.2, teams=10)
    found = [
        estimate(rollout.draw(seed), mean, confidence=0.95, assigned_by="team")
        for seed in range(runs(200))
    ]
    wrong = np.mean([e.effect.low > 0 or e.effect.high < 0 for e in found])

    assert wrong <= 0.065
    refused = estimate(
        Drawn(by="team", alike_in_team=0.2, teams=6).draw(1),
        mean,
        confidence=0.95,
        assigned_by="team",
    )
    assert refused.why == (
        "only 3 teams with the system are in the records, and what they have in common cannot be "
        "told from what the system does"
    )
