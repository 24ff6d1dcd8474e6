"""What a watch of an error rate finds, and how soon: measured by playing lives before launch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from proveout.statistics.sequential._grid import Grid
from proveout.statistics.sequential.rates import PilotRate, begin_lives

if TYPE_CHECKING:
    from numpy.typing import NDArray

RISES = (1.25, 1.5, 2.0, 3.0)
HORIZON_DAYS = 60
"""A rise that is not found within so many days counts as not found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """What becomes of a rise of the error rate."""

    rise: float
    """The rate after it, as a multiple of the pilot's."""
    found: float
    """Share of lives in which it was found within HORIZON_DAYS."""
    median_days: float | None
    """Until it was found, over all lives; None where fewer than half found it."""
    slow_days: float | None
    """Within so many days four of five lives found it; None where fewer did."""
    lives: int


def power(
    pilot: PilotRate,
    *,
    cases_a_day: int,
    share: float,
    life_days: float = 365.0,
    harm: float = 2.0,
    rises: Sequence[float] = RISES,
    lives: int = 100,
    quiet_days: int = 28,
    seed: int,
) -> tuple[Power, ...]:
    """Play lives that are quiet at first and then wrong more often; count when that is found.

    Each life has a rate of its own, from what the pilot leaves possible. Takes a few seconds.
    Raises ValueError where there is less than one case a day.
    """
    if cases_a_day < 1:
        msg = "without a labelled case a day there is nothing to watch daily"
        raise ValueError(msg)
    random = np.random.default_rng(seed)
    true = random.beta(pilot.wrong + 0.5, pilot.n - pilot.wrong + 0.5, lives)
    grid = Grid.around(pilot.rate, harm=harm)
    n = np.full(lives, float(cases_a_day))

    def delays(rise: float) -> NDArray[np.float64]:
        courses = begin_lives([pilot], harm=harm, grid=grid, lives=lives)
        delay = np.full(lives, np.inf)
        for day in range(1 - quiet_days, HORIZON_DAYS + 1):
            rate = np.minimum(true * (rise if day > 0 else 1.0), 1.0)
            wrong = random.binomial(cases_a_day, rate).astype(float)
            alarm = courses.next_day(wrong, n, weight=1 / life_days) >= 1 / share
            delay[alarm & np.isinf(delay)] = day
            if np.isfinite(delay).all():
                break
        return delay[delay > 0]  # what alarmed while it was quiet did not find the rise

    # Many small products of matrices: threads of their own would cost more than they bring.
    with threadpool_limits(1):
        return tuple(_of(rise, delays(rise)) for rise in rises)


def _of(rise: float, delay: NDArray[np.float64]) -> Power:
    def within(part: float) -> float | None:
        days = float(np.quantile(delay, part, method="higher"))
        return None if np.isinf(days) else days

    return Power(
        rise=rise,
        found=float(np.mean(np.isfinite(delay))),
        median_days=within(0.5),
        slow_days=within(0.8),
        lives=len(delay),
    )
