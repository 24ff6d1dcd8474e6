"""People who chose a system by themselves."""

from dataclasses import replace

import numpy as np
import pytest

from fixtures.simulated_people import People, simulate
from proveout.statistics.effects import Cases, Estimate, Refusal, Statistic
from proveout.statistics.effects.estimate import Figure
from proveout.statistics.effects.hidden_choice import e_value
from proveout.statistics.effects.matched import estimate

MEAN = Statistic(kind="mean")


def of(told, name):
    """Return an assumption of an estimate."""
    return next(each for each in told.assumptions if each.name == name)


def test_people_are_compared_by_how_far_they_moved():
    """Volunteers who were quicker all along are no effect; how far they were ahead is shown."""
    told = estimate(simulate(People(chosen_by="volunteers", ahead=2.0, skewed=False), 3), MEAN)

    assert isinstance(told, Estimate)
    assert told.effect.low < 0 < told.effect.high
    assert told.details["ahead_before"]["value"] < -1
    assert told.details["allowance"] is None
    assert told.sentence == (
        "People chose by themselves. Cases with the system were compared with cases without it "
        "from the same weeks that were as likely to be done with it, each by how far they moved "
        "from their own figure before."
    )


def test_a_lead_that_does_not_last_is_told_and_held() -> None:
    """Of the two ways in which a past bears on the present the interval holds both."""
    rng = np.random.default_rng(4)
    person = np.repeat(np.arange(60), 32).astype(np.int64)
    week = np.tile(np.repeat(np.arange(-8, 8), 2), 60)
    value = rng.lognormal(3, 0.6, len(person))
    before = week < 0
    worse = np.bincount(person[before], value[before]) > np.median(
        np.bincount(person[before], value[before])
    )
    cases = Cases(
        value=value, day=(19_000 + 7 * week).astype(np.int64), person=person,
        with_system=worse[person] & ~before,
    )  # fmt: skip

    found = estimate(cases, MEAN)

    spell = of(found, "no-spell-before")
    assert spell.state == "doubtful"
    assert spell.seen.startswith("Of how people differed before, ")
    assert found.effect.low < 0 < found.effect.high
    assert found.details["if_nothing_hidden"]["effect"]["high"] < 0


def test_of_volunteers_alone_nothing_is_said_of_the_others():
    """Where nobody else had it, the effect for others is refused."""
    told = estimate(simulate(People(chosen_by="volunteers"), 1), MEAN)

    assert isinstance(told, Estimate)
    assert told.details["others"] is None
    assert of(told, "not-volunteers-alone").state == "untested"
    assert of(told, "not-volunteers-alone").seen == (
        "100% of the cases with the system were done by volunteers; of the others, next to nobody "
        "had it. So nothing is said of them."
    )


def test_a_median_of_volunteers_alone_is_refused_though_their_past_is_known():
    """Means are compared with people's own past, and quantiles are not; the reason says so."""
    told = estimate(
        simulate(People(chosen_by="volunteers"), 1), Statistic(kind="quantile", quantile=0.5)
    )

    assert isinstance(told, Refusal)
    assert (told.why, told.next_step) == (
        "100% of the cases with the system were done by volunteers, and a quantile of theirs is "
        "not compared with their own past, so their being quicker or better anyway cannot be told "
        "from the system",
        "Take the mean instead (statistic: mean), which is; or give the system to some who did "
        "not come forward.",
    )


def test_volunteers_alone_without_a_past_are_refused():
    """Being quicker anyway cannot be told from the system."""
    told = estimate(simulate(People(chosen_by="volunteers", weeks_before=0), 1), MEAN)

    assert isinstance(told, Refusal)
    assert told.why == (
        "100% of the cases with the system were done by volunteers, and nothing is known of them "
        "from before, so their being quicker or better anyway cannot be told from the system"
    )


def test_the_effect_for_others_stands_by_itself():
    """Where some who did not come forward had it, theirs is reported with its own interval."""
    told = estimate(simulate(People(chosen_by="most volunteers", effect=-3.0), 2), MEAN)

    assert isinstance(told, Estimate)
    theirs = told.details["others"]["effect"]
    assert theirs["low"] < -3.0 < theirs["high"]
    assert of(told, "not-volunteers-alone").state == "holds"


def test_without_a_past_the_interval_is_widened_by_what_may_be_hidden():
    """A quarter of the figure at least goes on either side, and the reason is said."""
    told = estimate(simulate(People(chosen_by="case", weeks_before=0), 1), MEAN)

    assert isinstance(told, Estimate)
    narrow = told.details["if_nothing_hidden"]
    assert told.details["allowance"] >= 0.25 * told.baseline.value - 1e-9
    assert told.effect.low == pytest.approx(narrow["effect"]["low"] - told.details["allowance"])
    assert told.level.high == pytest.approx(narrow["level"]["high"] + told.details["allowance"])
    assert of(told, "no-hidden-reason").state == "doubtful"
    assert "people who choose may be 25% better anyway" in of(told, "no-hidden-reason").seen


def test_a_past_does_not_tell_which_cases_people_picked():
    """Where people chose case by case, easier cases could be the effect: an allowance is made."""
    picked = simulate(People(chosen_by="case"), 1)

    told = estimate(replace(picked, traits=None, trait_names=()), MEAN)

    assert isinstance(told, Estimate)
    assert told.details["allowance"] >= 0.2 * told.baseline.value
    assert told.effect.low < 0 < told.effect.high
    hidden = of(told, "no-hidden-reason")
    assert hidden.state == "doubtful"
    assert "of the choices were made case by case" in hidden.seen
    assert "each by how far they moved from their own figure before" in told.sentence


def test_what_is_given_from_before_serves_as_the_past():
    """A column with each person's figure from before stands in for the cases themselves."""
    cases = simulate(People(chosen_by="volunteers", ahead=2.0, skewed=False), 3)
    early = cases.day < 84
    past = np.bincount(cases.person[early], cases.value[early]) / np.bincount(cases.person[early])
    since = replace(cases, before=past[cases.person], rolled_out=None).where(~early)

    told = estimate(since, MEAN)

    assert isinstance(told, Estimate)
    assert told.details["allowance"] is None
    assert told.effect.low < 0 < told.effect.high


def test_few_people_are_refused():
    """Below eight on either side, one person's ways could be the effect."""
    told = estimate(simulate(People(n=7, chosen_by="case"), 1), MEAN)

    assert isinstance(told, Refusal)
    assert told.why.endswith(
        "are from the same weeks and teams; 30 cases and 8 persons are needed on either side"
    )


def test_all_done_one_way_is_refused():
    """Nothing can be compared."""
    cases = simulate(People(), 1)
    told = estimate(replace(cases, with_system=np.ones(len(cases), dtype=bool)), MEAN)

    assert told == Refusal(
        design="matched",
        why="all cases were done the same way",
        next_step="Keep some cases without the system, or compare before and after.",
    )


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (Figure(value=0.5, low=0.4, high=0.5), 2 + 2**0.5),  # twice as good at the near bound
        (Figure(value=2.0, low=2.0, high=3.0), 2 + 2**0.5),  # and twice as large
        (Figure(value=0.9, low=0.8, high=1.1), 1.0),  # nothing to explain
        (Figure(value=0.1, low=-0.1, high=0.3), None),  # no ratio
    ],
)
def test_how_strong_a_hidden_reason_would_have_to_be(level, expected):
    """The E-value of the bound that is nearest to no effect."""
    assert e_value(level, 1.0) == (None if expected is None else pytest.approx(expected))
