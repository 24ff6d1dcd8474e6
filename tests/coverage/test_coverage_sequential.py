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

Floats = NDArray[np.float64]

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


def effects(kind: str, weeks: int, count: int, random: np.random.Generator) -> Floats:
    """How much worse each quiet week is than the mean of all."""
    if kind == "gamma, 25 %":
        return random.gamma(16, 1 / 16, (count, weeks))
    spread = {"alike": 0.0, "lognormal, 20 %": 0.2, "like the last one, 15 %": 0.15}[kind]
    each = random.normal(0, spread, (count, weeks))
    if kind == "like the last one, 15 %":
        for week in range(1, weeks):
            each[:, week] = 0.8 * each[:, week - 1] + 0.6 * each[:, week]
    return np.exp(each - spread**2 / 2)


def lives(
    rate: float, kind: str, *, n: int, pilot_days: int, days: int, count: int, seed: int,
    into_week: int = 0, harm_on: int | None = None,
) -> tuple[list[PilotRate], Floats]:  # fmt: skip
    """Lives whose weeks differ, in the pilot as in use; launch is so many days into a week."""
    random = np.random.default_rng(seed)
    span = np.arange(pilot_days + days) + (into_week - pilot_days) % 7
    rates = rate * effects(kind, int(span[-1]) // 7 + 1, count, random)[:, span // 7]
    if harm_on is not None:
        rates[:, pilot_days + harm_on :] *= 2
    wrong = random.binomial(n, np.minimum(rates, 0.97))
    first = date(2026, 1, 8) - timedelta(days=pilot_days)
    pilots = [
        PilotRate.of_days(
            Counted(on=first + timedelta(days=nth), wrong=int(k), n=n) for nth, k in enumerate(each)
        )
        for each in wrong[:, :pilot_days]
    ]
    return pilots, wrong[:, pilot_days:].astype(float)


def first_alarms(
    pilots: list[PilotRate], wrong: Floats, n: int, *, same_weeks: bool = False
) -> Floats:
    """Return the day of each life's first alarm; with `same_weeks` the null knows no spreads."""
    grid = Grid.around(float(np.mean([pilot.rate for pilot in pilots])), harm=2.0)
    courses = begin_lives(pilots, harm=2.0, grid=grid)
    if same_weeks:
        quiet = np.full_like(courses.phases[0].quiet, 1e-300)
        quiet[:, 0, 0, :] = courses.phases[0].quiet[:, 0, 0, :]
        quiet /= quiet.sum(axis=(1, 2, 3), keepdims=True)
        courses = begin(grid, [(quiet, np.zeros(len(pilots)))], day=courses.day)
    found = np.full(len(pilots), np.inf)
    for day in range(wrong.shape[1]):
        evidence = courses.next_day(wrong[:, day], np.full(len(pilots), float(n)), weight=1 / 365)
        found[(evidence >= 1 / SHARE) & np.isinf(found)] = day
    return found


def ever(pilots: list[PilotRate], wrong: Floats, n: int, *, same_weeks: bool = False) -> float:
    return float(np.isfinite(first_alarms(pilots, wrong, n, same_weeks=same_weeks)).mean())


@pytest.mark.parametrize(
    ("rate", "n", "kind", "pilot_days", "into_week"),
    [
        (0.08, 50, "alike", 40, 0),
        (0.03, 200, "alike", 14, 0),
        (0.08, 100, "lognormal, 20 %", 63, 3),
        (0.05, 300, "lognormal, 20 %", 35, 5),
        (0.05, 300, "gamma, 25 %", 33, 0),
        (0.05, 300, "like the last one, 15 %", 33, 2),
    ],
)
def test_quiet_lives_seldom_alarm(
    rate: float, n: int, kind: str, pilot_days: int, into_week: int
) -> None:
    """A year of daily looks, however weeks differ and wherever in a week the launch falls."""
    pilots, wrong = lives(
        rate, kind, n=n, pilot_days=pilot_days, days=365, count=40, seed=5, into_week=into_week
    )

    assert ever(pilots, wrong, n) <= SHARE


def test_a_doubled_rate_is_found_within_days() -> None:
    """8 % of 50 a day after a pilot of 4,000: in all lives, half of them within 8 days."""
    pilots, wrong = lives(
        0.08, "alike", n=50, pilot_days=80, days=60, count=40, seed=8, into_week=3, harm_on=20
    )
    delay = first_alarms(pilots, wrong, 50) - 19

    assert np.isfinite(delay).all()
    assert np.median(delay) <= 8


def test_without_weeks_that_differ_in_the_null_a_year_of_quiet_weeks_alarms() -> None:
    """The same lives, with and without: this is what the blocks of past weeks are for."""
    pilots, wrong = lives(0.1, "lognormal, 20 %", n=100, pilot_days=70, days=182, count=60, seed=6)

    assert ever(pilots, wrong, 100, same_weeks=True) >= 0.5
    assert ever(pilots, wrong, 100) <= most(60)


def test_one_life_is_followed_as_many_are() -> None:
    """`watch_rate` and the batch by which lives are played give the same evidence."""
    pilots, wrong = lives(0.1, "alike", n=100, pilot_days=70, days=40, count=1, seed=7)
    begins = date(2026, 1, 8)
    counted = [
        Counted(on=begins + timedelta(days=day), wrong=int(k), n=100)
        for day, k in enumerate(wrong[0])
    ]

    one = watch_rate(pilots[0], counted, share=SHARE, begins=begins)

    courses = begin_lives(pilots, harm=2.0, grid=Grid.around(pilots[0].rate, harm=2.0))
    for day in range(40):
        found = courses.next_day(wrong[:, day], np.array([100.0]), weight=1 / 365)
    assert one.evidence == pytest.approx(float(found[0]))
