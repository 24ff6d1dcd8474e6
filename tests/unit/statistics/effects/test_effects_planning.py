"""Plans and confidence sequences: what they promise, and what they refuse."""

from dataclasses import replace

import numpy as np
import pytest

from fixtures.rollouts_drawn import Drawn
from proveout.statistics.effects import Refusal, Statistic
from proveout.statistics.effects.planning import plan
from proveout.statistics.effects.sequences import estimate_anytime, standard_errors

mean = Statistic(kind="mean")


def manual(**how):
    """Return cases of the manual way."""
    cases = Drawn(n=20_000, days=365, **how).draw(1)
    return replace(cases, with_system=np.zeros(len(cases), dtype=bool))


def test_a_wider_gap_takes_fewer_days_and_looking_daily_more():
    """What is plain is decided soon."""
    near = plan(manual(), mean, threshold=1.9, confidence=0.95, effect=-0.4)
    far = plan(manual(), mean, threshold=2.0, confidence=0.95, effect=-0.4)

    assert far.on_one_day.days < near.on_one_day.days < near.looking_daily.days
    assert near.on_one_day.days_low < near.on_one_day.days < near.on_one_day.days_high
    assert near.sentence.startswith("If the figure comes to ")


def test_a_figure_that_would_not_meet_the_threshold_is_never_decided():
    """Waiting helps nobody whose system is not good enough."""
    found = plan(manual(), mean, threshold=1.0, confidence=0.95, effect=-0.1)

    assert isinstance(found, Refusal)
    assert found.next_step == (
        "Expect more of the system, or seal another threshold in the next charter"
    )


def test_teams_that_differ_by_too_much_are_never_decided_however_long_one_waits():
    """More days bring no more teams, and the plan says so."""
    cases = manual(alike_in_team=0.2)
    found = plan(
        cases,
        mean,
        threshold=float(cases.value.mean()),
        confidence=0.95,
        effect=-0.2,
        assigned_by="team",
    )

    assert found.on_one_day.days is None
    assert found.on_one_day.weeks is None
    assert found.sentence.endswith(
        "the teams differ by too much. Draw it over more teams, or case by case."
    )


def test_the_interval_for_every_day_is_tightest_where_planned():
    """Its reach in standard errors is least near the planned number of cases."""
    reach = {n: standard_errors(n, confidence=0.95, tightest_at=1_000) for n in (50, 1_000, 50_000)}

    assert reach[1_000] == pytest.approx(3.035, abs=0.01)
    assert reach[1_000] < reach[50_000] < reach[50]


def test_the_interval_for_every_day_is_wider_than_that_for_one_day():
    """It is the price of looking on any day."""
    cases = Drawn().draw(2)
    every = estimate_anytime(cases, mean, confidence=0.95)

    assert every.confidence == 0.95
    assert every.method.startswith("confidence sequence, ")
    assert every.effect.low < -0.3 < 0.3 < every.effect.high


@pytest.mark.parametrize(
    ("statistic", "by", "why"),
    [
        (
            mean,
            "team",
            "the same ones of each team are looked at again every day, and an interval for every "
            "day needs new ones to come in",
        ),
        (
            Statistic(kind="quantile", quantile=0.5),
            "case",
            "intervals for every day are made for means, shares and rates",
        ),
        (
            mean,
            "week",
            "an interval that holds on every day begins after 16 weeks, and there are 9",
        ),
    ],
)
def test_what_no_interval_for_every_day_is_made_for_is_refused(statistic, by, why):
    """Planned looks remain."""
    assert estimate_anytime(Drawn().draw(2), statistic, confidence=0.95, assigned_by=by).why == why
