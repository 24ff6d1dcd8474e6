"""Simulated experiments with a known effect, as columns that everybody is given."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from proveout.statistics.effects import Cases, Statistic

FIRST_DAY = 19_000
MINUTES_A_DAY = 1440.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One kind of experiment."""

    name: str
    what: str
    statistic: Statistic
    truth: float
    """The effect in the figure's unit: 0.4 minutes more."""
    draw: Callable[[np.random.Generator], Cases]
    assigned_by: str = "case"
    is_plain: bool = True
    """Whether cases are independent and all over, as the peers take them to be."""


def settings(n: int) -> tuple[Setting, ...]:
    """Return all kinds, of `n` cases each."""
    mean = Statistic(kind="mean")
    return (
        Setting(
            name="mean", what="skewed times, all over, each case drawn by itself",
            statistic=mean, truth=-1.0, draw=lambda draw: _mean(draw, n),
        ),
        Setting(
            name="proportion", what="errors in 8 of 100 cases, 6 with the system",
            statistic=Statistic(kind="share"), truth=-0.02, draw=lambda draw: _share(draw, n),
        ),
        Setting(
            name="quantile", what="the median of skewed times",
            statistic=Statistic(kind="quantile", quantile=0.5), truth=-1.0,
            draw=lambda draw: _median(draw, n),
        ),
        Setting(
            name="cuped", what="means of persons with a past that foretells them (r = 0.7)",
            statistic=mean, truth=-1.0, draw=lambda draw: _past(draw, n),
        ),
        Setting(
            name="clustered", what="40 teams are drawn, whose cases are alike (ICC 0.1)",
            statistic=mean, truth=-1.0, draw=lambda draw: _teams(draw, n),
            assigned_by="team", is_plain=False,
        ),
        Setting(
            name="censored", what="times of which up to a half are not over when the record is "
            "drawn, counted up to 20 days",
            statistic=Statistic(kind="mean", horizon=20.0), truth=_censored_truth(),
            draw=lambda draw: _censored(draw, n), is_plain=False,
        ),
    )  # fmt: skip


def _frame(draw: np.random.Generator, n: int, days: int = 60) -> dict[str, np.ndarray]:
    day = np.sort(draw.integers(0, days, n)) + FIRST_DAY
    return {"day": day.astype(np.int64), "with_system": draw.random(n) < 0.5}


def _mean(draw: np.random.Generator, n: int) -> Cases:
    columns = _frame(draw, n)
    value = draw.lognormal(math.log(12), 0.9, n) - columns["with_system"] * 1.0
    return Cases(value=value, **columns)


def _share(draw: np.random.Generator, n: int) -> Cases:
    columns = _frame(draw, n)
    value = draw.random(n) < 0.08 - 0.02 * columns["with_system"]
    return Cases(value=value.astype(float), **columns)


def _median(draw: np.random.Generator, n: int) -> Cases:
    columns = _frame(draw, n)
    value = draw.lognormal(math.log(12), 0.9, n) * np.where(columns["with_system"], 11 / 12, 1.0)
    return Cases(value=value, **columns)


def _past(draw: np.random.Generator, n: int) -> Cases:
    columns = _frame(draw, n)
    before = draw.normal(20, 5, n)
    rest = draw.normal(0, 5 * math.sqrt(1 - 0.7**2), n)
    value = 20 + 0.7 * (before - 20) + rest - columns["with_system"] * 1.0
    return Cases(value=value, before=before, **columns)


def _teams(draw: np.random.Generator, n: int, teams: int = 40) -> Cases:
    columns = _frame(draw, n)
    team = draw.integers(0, teams, n).astype(np.int64)
    columns["with_system"] = draw.permutation(np.arange(teams) % 2 == 0)[team]
    own = draw.normal(0, 6 * math.sqrt(0.1), teams)
    value = 20 + own[team] + draw.normal(0, 6 * math.sqrt(0.9), n) - columns["with_system"] * 1.0
    return Cases(value=value, team=team, **columns)


def _censored(draw: np.random.Generator, n: int) -> Cases:
    columns = _frame(draw, n)
    moment = columns["day"] + draw.random(n)
    days = draw.lognormal(math.log(10), 1.0, n) * np.where(columns["with_system"], 0.8, 1.0)
    drawn_at = FIRST_DAY + 60
    age = drawn_at - moment
    return Cases(
        value=np.minimum(days, age), is_open=days > age, as_of=drawn_at - 1, moment=moment,
        days_per_unit=1.0, **columns,
    )  # fmt: skip


def _censored_truth() -> float:
    """Return the difference of means of times up to 20 days, by the lognormal's formula."""
    from scipy.special import ndtr

    def mean_up_to(scale: float, horizon: float = 20.0) -> float:
        z = math.log(horizon / scale)
        return scale * math.exp(0.5) * float(ndtr(z - 1)) + horizon * float(1 - ndtr(z))

    return mean_up_to(8.0) - mean_up_to(10.0)
