"""Findings on value as sentences."""

from __future__ import annotations

from typing import Any

import pytest

from proveout.charter.schema.purpose import Kpi
from proveout.charter.time_units import days_per_unit
from proveout.checks.value.saying import (
    sealed_baseline,
    state_of,
    told_of_effect,
    told_of_level,
)
from proveout.statistics.effects.estimate import Estimate, Figure


def kpi(**more: Any) -> Kpi:
    said = {"name": "wait", "unit": "minutes", "direction": "lower", "threshold": 20}
    return Kpi.model_validate({**said, **more})


def estimate(baseline: Figure, effect: Figure, level: Figure) -> Estimate:
    return Estimate(
        design="randomised", baseline=baseline, effect=effect, level=level, share=None,
        confidence=0.95, n_with=10, n_without=10, n_clusters=20, method="t", sentence="",
    )  # fmt: skip


def of(value: float, low: float, high: float) -> Figure:
    return Figure(value=value, low=low, high=high)


FOUND = estimate(of(24, 23, 25), of(-6, -7.5, -4.5), of(18, 17, 19))


def test_a_threshold_is_met_missed_or_open_by_the_whole_interval() -> None:
    """Whichever way is better."""
    level = of(18, 17, 19)

    assert [state_of(kpi(threshold=each), level) for each in (20, 18.5, 16)] == [
        "met", "open", "missed",
    ]  # fmt: skip
    higher = [state_of(kpi(threshold=each, direction="higher"), level) for each in (16, 18, 20)]
    assert higher == ["met", "open", "missed"]
    assert state_of(kpi(threshold=None), level) == "open"


def test_the_figure_is_told_with_the_manual_way_and_the_threshold() -> None:
    """In one breath."""
    assert told_of_level(kpi(), FOUND) == (
        "wait is 18 minutes with the system (17 to 19 minutes) and 24 minutes the manual way. "
        "The threshold, at most 20 minutes, is met."
    )


@pytest.mark.parametrize(
    ("effect", "more", "told"),
    [
        (of(-6, -8.2, -4.1), {},
         "The system takes 6 minutes (4 to 8 minutes) off wait, which is better."),
        (of(6, 4.1, 8.2), {},
         "The system adds 6 minutes (4 to 8 minutes) to wait, which is worse."),
        (of(-1, -3, 1), {},
         "No effect of the system on wait can be told from chance: between 3 minutes less and "
         "1 minutes more."),
        (of(0.1, 0.06, 0.14), {"unit": "fraction", "direction": "higher", "threshold": 0.8},
         "The system adds 10 points (6 to 14 points) to wait, which is better."),
    ],
)  # fmt: skip
def test_an_effect_is_told_with_its_side(effect: Figure, more: dict[str, Any], told: str) -> None:
    """Shares move by points; an effect that may be none is called so."""
    assert told_of_effect(kpi(**more), estimate(of(1, 0, 2), effect, of(1, 0, 2))) == told


def test_a_sealed_baseline_that_agrees_is_said_to_agree() -> None:
    """And one that flatters is said to flatter."""
    agrees = sealed_baseline(kpi(baseline={"value": 24, "source": "study"}), of(24.2, 23, 25))
    flatters = sealed_baseline(kpi(baseline={"value": 30, "source": "study"}), of(24, 23, 25))
    modest = sealed_baseline(kpi(baseline={"value": 22, "source": "study"}), of(24, 23, 25))

    assert agrees is not None
    assert (agrees["differs"], agrees["told"]) == (
        False,
        "The charter's baseline is 24 minutes (study); the records say 24 minutes "
        "(23 to 25 minutes). The two agree.",
    )
    assert flatters is not None
    assert "would look better by 6 minutes than it is" in flatters["told"]
    assert modest is not None
    assert "would look worse by 2 minutes than it is" in modest["told"]


@pytest.mark.parametrize(
    ("unit", "days"),
    [("minutes", 1 / 1440), ("min", 1 / 1440), ("Hours/case", 1 / 24), ("h", 1 / 24),
     ("days per claim", 1), ("weeks", 7), ("s", 1 / 86400), ("EUR/case", None), ("m", None)],
)  # fmt: skip
def test_units_of_time_are_known_as_people_write_them(unit: str, days: float | None) -> None:
    """What may be minutes, months or metres is not guessed."""
    assert days_per_unit(unit) == (None if days is None else pytest.approx(days))
