"""Drawn comparisons: figures, refusals, and what they rest on."""

from dataclasses import replace

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from fixtures.rollouts_drawn import Drawn
from proveout.statistics.effects import Cases, Estimate, Refusal, Statistic
from proveout.statistics.effects.assigned import estimate
from proveout.statistics.effects.censoring import restricted_mean

mean = Statistic(kind="mean")
median = Statistic(kind="quantile", quantile=0.5)


def state(found: Estimate, name: str) -> str:
    """Return the state of one assumption."""
    return {each.name: each.state for each in found.assumptions}[name]


@pytest.mark.parametrize("kind", ["mean", "share", "quantile"])
def test_the_figure_with_the_system_is_the_manual_one_plus_the_effect(kind):
    """The three figures belong together."""
    cases = Drawn(effect=-0.3, tail="share" if kind == "share" else "lognormal").draw(3)
    found = estimate(cases, Statistic(kind=kind), confidence=0.9)

    assert found.level.value == pytest.approx(found.baseline.value + found.effect.value)
    assert found.share.value == pytest.approx(found.effect.value / found.baseline.value)
    assert found.effect.low < found.effect.value < found.effect.high < 0


def test_an_effect_without_skewness_has_the_interval_of_welch():
    """Symmetric cases drawn one by one: nothing but Welch's t remains."""
    rng = np.random.default_rng(1)
    half = rng.normal(size=200)
    value = np.concatenate([10 + half, 10 - half, 9 + 2 * half, 9 - 2 * half])
    with_system = np.arange(800) >= 400
    found = estimate(
        Cases(value=value, day=np.arange(800) % 40, with_system=with_system), mean, confidence=0.95
    )
    error = np.hypot(*(value[arm].std(ddof=1) / 20 for arm in (with_system, ~with_system)))

    assert found.effect.value == pytest.approx(-1)
    assert found.effect.high - found.effect.low == pytest.approx(2 * 1.9646 * error, rel=1e-3)


def test_teams_drawn_as_a_whole_count_as_one_each():
    """Two thousand cases of twenty teams know no more than twenty teams do."""
    cases = Drawn(by="team", alike_in_team=0.2).draw(4)
    by_team = estimate(cases, mean, confidence=0.95, assigned_by="team")
    by_case = estimate(cases, mean, confidence=0.95, assigned_by="case")

    assert by_team.n_clusters == 20
    assert by_team.effect.high - by_team.effect.low > 2 * (by_case.effect.high - by_case.effect.low)


def test_earlier_figures_make_the_comparison_finer():
    """What was known beforehand is taken off both sides, and the sentence says so."""
    cases = Drawn(foretold=True).draw(5)
    finer = estimate(cases, mean, confidence=0.95)
    plain = estimate(replace(cases, before=None), mean, confidence=0.95)

    assert finer.effect.high - finer.effect.low < 0.9 * (plain.effect.high - plain.effect.low)
    assert finer.sentence.endswith(
        "What was known of them beforehand explains "
        f"{finer.details['explained_beforehand']:.0%} of the spread, and was taken off both sides."
    )


def test_pseudo_values_average_to_the_restricted_mean_of_kaplan_and_meier():
    """The mean time up to the horizon is the area under the curve."""
    rng = np.random.default_rng(6)
    value, is_open = rng.exponential(5, 300).round(1) + 0.1, rng.random(300) < 0.3
    curve = SurvfuncRight(value, (~is_open).astype(int))
    inside = curve.surv_times < 8
    edges = np.concatenate([[0], curve.surv_times[inside], [8]])
    area = float(np.diff(edges) @ np.concatenate([[1], curve.surv_prob[inside]]))
    seen = restricted_mean(np.minimum(value, 8), is_open & (value < 8), 8.0)

    assert seen.mean() == pytest.approx(area)


def test_without_open_cases_pseudo_values_are_the_values():
    """With nothing open there is nothing to guess."""
    value = np.random.default_rng(7).exponential(5, 50)
    seen = restricted_mean(value, np.zeros(50, dtype=bool), 100.0)

    assert np.allclose(seen, value)


def test_open_cases_are_left_out_where_enough_are_old_enough_and_the_sentence_says_it():
    """Of cases older than the horizon all is known up to it."""
    cases = Drawn(open_ones=True).draw(8)
    found = estimate(cases, Statistic(kind="mean", horizon=10.0), confidence=0.95)
    old = int((cases.moment + 10 <= 60).sum())

    assert found.n_with + found.n_without == old
    assert found.sentence.endswith(
        f"Only the {old:,} of 2,000 cases count that began at least 10 (in the unit of the "
        "KPI) before the record was drawn, so that it is known of each how long it took up to "
        "that; no case counts for longer."
    )


def test_a_mean_of_open_cases_without_a_horizon_is_refused():
    """How long the rest will take is not known."""
    found = estimate(Drawn(open_ones=True).draw(8), mean, confidence=0.95)

    assert found == Refusal(
        design="randomised",
        why="some cases are still open, and how long they will take is not known",
        next_step="Give the KPI a 'horizon', the longest time that is counted, or measure a median "
        "or another quantile instead of the mean",
    )


def test_too_few_cases_are_refused():
    """Nobody is told anything from a dozen cases."""
    found = estimate(Drawn(n=30).draw(1), mean, confidence=0.95)

    assert isinstance(found, Refusal)
    assert found.next_step == "Wait for at least 20 cases on each side"


def test_a_draw_by_teams_that_are_not_known_is_refused():
    """What was drawn must be in the records."""
    found = estimate(replace(Drawn().draw(1), team=None), mean, confidence=0.95, assigned_by="team")

    assert found.why == "which team a case belongs to is not in the records"


def test_sides_of_another_size_than_drawn_break_the_comparison():
    """Cases lost on one side only show in the sizes."""
    cases = Drawn().draw(9)
    kept = ~(cases.with_system & (np.random.default_rng(1).random(2_000) < 0.25))
    found = estimate(cases.where(kept), mean, confidence=0.95, split=0.5)

    assert state(found, "sizes-as-drawn") == "broken"
    assert found.is_broken
    honest = estimate(cases, mean, confidence=0.95, split=0.5)
    assert state(honest, "sizes-as-drawn") == "holds"


def test_sides_that_differed_beforehand_break_the_comparison():
    """Somebody chose."""
    cases = Drawn(foretold=True).draw(10)
    chosen = replace(cases, with_system=cases.before < np.random.default_rng(2).normal(size=2_000))

    assert state(estimate(chosen, mean, confidence=0.95), "alike-before") == "broken"
    assert state(estimate(cases, mean, confidence=0.95), "alike-before") == "holds"


def test_turns_that_were_not_taken_are_seen():
    """On and off by choice is no alternation."""
    cases = Drawn(by="turns").draw(11)
    found = estimate(cases, mean, confidence=0.95, design="alternating", assigned_by="day")
    chosen = replace(cases, with_system=cases.day > 30)
    broken = estimate(chosen, mean, confidence=0.95, design="alternating", assigned_by="day")

    assert state(found, "turns-followed") == "holds"
    assert state(broken, "turns-followed") == "broken"


def test_who_was_given_it_counts_whether_they_used_it_or_not():
    """Intention to treat, with the share that used it beside."""
    cases = Drawn(effect=-0.2).draw(12)
    used = cases.with_system & (np.random.default_rng(3).random(2_000) < 0.6)
    found = estimate(replace(cases, used=used), mean, confidence=0.95)
    plain = estimate(cases, mean, confidence=0.95)

    assert found.effect == plain.effect
    assert found.details["used_of_assigned"] == pytest.approx(0.6, abs=0.05)
    assert state(found, "used-as-drawn") == "doubtful"


def test_a_rate_is_of_all_over_all():
    """Errors per thousand lines are summed before they are divided."""
    rng = np.random.default_rng(4)
    exposure = rng.integers(1, 20, 2_000).astype(float)
    cases = replace(Drawn().draw(1), value=rng.poisson(0.1 * exposure) * 1.0, exposure=exposure)
    found = estimate(cases, Statistic(kind="rate"), confidence=0.95)
    with_it = cases.with_system

    assert found.level.value == pytest.approx(cases.value[with_it].sum() / exposure[with_it].sum())
    assert found.level.low < 0.1 < found.level.high


def test_a_single_case_that_decides_is_named():
    """One case a thousand times as long as the others is no ground for a mean."""
    cases = Drawn().draw(13)
    value = cases.value.copy()
    value[7] = 5_000.0
    found = estimate(replace(cases, value=value), mean, confidence=0.95)

    assert state(found, "no-single-decides") == "doubtful"
