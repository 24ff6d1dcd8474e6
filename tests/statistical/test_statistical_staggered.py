"""Teams that get a system one after another: how often intervals are right, and what is found."""

from dataclasses import replace

import numpy as np
import pytest

from fixtures.simulated import covers, errs_at_most, runs
from fixtures.simulated_teams import Teams, simulate
from proveout.statistics.effects import Estimate, Statistic, looks
from proveout.statistics.effects.staggered import estimate

pytestmark = pytest.mark.slow

MEAN = Statistic(kind="mean")
SETTINGS = {
    "4 teams": (Teams(n=4, kind="normal"), MEAN),
    "6 teams, skewed": (Teams(n=6), MEAN),
    "6 teams, all get it": (Teams(n=6, weeks=52, some_never=False), MEAN),
    "12 teams, skewed": (Teams(), MEAN),
    "12 teams, long memory": (Teams(kind="normal", shocks=1.0, memory=0.8), MEAN),
    "12 teams, effect grows": (Teams(kind="normal", effect=-2.0, grows_over=8), MEAN),
    "12 teams, all get it, effect grows": (
        Teams(kind="normal", effect=-2.0, grows_over=8, weeks=52, some_never=False), MEAN
    ),
    "12 teams, share": (Teams(kind="share", effect=-2.0), Statistic(kind="share")),
    "12 teams, rate": (Teams(kind="rate", effect=-2.0), Statistic(kind="rate")),
    "12 teams, open cases": (
        Teams(kind="open", effect=-2.0, season=0.3), Statistic(kind="mean", horizon=30.0)
    ),
    "30 teams, skewed": (Teams(n=30, cases_a_week=10), MEAN),
}  # fmt: skip


@pytest.mark.parametrize("name", list(SETTINGS))
def test_intervals_of_effect_and_level_are_right_as_often_as_they_say(name):
    """A 95 % interval holds the true figure in 93.5 to 96.5 of 100 runs."""
    teams, statistic = SETTINGS[name]
    n, hits, found, width = runs(40), np.zeros(2), 0, []
    for seed in range(n):
        run = simulate(teams, seed)
        told = estimate(run.cases, statistic)
        assert isinstance(told, Estimate)
        effect, level = _truth(run, told)
        hits += [
            told.effect.low <= effect <= told.effect.high,
            told.level.low <= level <= told.level.high,
        ]
        width.append(told.effect.high - told.effect.low)
        found += (told.effect.low > 0 or told.effect.high < 0) and not told.is_broken

    print(  # noqa: T201  figures for the docs
        f"{name}: effect {hits[0] / n:.1%}, level {hits[1] / n:.1%}, told {found / n:.1%}, "
        f"width {np.mean(width):.2f}"
    )
    assert covers(int(hits[0]), n, high=0.975)
    assert covers(int(hits[1]), n, high=0.98)


def test_effects_that_differ_by_team_never_make_it_overconfident():
    """How far effects of teams differ cannot be told from their shocks, and counts as doubt."""
    n, hits = runs(40), 0
    for seed in range(n):
        run = simulate(Teams(kind="normal", effect=-2.0, differs=0.3), seed)
        told = estimate(run.cases, MEAN)
        assert isinstance(told, Estimate)
        hits += told.effect.low <= _truth(run, told)[0] <= told.effect.high

    assert covers(hits, n, high=1.0)


@pytest.mark.parametrize("quantile", [0.5, 0.9])
def test_quantiles_move_as_far_as_the_cases(quantile):
    """Where all cases are shorter by as much, so is every quantile."""
    n, hits, width = runs(25), 0, []
    for seed in range(n):
        run = simulate(Teams(kind="normal", effect=-2.0, cases_a_week=60), seed)
        told = estimate(run.cases, Statistic(kind="quantile", quantile=quantile))
        assert isinstance(told, Estimate)
        hits += told.effect.low <= -2.0 <= told.effect.high
        width.append(told.effect.high - told.effect.low)

    print(f"quantile {quantile}: {hits / n:.1%}, width {np.mean(width):.2f}")  # noqa: T201  figures for the docs
    assert covers(hits, n, high=0.98)


@pytest.mark.parametrize("trend", [-0.03, -0.05, -0.1])
def test_a_trend_of_the_chosen_teams_does_not_pass_as_an_effect(trend):
    """Teams that were improving anyway are found out, or what they show is marked as doubtful."""
    n, passed, sure = runs(40), 0, 0
    for seed in range(n):
        told = estimate(simulate(Teams(kind="normal", trend=trend), seed).cases, MEAN)
        assert isinstance(told, Estimate)
        found = told.effect.high < 0 and not told.is_broken
        passed += found
        sure += found and told.assumptions[0].state == "holds"

    print(f"trend {trend}: passes {passed / n:.1%}, without a doubt {sure / n:.1%}")  # noqa: T201  figures for the docs
    assert errs_at_most(sure, n)
    assert errs_at_most(passed, n, most=0.15)


def test_looking_every_day_for_a_year_fools_nobody():
    """The chance that any day of a year shows an effect that is none is at most 5 %."""
    n, fooled = runs(8), 0
    teams = Teams(n=8, weeks=26 + 52, kind="normal")
    for seed in range(n):
        cases = _over_a_year(teams, seed)
        begins = int(cases.rolled_out.min())
        wrong = False
        for look in looks.planned(begins, begins + 364, confidence=0.95):
            told = estimate(cases.until(look.day), MEAN, confidence=look.confidence)
            if isinstance(told, Estimate):
                wrong |= told.effect.low > 0 or told.effect.high < 0
        fooled += wrong

    print(f"fooled in {fooled / n:.1%} of years")  # noqa: T201  figures for the docs
    assert errs_at_most(fooled, n)


def _truth(run, told):
    known = np.isfinite(run.effect)
    if not known.all():
        run = replace(
            run, cases=run.cases.where(known), without=run.without[known], effect=run.effect[known]
        )
    return run.truth(told.details["last_day_compared"])


def _over_a_year(teams, seed):
    """Return cases of teams that got it early or never, in a record of a year after the first."""
    cases = simulate(teams, seed).cases
    shift = np.where(cases.rolled_out < 2**30, cases.rolled_out - 7 * 8, cases.rolled_out)
    return replace(cases, rolled_out=shift, with_system=cases.day >= shift)
