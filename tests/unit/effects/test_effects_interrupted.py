"""A before-and-after gives a figure only where nothing else explains it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from proveout.statistics.effects import Cases, Estimate, Refusal, Statistic
from proveout.statistics.effects.interrupted import estimate
from proveout.statistics.effects.periods import series_of

ROLLED_OUT = 20_000
MEAN = Statistic(kind="mean")


def record(
    *, before: int = 40, after: int = 20, effect: float = 0.0, per_day: int = 10, seed: int = 1
) -> Cases:
    """Skewed times around 10, week by week."""
    random = np.random.default_rng(seed)
    day = np.repeat(ROLLED_OUT + np.arange(-7 * before, 7 * after), per_day)
    level = 10 + effect * (day >= ROLLED_OUT)
    value = level * random.lognormal(-0.125, 0.5, len(day))
    return Cases(value=value, day=day, with_system=day >= ROLLED_OUT,
                 as_of=ROLLED_OUT + 7 * after - 1)  # fmt: skip


def reckon(cases: Cases, statistic: Statistic = MEAN, **more: float) -> Estimate | Refusal:
    return estimate(
        cases, statistic, confidence=0.95, seed=1, rolled_out=ROLLED_OUT, **more  # type: ignore[arg-type]
    )  # fmt: skip


def found(told: Estimate | Refusal) -> Estimate:
    assert isinstance(told, Estimate), told
    return told


def test_a_clear_step_is_found_and_level_is_baseline_and_effect() -> None:
    """A step of -3 from 10: the interval holds it and not zero."""
    told = found(reckon(record(effect=-3.0)))

    assert told.effect.low < -3 < told.effect.high < 0
    assert told.level.value == pytest.approx(told.baseline.value + told.effect.value)
    assert told.baseline.low < 10 < told.baseline.high
    assert told.n_with == 20 * 70
    assert told.n_without == 40 * 70


def test_without_a_control_series_another_change_that_day_stays_untested() -> None:
    """What cannot be told from the cases is said to be untested, never taken to hold."""
    told = found(reckon(record(effect=-3.0)))
    states = {each.name: each.state for each in told.assumptions}

    assert states["no-other-change"] == "untested"
    assert told.sentence == (
        "The 20 weeks since the rollout were compared with the 40 before it; trend and season were "
        "taken out, and only a step on that day counts. No control series: another change on the "
        "same day would be taken for it."
    )


def test_a_change_that_the_control_series_shows_as_well_is_taken_off() -> None:
    """The teams without the system stepped as well: that is no effect."""
    touched, control = record(effect=-3.0), record(effect=-3.0, seed=2)
    both = Cases(
        value=np.r_[touched.value, control.value], day=np.r_[touched.day, control.day],
        with_system=np.r_[touched.with_system, np.zeros(len(control), dtype=bool)],
        is_control=np.arange(2 * len(touched)) >= len(touched), as_of=touched.as_of,
    )  # fmt: skip
    told = found(reckon(both))

    assert told.effect.low < 0 < told.effect.high
    assert {each.name: each.state for each in told.assumptions}["no-other-change"] == "doubtful"


def test_too_few_weeks_are_refused_with_what_is_missing() -> None:
    """Twelve weeks before and six after are the least."""
    assert reckon(record(before=8)) == Refusal(
        design="before-after",
        why="there are 8 weeks before the rollout and 20 after it; a line before and a line after "
        "need at least 12 and 6",
        next_step="Bring records from longer before the rollout.",
    )
    late = reckon(record(after=3))
    assert isinstance(late, Refusal)
    assert late.next_step == "Wait until the system has been in use for longer."


def test_a_step_some_weeks_before_the_rollout_is_refused() -> None:
    """What had already happened is not the system's merit."""
    cases = record()
    earlier = replace(cases, value=cases.value * np.where(cases.day >= ROLLED_OUT - 35, 0.6, 1))
    told = reckon(earlier)

    assert isinstance(told, Refusal)
    assert told.why.startswith("the figure had already stepped about 5 weeks before the rollout")


def test_a_trend_is_no_effect() -> None:
    """A figure that fell for a year and goes on falling has no step."""
    cases = record(before=60, after=26)
    falling = replace(cases, value=cases.value * (1 - 0.005 * (cases.day - ROLLED_OUT) / 7))
    told = reckon(falling)

    assert isinstance(told, Refusal) or told.effect.low < 0 < told.effect.high


def test_open_cases_need_a_horizon_and_are_counted_once_they_are_old_enough() -> None:
    """The mean of min(value, horizon) is known of cases that are as old as the horizon."""
    cases = record(effect=-3.0)
    cases = replace(cases, days_per_unit=1.0, moment=cases.day + 0.5)
    drawn = cases.until(ROLLED_OUT + 7 * 20 - 1)
    refused = reckon(drawn)
    told = found(reckon(drawn, Statistic(kind="mean", horizon=30.0)))

    assert isinstance(refused, Refusal)
    assert refused.next_step == "Give the KPI a horizon, or take its median."
    assert told.n_with == 15 * 70
    assert told.effect.low < -3 < told.effect.high < 0


def test_the_median_of_weeks_with_open_cases_is_told_where_it_is_known() -> None:
    """Weeks in which open cases could still move the median are left out."""
    cases = record(effect=-3.0, seed=4)
    cases = replace(cases, days_per_unit=1.0, moment=cases.day + 0.5)
    told = found(
        reckon(cases.until(ROLLED_OUT + 7 * 20 - 1), Statistic(kind="quantile", quantile=0.5))
    )

    assert 16 * 70 <= told.n_with < 20 * 70
    assert told.effect.high < 0


def test_what_came_by_and_by_before_the_day_is_no_step() -> None:
    """A fall that began four weeks before and was over two weeks after tells the figures better."""
    cases = record(per_day=20)
    fallen = np.clip((cases.day - ROLLED_OUT) / 42 + 4 / 6, 0, 1)
    told = reckon(replace(cases, value=cases.value * (1 - 0.3 * fallen)))

    assert isinstance(told, Refusal)
    assert told.why.startswith("the figure changed, but not clearly on the day of the rollout: ")


def test_a_rollout_on_a_day_without_cases_keeps_its_first_week() -> None:
    """A holiday on the day of the rollout does not cost the week by which the step is told."""
    cases = record(effect=-4.0)
    cases = cases.where((cases.day < ROLLED_OUT) | (cases.day >= ROLLED_OUT + 2))
    told = found(reckon(cases))

    assert told.details is not None
    assert ROLLED_OUT in told.details["begins"]
    assert told.n_with == 20 * 70 - 20


@pytest.mark.parametrize(
    ("harder", "state"),
    [
        # Nothing but the number is known.
        (None, "untested"),
        # As hard as before.
        (0.0, "holds"),
        # Easier cases since the rollout.
        (-0.5, "doubtful"),
    ],
)
def test_other_cases_since_the_rollout_are_named(harder: float | None, state: str) -> None:
    """That cases are of the same kind is held to be so only where their traits say it."""
    cases = record(effect=-4.0)
    if harder is not None:
        size = np.random.default_rng(5).normal(harder * (cases.day >= ROLLED_OUT), 1.0)
        cases = replace(cases, traits=size[:, None], trait_names=("size",))
    told = found(reckon(cases))

    assert [each.state for each in told.assumptions if each.name == "same-cases"] == [state]


def test_what_came_two_weeks_after_the_day_is_no_step_on_it() -> None:
    """Another cause shortly after the rollout is not taken for it."""
    cases = record(per_day=40)
    late = cases.day >= ROLLED_OUT + 14
    told = reckon(replace(cases, value=np.where(late, 0.65, 1.0) * cases.value))

    assert not (isinstance(told, Estimate) and told.effect.high < 0)


def test_days_of_learning_are_left_out() -> None:
    """With `settle_days` the weeks after begin when all had settled."""
    cases = record(effect=-3.0, seed=4)
    chaos = (cases.day >= ROLLED_OUT) & (cases.day < ROLLED_OUT + 14)
    told = found(reckon(replace(cases, value=np.where(chaos, 40.0, cases.value)), settle_days=14))

    assert told.effect.low < -3 < told.effect.high < 0
    assert told.n_with == 18 * 70


def test_a_week_holds_each_day_of_the_week_once() -> None:
    """Cut-off weeks at either end are left out; the first week begins on the day asked for."""
    day = np.arange(ROLLED_OUT - 10, ROLLED_OUT + 16)
    cases = Cases(value=day % 7 + 0.0, day=day, with_system=day >= ROLLED_OUT)
    series = series_of(cases, MEAN, origin=ROLLED_OUT, days=7)

    assert list(series.begins) == [ROLLED_OUT - 7, ROLLED_OUT, ROLLED_OUT + 7]
    assert list(series.value) == [3.0, 3.0, 3.0]
    assert list(series.n) == [7, 7, 7]


def test_the_quantile_of_each_week_is_that_of_its_cases() -> None:
    """By the same rule as numpy's."""
    random = np.random.default_rng(1)
    day = ROLLED_OUT + random.integers(0, 70, 500)
    cases = Cases(
        value=random.lognormal(size=500), day=day, with_system=day > 0, as_of=ROLLED_OUT + 69
    )
    told = series_of(cases, Statistic(kind="quantile", quantile=0.9), origin=ROLLED_OUT, days=7)
    week = (day - ROLLED_OUT) // 7

    assert told.value == pytest.approx(
        [np.quantile(cases.value[week == k], 0.9) for k in range(10)]
    )
