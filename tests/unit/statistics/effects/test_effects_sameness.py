"""Cases that tell nothing, or less than it seems: one figure, one day, one slow side."""

from dataclasses import replace

import numpy as np
import pytest

from proveout.statistics.effects import (
    Cases,
    Refusal,
    Statistic,
    assigned,
    interrupted,
    matched,
    staggered,
)
from proveout.statistics.effects.cases import NEVER
from proveout.statistics.effects.followed import followed

MEAN = Statistic(kind="mean")


def business():
    """Return 3,000 cases of ten teams, of which half begin with the system, one after another."""
    rng = np.random.default_rng(5)
    n = 3_000
    day, team = np.sort(rng.integers(0, 300, n)), rng.integers(0, 10, n)
    starts = np.array([120, 130, 140, 150, 160, *[int(NEVER)] * 5])[team]
    with_system = day >= starts
    return Cases(
        value=rng.exponential(5.0, n), day=day, with_system=with_system, team=team,
        person=team * 4 + rng.integers(0, 4, n), rolled_out=starts,
    )  # fmt: skip


@pytest.mark.parametrize("side", [True, False])
@pytest.mark.parametrize("design", [assigned, staggered, matched])
def test_a_side_whose_cases_all_have_one_figure_gives_no_interval_without_width(design, side):
    """Not one complaint in so many cases does not say that there are none."""
    cases = business()
    cases = replace(cases, value=np.where(cases.with_system == side, 0.0, cases.value))
    told = design.estimate(cases, MEAN, confidence=0.95)

    n, which = int((cases.with_system == side).sum()), "with" if side else "without"
    assert isinstance(told, Refusal)
    assert told.why == (
        f"all {n:,} cases {which} the system have the same figure, 0, so that how far it may be "
        "off cannot be told"
    )
    assert told.next_step.rstrip(".") == (
        "Look whether the right column was taken; wait for cases that differ; or let it be drawn "
        "who has the system and measure the share of cases (kpis[].measured.happened), whose "
        "range is right for the rarest too"
    )


def test_cases_are_followed_long_enough_for_the_slower_side():
    """A small side with the system that takes three times as long is not cut off at twice."""
    rng = np.random.default_rng(6)
    n = 4_000
    with_system = rng.random(n) < 0.05
    moment = rng.uniform(0, 400, n)
    cases = Cases(
        value=rng.uniform(8, 12, n) * np.where(with_system, 3.0, 1.0), moment=moment,
        day=np.floor(moment).astype(np.int64), with_system=with_system, days_per_unit=1.0,
        is_open=np.zeros(n, dtype=bool),
    ).until(399)  # fmt: skip
    told = followed(cases, Statistic(kind="quantile", quantile=0.5), "staggered")

    assert isinstance(told, Cases)
    assert np.median(told.value[told.with_system]) == pytest.approx(30.0, abs=1.0)


@pytest.mark.parametrize("statistic", [MEAN, Statistic(kind="quantile", quantile=0.5)])
def test_a_record_of_one_day_holds_no_week_and_breaks_nothing(statistic):
    """Before and after needs whole weeks: with none it refuses in words."""
    cases = business()
    one_day = replace(cases, day=np.full(len(cases), 150), team=None, rolled_out=None)
    told = interrupted.estimate(one_day, statistic, confidence=0.95, seed=1, rolled_out=150)

    assert isinstance(told, Refusal)
    assert told.why.startswith("there are 0 weeks before the rollout and 0 after it")
