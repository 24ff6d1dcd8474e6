"""What a chart says about a change, and what it keeps quiet about."""

from __future__ import annotations

import json

import numpy as np

from proveout.report.charts.control import control_chart_html, signal_sentences
from proveout.statistics.control_charts import (
    ControlChart,
    Signal,
    as_details,
    chart_of,
    from_details,
    signals_of,
    xmr_limits,
)
from proveout.statistics.control_charts.limits import Limits
from proveout.statistics.effects import Cases, Statistic

FLAT = Limits(centre=0.0, low=np.full(20, -3.0), high=np.full(20, 3.0), sigma=np.ones(20))
BEFORE = np.zeros(20, dtype=bool)


def spoken(value: np.ndarray, is_after: np.ndarray = BEFORE) -> list[tuple[str, str, int, int]]:
    found = signals_of(value, FLAT, is_after, lower_is_better=True)
    return [(each.rule, each.side, each.first, each.last) for each in found]


def zigzag() -> np.ndarray:
    return np.tile([0.5, -0.5], 10)


def test_a_point_beyond_the_limits_signals() -> None:
    """One point outside is enough."""
    value = zigzag()
    value[5] = -3.5

    assert spoken(value) == [("beyond-limits", "below", 5, 5)]


def test_two_of_three_far_out_signal() -> None:
    """Two of three neighbours beyond two thirds of the way, on one side."""
    value = zigzag()
    value[[6, 8]] = 2.5

    assert spoken(value) == [("two-of-three", "above", 8, 8)]


def test_eight_in_a_row_on_one_side_signal_and_seven_do_not() -> None:
    """A run is eight points or more; all of them are told."""
    seven, eight = zigzag(), zigzag()
    seven[4:11] = 0.5
    eight[4:12] = 0.5
    seven[[3, 11]] = eight[[3, 12]] = -0.5

    assert spoken(seven) == []
    assert spoken(eight) == [("run", "above", 4, 11)]


def test_a_run_does_not_go_on_across_the_rollout() -> None:
    """What was low before the rollout is no sign of what came with it."""
    value = zigzag()
    value[6:14] = -0.5
    is_after = np.arange(20) >= 10

    assert spoken(value, is_after) == []


def weekly(step: float, *, weeks_before: int = 30, weeks: int = 50, seed: int = 4) -> ControlChart:
    random = np.random.default_rng(seed)
    day = np.repeat(20_000 + np.arange(7 * weeks), 20)
    rolled_out = 20_000 + 7 * weeks_before
    value = random.lognormal(2, 0.5, len(day)) * np.where(day >= rolled_out, 1 + step, 1)
    cases = Cases(value=value, day=day, with_system=day >= rolled_out)
    chart = chart_of(cases, Statistic(kind="mean"), rolled_out=rolled_out)
    assert chart is not None
    return chart


def test_limits_come_from_before_the_rollout() -> None:
    """A system that changed the figure does not move the limits that it is held against."""
    assert weekly(-0.5).centre == weekly(0.0).centre
    assert weekly(-0.5).n_limits == 30
    assert weekly(-0.5).notes == ("Centre and limits come from the 30 weeks before the rollout.",)


def test_a_change_is_told_in_words() -> None:
    """One sentence says how many weeks, from when on, and whether it is the wanted way."""
    assert signal_sentences(weekly(-0.5)) == [
        "Since the rollout: 20 weeks in a row lie below the centre, from 2025-05-02 on; 20 lie "
        "below the limits, first 2025-05-02 – a change for the better."
    ]
    assert signal_sentences(weekly(0.0)) == ["Nothing signals a change: all of this may be chance."]


def test_few_weeks_before_the_rollout_make_provisional_limits() -> None:
    """Below twelve points the reader is told that limits still move."""
    chart = weekly(0.0, weeks_before=8, weeks=20)

    assert chart.is_provisional
    assert chart.notes == (
        "Centre and limits come from 8 weeks and are provisional: from 12 on they stand.",
    )


def test_shares_get_a_p_chart_and_counted_rates_a_u_chart() -> None:
    """The figure decides on the chart."""
    random = np.random.default_rng(2)
    day = np.repeat(20_000 + np.arange(140), 30)
    with_system = day >= 20_100
    share = Cases(
        value=(random.random(len(day)) < 0.2).astype(float), day=day, with_system=with_system
    )
    rate = Cases(value=random.poisson(0.5, len(day)).astype(float), day=day,
                 with_system=with_system, exposure=np.full(len(day), 2.0))  # fmt: skip
    kinds = [
        chart.kind
        for cases, kind in ((share, "share"), (rate, "rate"), (rate, "mean"))
        if (chart := chart_of(cases, Statistic(kind=kind), rolled_out=20_100)) is not None
    ]

    assert kinds == ["p", "u", "xmr"]


def test_too_short_a_record_has_no_chart() -> None:
    """Three weeks are no chart."""
    day = np.repeat(20_000 + np.arange(21), 5)
    cases = Cases(value=np.ones(len(day)), day=day, with_system=day >= 20_010)

    assert chart_of(cases, Statistic(kind="mean"), rolled_out=None) is None


def test_a_chart_comes_back_from_the_details_of_evidence() -> None:
    """What was written as JSON is read as the same chart."""
    chart = weekly(-0.3)

    assert from_details(json.loads(json.dumps(as_details(chart)))) == chart


def test_the_drawing_holds_no_style_and_its_figures_as_a_table() -> None:
    """It must pass a strict content policy and a reader without eyes."""
    drawn = control_chart_html(weekly(-0.5), title="Hours <b>", unit="h")

    assert "style=" not in drawn
    assert "<b>" not in drawn
    assert drawn.count('<th scope="row">') == 50
    assert drawn.count('class="signal"') == 20
    assert "rolled out" in drawn


def test_signals_are_whole_values() -> None:
    """Rule, side, place, whether after the rollout and whether wanted."""
    value = zigzag()
    value[15] = -4
    limits = xmr_limits(value, np.arange(20) < 10)
    found = signals_of(value, limits, np.arange(20) >= 10, lower_is_better=True)

    assert found == (
        Signal(rule="beyond-limits", side="below", first=15, last=15, is_after=True,
               is_better=True),
    )  # fmt: skip
