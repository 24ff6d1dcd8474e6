"""Alarms are as rare in a whole life as they promise, however often one looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom
from threadpoolctl import threadpool_limits

from proveout.statistics.sequential import (
    Counted,
    PilotRate,
    Watch,
    bet_above,
    conformal_p,
    from_p,
    from_p_at,
    jumper,
    running_rate,
    watch_rate,
)
from proveout.statistics.sequential._courses import begin
from proveout.statistics.sequential._grid import Grid
from proveout.statistics.sequential.rates import begin_lives

pytestmark = pytest.mark.slow

SHARE = 0.05
LAUNCH = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with threadpool_limits(1):  # many small products of matrices
        yield


def most(runs: int, share: float = SHARE) -> float:
    """What chance adds to the share in one of a thousand sets of runs."""
    return float(binom.ppf(0.999, runs, share)) / runs


def test_a_stream_of_p_values_alarms_in_at_most_its_share_of_lives() -> None:
    """A look a day for a year, 400 lives: uniform p-values, whatever the calibrator."""
    random = np.random.default_rng(1)
    for calibrate in (from_p, lambda p: from_p_at(p, 0.01)):
        alarms = 0
        for _ in range(400):
            watch = Watch(share=SHARE, begins=LAUNCH, life_days=365.0)
            for day, p in enumerate(random.random(365), 1):
                watch = watch.after(calibrate(float(p)), until=LAUNCH + timedelta(days=day))
            alarms += watch.is_alarm
        assert alarms / 400 <= most(400)


def test_a_bet_on_a_mean_is_fair() -> None:
    """The mean of the e-values is at most one, and they are seldom great."""
    random = np.random.default_rng(2)
    found = np.array([bet_above(random.random(200) < 0.1, 0.1) for _ in range(4_000)])

    assert found.mean() <= 1 + 4 * found.std() / np.sqrt(len(found))
    assert np.mean(found >= 20) <= most(4_000)


@pytest.mark.parametrize("wave", [0.0, 0.5], ids=["steady", "moving"])
def test_the_running_rate_is_held_at_all_times_at_once(wave: float) -> None:
    """Also where the rate moves: what is bounded is the mean of what was to be expected."""
    random = np.random.default_rng(3)
    missed = 0
    for _ in range(300):
        rates = 0.1 * (1 + wave * np.sin(np.arange(3_000) / 200))
        outcomes = random.random(3_000) < rates
        for n in (5, 20, 50, 100, 300, 1_000, 3_000):
            found = running_rate(outcomes[:n])
            if not found.low <= rates[:n].mean() <= found.high:
                missed += 1
                break
    assert missed / 300 <= most(300)


def test_exchangeable_scores_seldom_make_the_martingale_great() -> None:
    """P-values are uniform with ties too, and the jumper is fair on them."""
    random = np.random.default_rng(4)
    great, all_p = 0, []
    for _ in range(400):
        scores = random.integers(0, 6, 200)
        p = conformal_p(scores[:100], scores[100:], random=random)
        great += jumper(p) >= 20
        all_p.append(p)
    shares = np.histogram(np.concatenate(all_p), bins=10, range=(0, 1))[0] / 40_000

    assert great / 400 <= most(400)
    assert np.abs(shares - 0.1).max() < 0.01


def lives(
    rate: float, *, weeks: float, n: int, pilot_days: int, days: int, count: int, seed: int
) -> tuple[list[PilotRate], NDArray[np.float64]]:
    """Quiet lives whose weeks differ, in the pilot as in use."""
    random = np.random.default_rng(seed)

    def counts(span: int) -> NDArray[np.int64]:
        effect = np.exp(random.normal(-(weeks**2) / 2, weeks, (count, -(-span // 7))))
        rates = np.minimum(rate * np.repeat(effect, 7, axis=1)[:, :span], 0.97)
        return random.binomial(n, rates)

    first = date(2025, 1, 6)
    pilots = [
        PilotRate.of_days(
            Counted(on=first + timedelta(days=nth), wrong=int(k), n=n) for nth, k in enumerate(each)
        )
        for each in counts(pilot_days)
    ]
    return pilots, counts(days).astype(float)


def ever(
    pilots: list[PilotRate], wrong: NDArray[np.float64], n: int, *, same_weeks: bool = False
) -> float:
    """Return the share of lives that ever alarm; with `same_weeks` the null knows no spreads."""
    grid = Grid.around(float(np.mean([pilot.rate for pilot in pilots])), harm=2.0)
    courses = begin_lives(pilots, harm=2.0, grid=grid)
    if same_weeks:
        believed = np.full_like(courses.quiet, 1e-300)
        believed[:, 0, 0, :] = courses.quiet[:, 0, 0, :]
        courses = begin(grid, believed / believed.sum(axis=(1, 2, 3), keepdims=True))
    alarm = np.zeros(len(pilots), dtype=bool)
    for day in range(wrong.shape[1]):
        found = courses.next_day(wrong[:, day], np.full(len(pilots), float(n)), weight=1 / 365)
        alarm |= found >= 1 / SHARE
    return float(alarm.mean())


@pytest.mark.parametrize(
    ("rate", "n", "weeks", "pilot_days"),
    [(0.08, 50, 0.0, 40), (0.03, 200, 0.0, 14), (0.1, 100, 0.2, 70)],
    ids=["steady weeks", "a short pilot", "weeks that differ"],
)
def test_quiet_lives_seldom_alarm(rate: float, n: int, weeks: float, pilot_days: int) -> None:
    """A pilot that is itself a sample, a year of daily looks."""
    pilots, wrong = lives(rate, weeks=weeks, n=n, pilot_days=pilot_days, days=365, count=60, seed=5)

    assert ever(pilots, wrong, n) <= most(60)


def test_without_weeks_that_differ_in_the_null_a_year_of_quiet_weeks_alarms() -> None:
    """The same lives, with and without: this is what the blocks of past weeks are for."""
    pilots, wrong = lives(0.1, weeks=0.2, n=100, pilot_days=70, days=182, count=60, seed=6)

    assert ever(pilots, wrong, 100, same_weeks=True) >= 0.5
    assert ever(pilots, wrong, 100) <= most(60)


def test_one_life_is_followed_as_many_are() -> None:
    """`watch_rate` and the batch by which lives are played give the same evidence."""
    pilots, wrong = lives(0.1, weeks=0.1, n=100, pilot_days=70, days=40, count=1, seed=7)
    begins = date(2026, 1, 5)
    counted = [
        Counted(on=begins + timedelta(days=day), wrong=int(k), n=100)
        for day, k in enumerate(wrong[0])
    ]

    one = watch_rate(pilots[0], counted, share=SHARE, begins=begins)

    courses = begin_lives(pilots, harm=2.0, grid=Grid.around(pilots[0].rate, harm=2.0))
    for day in range(40):
        found = courses.next_day(wrong[:, day], np.array([100.0]), weight=1 / 365)
    assert one.evidence == pytest.approx(float(found[0]))
