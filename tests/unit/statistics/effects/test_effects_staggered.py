"""Teams that get a system one after another."""

from dataclasses import replace

import numpy as np
import pytest

from fixtures.simulated_teams import Teams, simulate
from proveout.statistics.effects import Cases, Estimate, Refusal, Statistic
from proveout.statistics.effects.cases import NEVER
from proveout.statistics.effects.staggered import estimate

MEAN = Statistic(kind="mean")
WEEKS = 30
STARTS = (70, 84, 105, 126, int(NEVER), int(NEVER))


def business(*, effect=0.0, grows=0.0, starts=STARTS, noise=0.0, weeks=WEEKS):
    """Return five cases a week of each team: own level, common season, effect from its day on."""
    rng = np.random.default_rng(1)
    n = len(starts)
    team = np.repeat(np.arange(n), weeks * 5)
    day = np.tile(np.repeat(np.arange(weeks) * 7, 5) + np.tile(np.arange(5), weeks), n)
    start = np.array(starts)[team]
    had = day >= start
    level = 20 + 3 * team + np.sin(day // 7 / 4)
    value = level + had * (effect + grows * (day - start) / 7) + noise * rng.normal(size=len(day))
    return Cases(value=value, day=day, with_system=had, team=team, rolled_out=start)


def test_an_effect_among_levels_and_seasons_is_found_exactly():
    """Without any noise the effect is what was put in, and level is baseline plus effect."""
    told = estimate(business(effect=-4.0), MEAN)

    assert isinstance(told, Estimate)
    assert told.effect.value == pytest.approx(-4.0)
    assert told.level.value == pytest.approx(told.baseline.value - 4.0)
    assert (told.n_clusters, told.details["teams_with"], told.details["teams_never"]) == (6, 4, 2)


def test_an_effect_that_grows_is_averaged_over_the_cases_that_had_it():
    """Early teams with the system are no yardstick for late ones, so growth biases nothing."""
    cases = business(grows=-0.5)
    told = estimate(cases, MEAN)

    grown = (-0.5 * (cases.day - cases.rolled_out) / 7)[cases.with_system].mean()
    assert isinstance(told, Estimate)
    assert told.effect.value == pytest.approx(grown)


def test_weeks_in_which_no_two_teams_work_the_manual_way_do_not_count():
    """Where all teams get it in the end, the comparison ends with the last but one."""
    told = estimate(business(effect=-4.0, starts=(70, 84, 105, 126, 147, 168)), MEAN)

    assert isinstance(told, Estimate)
    assert told.effect.value == pytest.approx(-4.0)
    assert told.details["last_day_compared"] == 146
    assert told.sentence == (
        "4 teams that had it were compared, week by week, with teams that did not have it yet, "
        "each from its own level before. All teams have it by now, so cases count only as long as "
        "two teams had not."
    )


def test_the_order_of_cases_does_not_matter():
    """The same cases in any order give the same figures."""
    cases = business(effect=-2.0, noise=2.0)
    shuffled = cases.where(np.random.default_rng(0).permutation(len(cases)))

    told, again = estimate(cases, MEAN), estimate(shuffled, MEAN)

    assert isinstance(told, Estimate)
    assert isinstance(again, Estimate)
    assert again.effect.low == pytest.approx(told.effect.low)


def test_control_cases_count_as_of_teams_that_never_get_it():
    """What the system never touches goes through the same seasons."""
    cases = business(effect=-4.0, starts=(70, 84, 105, 126, 70, 70))
    kept = replace(
        cases,
        is_control=cases.team >= 4,
        with_system=cases.with_system & (cases.team < 4),
        value=np.where((cases.team >= 4) & cases.with_system, cases.value + 4, cases.value),
    )

    told = estimate(kept, MEAN)

    assert isinstance(told, Estimate)
    assert told.effect.value == pytest.approx(-4.0)


def test_a_trend_of_the_chosen_teams_breaks_the_comparison():
    """Teams that were getting better all along show no effect of the system."""
    cases = business(noise=1.0)
    cases = replace(cases, value=cases.value - 0.2 * (cases.day // 7) * (cases.team < 4))

    told = estimate(cases, MEAN)

    assert isinstance(told, Estimate)
    assert told.effect.high < 0
    assert told.is_broken
    assert [each.state for each in told.assumptions if each.name == "parallel-trends"] == ["broken"]


def test_other_cases_after_the_rollout_are_seen():
    """Where the kind of cases changes with the system, it says so."""
    cases = business(noise=1.0)
    easy = (np.random.default_rng(2).random(len(cases)) < 0.1 + 0.8 * cases.with_system)[:, None]
    told = estimate(replace(cases, traits=easy.astype(float), trait_names=("easy",)), MEAN)

    assert isinstance(told, Estimate)
    same = next(each for each in told.assumptions if each.name == "same-cases")
    assert same.state == "doubtful"
    assert same.seen.startswith("Changed with the rollout: easy +")


def test_open_cases_count_up_to_the_horizon_once_they_are_old_enough():
    """A mean of times is that of times up to the horizon, of cases that began that long ago."""
    cases = business()
    cases = replace(
        cases, value=cases.value - 10, moment=cases.day + 0.5, days_per_unit=1.0,
        is_open=np.zeros(len(cases), dtype=bool),
    ).until(WEEKS * 7 - 1)  # fmt: skip

    told = estimate(cases, Statistic(kind="mean", horizon=30.0))

    assert isinstance(told, Estimate)
    assert told.effect.value == pytest.approx(0.0, abs=1e-9)
    assert told.n_with + told.n_without == int(np.sum(cases.moment + 30 <= WEEKS * 7))


REFUSED = {
    "no teams": (
        replace(business(), team=None),
        "it is not known which team did each case and when the team got the system",
    ),
    "three teams": (
        business(starts=(70, 84, int(NEVER))),
        "there are 3 teams with cases from before the system, and with fewer than 4 a team's own "
        "story cannot be told from the system",
    ),
    "one team with it": (
        business(starts=(70, *[int(NEVER)] * 4)),
        "1 team got the system while 4 others could be compared with them, and at least 2 of "
        "each are needed",
    ),
    "nothing before": (
        business(starts=(14, 21, 28, 35, int(NEVER), int(NEVER))),
        "the records hold only 14 days from before the first team got the system",
    ),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_it_refuses_rather_than_to_guess(name):
    """Where nothing can be told, the reason stands in the place of a figure."""
    cases, why = REFUSED[name]

    told = estimate(cases, MEAN)

    assert isinstance(told, Refusal)
    assert told.why == why


def test_open_cases_without_a_horizon_are_refused():
    """The youngest cases would look quickest."""
    cases = business()
    open_ones = replace(cases, is_open=cases.day > 190, days_per_unit=1.0)

    told = estimate(open_ones, MEAN)

    assert isinstance(told, Refusal)
    assert told.why == (
        "some cases are still open, and without a longest time that is counted the youngest cases "
        "would look quickest"
    )


def test_a_quantile_far_out_needs_cases():
    """Two cases beyond the quantile in four weeks of the median team, at least."""
    told = estimate(business(), Statistic(kind="quantile", quantile=0.99))

    assert isinstance(told, Refusal)
    assert told.why == "teams have 20 cases in four weeks, and a quantile so far out needs 200"


def test_a_doubt_about_the_ways_of_teams_makes_the_range_wider():
    """Where teams drifted apart before, the range holds what is left if they go on to."""
    run = simulate(Teams(kind="normal", effect=-2.0, trend=-0.05), seed=0)
    told = estimate(run.cases, MEAN)

    assert isinstance(told, Estimate)
    left = told.details["effect_if_slope_goes_on"]
    assert told.assumptions[0].state == "doubtful"
    assert told.effect.low <= told.effect.value < left["high"]
    assert told.effect.high == pytest.approx(left["high"])
    assert told.sentence.endswith(
        " Before the rollout teams were perhaps not going the same way, so that the range also "
        "holds what is left of the effect if that goes on."
    )


def test_cases_that_cannot_be_compared_are_said_not_to_count():
    """A team without a case from before, and cases of no known team, are left out in words."""
    cases = business(effect=-4.0)
    late = (cases.team == 0) & (cases.day < cases.rolled_out)
    cases = cases.where(~late)
    cases = replace(cases, team=np.where(np.arange(len(cases)) < 3, -1, cases.team))
    told = estimate(cases, MEAN)

    assert isinstance(told, Estimate)
    n = int((cases.team == 0).sum())
    assert told.sentence.endswith(
        f" Not counted: 3 cases of no known team; {n} cases of 1 of the teams, which have none "
        "from before they got it."
    )
