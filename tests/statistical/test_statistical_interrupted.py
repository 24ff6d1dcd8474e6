"""Before-and-after on simulated records with a known truth: what moves slowly is no effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from fixtures.simulated import covers, errs_at_most, runs, told
from proveout.statistics.effects import Cases, Estimate, Statistic
from proveout.statistics.effects.cases import Floats
from proveout.statistics.effects.interrupted import estimate
from proveout.statistics.effects.looks import planned

pytestmark = pytest.mark.slow

ROLLED_OUT = 20_006
MEAN = Statistic(kind="mean")
MONDAY = 1.1
"""Mondays take a tenth longer."""
VOLUME = np.array([1.2, 1.1, 1, 1, 1.1, 0.6, 0.5])
MIX = 1 + (MONDAY - 1) * VOLUME[0] / VOLUME.sum()
"""What Mondays add to the mean of all cases."""
DEFAULT = 15


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with threadpool_limits(1):  # many small matrices
        yield


def _flat(weeks: Floats) -> Floats:
    return 0 * weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Lognormal times around 10, with weekdays, a season, memory, and what else happened."""

    before: int = 52
    after: int = 26
    memory: float = 0.4
    effect: float = 0.0
    drift: Callable[[Floats], Floats] = field(default=_flat)
    """Of the weeks from the rollout: what moves the touched series alone."""
    common: Callable[[Floats], Floats] = field(default=_flat)
    """As a part of the level: what moves both series."""
    season: float = 0.0
    has_control: bool = False
    per_day: float = 8.0
    unsteady: float = 0.05
    """Standard deviation of weeks, beyond chance, as a part of the level."""

    @property
    def truth(self) -> float:
        return self.effect * MIX

    def cases(self, random: np.random.Generator) -> Cases:
        days = np.arange(-7 * self.before, 7 * self.after)
        parts = [self._part(random, days, 1.0, is_touched=True)]
        if self.has_control:
            parts.append(self._part(random, days, 1.3, is_touched=False))
        day, value = (np.concatenate(each) for each in zip(*parts, strict=True))
        is_control = np.arange(len(day)) >= len(parts[0][0])
        return Cases(
            value=value, day=day + ROLLED_OUT, with_system=(day >= 0) & ~is_control,
            is_control=is_control if self.has_control else None,
            as_of=ROLLED_OUT + 7 * self.after - 1,
        )  # fmt: skip

    def _part(
        self, random: np.random.Generator, days: np.ndarray, scale: float, *, is_touched: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        weeks = days / 7
        error = random.standard_normal(self.before + self.after + 60)
        for index in range(1, len(error)):
            error[index] = (
                self.memory * error[index - 1] + np.sqrt(1 - self.memory**2) * error[index]
            )
        shared = self.season * np.cos(2 * np.pi * (weeks + 9) / 52.18) + self.common(weeks)
        level = 10 * (1 + shared + self.unsteady * error[60:][(days + 7 * self.before) // 7])
        if is_touched:
            level = level + self.drift(weeks) + self.effect * (days >= 0)
        level = level * np.where(days % 7 == 0, MONDAY, 1.0) * scale
        volume = VOLUME[days % 7]
        n = random.poisson(self.per_day * volume)
        value = np.repeat(level, n) * random.lognormal(-0.32, 0.8, int(n.sum()))
        return np.repeat(days, n), value


@dataclass(slots=True)
class Counted:
    n: int = 0
    kept: int = 0
    hits: int = 0
    passed: int = 0
    width: float = 0.0


def study(name: str, world: World, *, seed: int = 1, default: int = DEFAULT) -> Counted:
    random = np.random.default_rng(seed)
    counted, widths = Counted(), []
    for _ in range(runs(default)):
        found = estimate(world.cases(random), MEAN, confidence=0.95, seed=1, rolled_out=ROLLED_OUT)
        counted.n += 1
        if isinstance(found, Estimate):
            counted.kept += 1
            counted.hits += found.effect.low <= world.truth <= found.effect.high
            counted.passed += found.effect.high < 0
            widths.append(found.effect.high - found.effect.low)
    counted.width = float(np.median(widths)) if widths else float("nan")
    told(
        f"{name}: n {counted.n}, covers {counted.hits / max(counted.kept, 1):.3f}, "
        f"passes {counted.passed / counted.n:.3f}, refused {1 - counted.kept / counted.n:.3f}, "
        f"width {counted.width:.2f}"
    )
    return counted


@pytest.mark.parametrize(
    ("name", "world"),
    [
        # Skewed cases, a little memory.
        ("memory 0.3", World(memory=0.3)),
        # More memory, and an effect.
        ("memory 0.6, effect", World(memory=0.6, effect=-2.5)),
        # A season that the record holds twice.
        ("season", World(before=110, after=40, season=0.15)),
    ],
)
def test_without_a_control_series_intervals_cover_at_least_as_often_as_they_say(
    name: str, world: World
) -> None:
    """The allowance for what no control series can rule out widens them: 93.5 to 99.5 %."""
    counted = study(name, world)

    assert covers(counted.hits, counted.kept, high=0.995)
    # Small effects are often refused: other stories tell them as well.
    assert counted.kept >= (0.3 if world.effect else 0.7) * counted.n


@pytest.mark.parametrize(
    ("name", "world"),
    [
        # Nothing happened.
        ("control", World(has_control=True)),
        # Something befell both parts of the business on the day of the rollout.
        ("control, common step", World(has_control=True, common=lambda w: -0.2 * (w >= 0))),
        # The system did something.
        ("control, effect", World(has_control=True, effect=-2.5)),
    ],
)
def test_with_a_control_series_intervals_cover_as_often_as_they_say(
    name: str, world: World
) -> None:
    """95 % intervals of the comparison with a part that never had the system."""
    counted = study(name, world)

    assert covers(counted.hits, counted.kept)
    assert counted.kept >= (0.4 if world.effect else 0.8) * counted.n


@pytest.mark.parametrize(
    ("name", "drift"),
    [
        # A figure that falls all the time.
        ("linear", lambda w: -0.04 * w),
        # A fall that began eight weeks before, slow and quick.
        ("bend, slow", lambda w: -0.1 * np.maximum(w + 8, 0)),
        ("bend, quick", lambda w: -0.2 * np.maximum(w + 8, 0)),
        # Something else had changed six weeks before.
        ("step, small", lambda w: -1.5 * (w > -6)),
        ("step, large", lambda w: -3.0 * (w > -6)),
        # What came by and by was over about the day of the rollout.
        ("fall around the day", lambda w: -3.0 * np.clip((w + 4) / 6, 0, 1)),
        ("curve from three weeks before", lambda w: 3 * np.expm1(-np.maximum(w + 3, 0) / 4)),
        # Another cause, three weeks after.
        ("step after", lambda w: -3.0 * (w >= 3)),
        # People had been learning for a year.
        ("learning curve", lambda w: 5 * np.exp(-(w + 52) / 20)),
    ],
)
def test_a_hidden_trend_does_not_pass_as_an_effect(
    name: str, drift: Callable[[Floats], Floats]
) -> None:
    """In at most 5 % the interval speaks of an effect; a refusal is no effect."""
    counted = study(name, World(drift=drift))

    assert errs_at_most(counted.passed, counted.n)


def test_a_true_effect_on_a_good_record_passes() -> None:
    """Being safe is worth nothing if nothing passes: of 200 cases a week a third is found."""
    counted = study("power, -3.5 of 10", World(effect=-3.5, per_day=32))

    assert counted.passed >= 0.6 * counted.n


def test_looking_every_day_for_a_year_seldom_calls_a_threshold_met_that_is_not() -> None:
    """The level stands right at the threshold; any planned look of the year may decide."""
    random = np.random.default_rng(3)
    world = World(after=52)
    n, false = runs(4), 0
    looks = planned(ROLLED_OUT, ROLLED_OUT + 364, confidence=0.95, first_after=42)
    for _ in range(n):
        cases = world.cases(random)
        for look in looks:
            found = estimate(
                cases.until(look.day), MEAN, confidence=look.confidence, seed=1,
                rolled_out=ROLLED_OUT,
            )  # fmt: skip
            if isinstance(found, Estimate) and found.level.high < 10 * MIX:
                false += 1
                break
    told(f"a year of looks ({len(looks)}): n {n}, false {false / n:.3f}")

    assert errs_at_most(false, n)
