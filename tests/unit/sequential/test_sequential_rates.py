"""An error rate against that of a pilot."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest

from proveout.statistics.sequential import (
    Counted,
    PilotRate,
    bet_above,
    bet_below,
    conformal_p,
    jumper,
    running_rate,
    watch_rate,
)
from proveout.statistics.sequential.power import power

BEGINS = date(2026, 1, 5)
SHARE = 0.05


def days(wrong: list[int], n: int = 100, *, begins: date = BEGINS) -> list[Counted]:
    return [Counted(on=begins + timedelta(days=nth), wrong=k, n=n) for nth, k in enumerate(wrong)]


def pilot() -> PilotRate:
    wrong = [8, 7, 9, 8, 6, 10, 8] * 8
    return PilotRate.of_days(days(wrong, begins=BEGINS - timedelta(days=60)))


def test_a_doubled_rate_alarms_in_days_and_says_since_when() -> None:
    """Thirty days like the pilot's, then twice as many errors."""
    found = watch_rate(pilot(), days([8] * 30 + [16] * 6), share=SHARE, begins=BEGINS)

    assert found.is_alarm
    assert found.since == BEGINS + timedelta(days=30)
    assert found.alarmed_on is not None
    assert found.alarmed_on <= BEGINS + timedelta(days=33)
    assert (found.wrong, found.n, found.rate, found.days) == (96, 600, 0.16, 36)


def test_a_rate_that_improves_and_comes_back_is_no_harm() -> None:
    """What the pilot had is never harm, however good it was in between."""
    found = watch_rate(pilot(), days([8] * 10 + [4] * 60 + [8] * 40), share=SHARE, begins=BEGINS)

    assert not found.is_alarm


def test_days_without_cases_say_nothing_and_a_missing_day_is_one() -> None:
    """Evidence without data stays as it is, but for the stake of the days."""
    told = days([8] * 5)
    with_gap = [*told, Counted(on=BEGINS + timedelta(days=9), wrong=0, n=0)]

    found = [watch_rate(pilot(), each, share=SHARE, begins=BEGINS) for each in (told, with_gap)]

    assert found[0].evidence == pytest.approx(found[1].evidence, rel=0.05)
    assert found[1].days == 5
    assert watch_rate(pilot(), [], share=SHARE, begins=BEGINS).evidence == 1.0


def test_weeks_that_differ_in_the_pilot_make_the_watch_patient() -> None:
    """The same bad week alarms after a steady pilot, and not after one with such weeks."""
    wavy = [wrong for week in (4, 12, 7, 14, 5, 9, 3, 13) for wrong in [week] * 7]
    uneven = PilotRate.of_days(days(wavy, begins=BEGINS - timedelta(days=60)))
    bad_week = days([8] * 7 + [16] * 7)

    assert watch_rate(pilot(), bad_week, share=SHARE, begins=BEGINS).is_alarm
    assert not watch_rate(uneven, bad_week, share=SHARE, begins=BEGINS).is_alarm


def test_truths_that_are_never_known_are_allowed_for() -> None:
    """Where half is never known, twice the pilot's rate among the rest may be no change at all."""
    found = {
        labelled: watch_rate(
            pilot(), days([15] * 20), share=SHARE, begins=BEGINS, labelled=labelled
        ).is_alarm
        for labelled in (1.0, 0.5)
    }

    assert found == {1.0: True, 0.5: False}


@pytest.mark.parametrize(
    "bad",
    [
        [Counted(on=BEGINS - timedelta(days=1), wrong=0, n=1)],
        [Counted(on=BEGINS, wrong=0, n=1)] * 2,
        [Counted(on=BEGINS, wrong=2, n=1)],
        [Counted(on=BEGINS, wrong=math.nan, n=1)],  # type: ignore[arg-type]
        [Counted(on=BEGINS, wrong=0, n=math.inf)],  # type: ignore[arg-type]
    ],
    ids=["before it begins", "a day twice", "more wrong than there are", "NaN", "without end"],
)
def test_what_cannot_be_counted_is_refused(bad: list[Counted]) -> None:
    """Nothing is counted twice or from another life."""
    with pytest.raises(ValueError, match="cannot be counted since 2026-01-05"):
        watch_rate(pilot(), bad, share=SHARE, begins=BEGINS)


@pytest.mark.parametrize(
    "bad",
    [
        {"share": math.nan}, {"share": 0.0}, {"share": SHARE, "life_days": math.nan},
        {"share": SHARE, "labelled": math.nan}, {"share": SHARE, "labelled": 0.0},
    ],
)  # fmt: skip
def test_a_watch_without_a_sound_promise_is_refused(bad: dict[str, float]) -> None:
    """NaN compares with nothing: it would make a watch that never alarms."""
    with pytest.raises(ValueError, match="no watch with a share of"):
        watch_rate(pilot(), days([8]), begins=BEGINS, **bad)
    with pytest.raises(ValueError, match="harm is a multiple"):
        watch_rate(pilot(), days([8]), begins=BEGINS, share=SHARE, harm=math.nan)


def test_a_day_of_the_pilot_is_counted_once() -> None:
    """Two sums for one day may be a repetition or two halves; who gives them must say which."""
    with pytest.raises(ValueError, match="2026-01-05: 8 wrong of 100 is no count, or a second one"):
        PilotRate.of_days(days([8]) * 2)


def test_a_day_that_is_years_ahead_takes_no_longer() -> None:
    """Days without cases in between are not gone through one by one."""
    late = Counted(on=date(9999, 12, 31), wrong=8, n=100)

    found = watch_rate(pilot(), [*days([8] * 5), late], share=SHARE, begins=BEGINS)

    assert (found.is_alarm, found.days) == (False, 6)


@pytest.mark.parametrize("level", [10, 5, 1, 0])
def test_a_rate_that_falls_is_never_harm(level: int) -> None:
    """From 20 % to half of it and less, from launch or later, among many cases."""
    twenty = [200 + 3 * (nth % 5 - 2) for nth in range(56)]
    before = PilotRate.of_days(days(twenty, 1_000, begins=BEGINS - timedelta(days=60)))

    for quiet in (0, 9, 14):
        told = days([*twenty[:quiet], *[level * 10] * 30], 1_000)
        found = watch_rate(before, told, share=SHARE, begins=BEGINS)
        assert not found.is_alarm
        assert found.highest < found.threshold


@pytest.mark.parametrize("wrong", [40, 50, 80, 100])
@pytest.mark.parametrize("quiet", [0, 7])
def test_gross_harm_is_found_at_once(wrong: int, quiet: int) -> None:
    """Also from launch day on, when no week has ended; and the worse, the surer."""
    twenty = [40, 37, 43, 41, 38] * 4
    before = PilotRate.of_days(days(twenty, 200, begins=BEGINS - timedelta(days=20)))

    told = days([*twenty[:quiet], *[wrong * 2] * 3], 200)
    found = watch_rate(before, told, share=SHARE, begins=BEGINS)

    assert found.since == BEGINS + timedelta(days=quiet)
    assert found.alarmed_on is not None
    assert found.alarmed_on <= BEGINS + timedelta(days=quiet + 2)


def test_greater_rises_are_found_sooner() -> None:
    """The power table before launch: by how much, how surely, how soon."""
    table = power(pilot(), cases_a_day=60, share=SHARE, rises=(1.0, 2.0, 3.0), lives=12, seed=1)

    none, double, triple = table
    assert none.found <= 0.2
    assert double.found == triple.found == 1.0
    assert double.median_days is not None
    assert triple.median_days is not None
    assert triple.median_days <= double.median_days <= 10


def test_bets_win_against_a_mean_that_is_passed() -> None:
    """Above pays when figures are high, below when they are low."""
    random = np.random.default_rng(1)
    high, low = random.random(400) < 0.2, random.random(400) < 0.03

    assert min(bet_above(high, 0.1), bet_below(low, 0.1)) > 100
    assert max(bet_above(low, 0.1), bet_below(high, 0.1)) < 1
    with pytest.raises(ValueError, match="figures lie between 0 and 1"):
        bet_above([0.5, float("nan")], 0.1)


def test_the_running_rate_narrows_and_is_open_without_data() -> None:
    """No data bound nothing; ten times the data, about a third of the width."""
    outcomes = np.resize([0, 0, 0, 0, 1], 20_000)
    widths = [(found := running_rate(outcomes[:n])).high - found.low for n in (0, 2_000, 20_000)]

    assert widths[0] == 1.0
    assert widths[2] < 0.4 * widths[1] < 0.04


def test_scores_that_move_are_stranger_than_those_before() -> None:
    """The conformal martingale stays low on like scores and grows when they move."""
    random = np.random.default_rng(2)
    reference = random.normal(size=400)
    like = conformal_p(reference, random.normal(size=300), random=random)
    moved = conformal_p(reference, random.normal(1.0, size=300), random=random)

    assert jumper(like) < 20 < jumper(moved)
    with pytest.raises(ValueError, match="a score is missing"):
        conformal_p(reference, [float("nan")], random=random)
