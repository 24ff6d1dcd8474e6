"""The peak played with the best fit, and with other systems that may have brought about the run."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from proveout.capacity.chance import averaged, corrected
from proveout.capacity.fitting import Drawn, Fitted, as_fitted, draw
from proveout.capacity.peak import Peak, capacity_per_s, play_peak
from proveout.capacity.runs import Demand, Level, Outcome

if TYPE_CHECKING:
    from proveout.capacity.prediction import Month

_DRAWS = 50
"""Systems that may have brought about the run, each of which is played."""
_PLAYED = 25_000
"""Requests played for each."""
_PLAYED_BEST = 120_000
"""Requests in each of the plays with the system that explains the run best."""
_LONGER = ((0.92, 1.12, 5), (0.85, 1.25, 2))
"""Utilisation between which so many times as many are played: small differences matter there, and
a queue that has been short for a while does not show them."""
_BUSY = 0.6
"""Share of what can be worked on below which nobody gives up in the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """Predictions of the same peak."""

    best: Peak
    others: tuple[Peak, ...]
    drawn: tuple[Drawn, ...]
    """The systems that brought about `others`."""
    worked: float
    """Requests of a month that are worked on, by the best fit."""
    worked_by_others: tuple[float, ...]


def make_drafts(fitted: Fitted, demand: Demand, month: Month, rng: np.random.Generator) -> Drafts:
    """Play the peak with the best fit, and with systems drawn from what the run leaves open."""
    best = as_fitted(fitted)
    rate = demand.peak_rate_per_s

    def peak(
        system: Drawn, n_requests: int, error_rate: float, chance: np.random.Generator
    ) -> Peak:
        return play_peak(
            system,
            rate_per_s=rate,
            give_up_after_s=demand.give_up_after_s,
            error_rate=error_rate,
            n_requests=n_requests,
            rng=chance,
        )

    failed, ended = _failures(relevant_levels(fitted, peak(best, _PLAYED, 0.0, rng)))
    fails = failed / max(ended, 1)
    patience = demand.give_up_after_s
    long = averaged(
        (peak(best, _PLAYED_BEST, fails, rng) for _ in count()), give_up_after_s=patience
    )
    n_played = _PLAYED * next(
        (times for low, high, times in _LONGER if low < long.peak.utilisation < high), 1
    )
    chance = int(rng.integers(2**32))
    short = peak(best, n_played, fails, np.random.default_rng(chance))
    drawn = tuple(draw(fitted, rng) for _ in range(_DRAWS))
    error_rates = rng.beta(failed + 0.5, ended - failed + 0.5, size=_DRAWS) * (failed > 0)
    met = [
        peak(one, n_played, errors, np.random.default_rng(chance))
        for one, errors in zip(drawn, error_rates.tolist(), strict=True)
    ]
    others = tuple(
        corrected(one, short=short, long=long, give_up_after_s=patience, rng=rng) for one in met
    )
    month_of = _Month(demand=demand, month=month, rng=rng)
    return Drafts(
        best=long.peak,
        others=others,
        drawn=drawn,
        worked=month_of.worked(best, long.peak),
        worked_by_others=tuple(
            month_of.worked(one, shown) for one, shown in zip(drawn, others, strict=True)
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Month:
    """From what happens at the peak to what happens in a month."""

    demand: Demand
    month: Month
    rng: np.random.Generator

    def worked(self, system: Drawn, shown: Peak) -> float:
        """Requests on which work begins: what is given up in the queue costs nothing."""
        share, quiet = self.demand.peak_share_of_day, 1.0
        hours = max(self.month.hours_per_day - 1, 1e-9)
        rest = self.demand.peak_rate_per_s / share * (1 - share) / hours
        if shown.worked < 1 and rest > _BUSY * capacity_per_s(system):
            quiet = play_peak(
                system,
                rate_per_s=rest,
                give_up_after_s=self.demand.give_up_after_s,
                error_rate=0.0,
                n_requests=_PLAYED // 2,
                rng=self.rng,
            ).worked
        asked = asked_per_month(self.demand, self.month)
        return asked * (share * shown.worked + (1 - share) * quiet)


def relevant_levels(fitted: Fitted, peak: Peak) -> list[Level]:
    """Levels with no more users at once than the peak may bring; the lightest at least."""
    least = min(level.users for level in fitted.levels)
    most = max(1.5 * peak.most_in_system, least)
    return [level for level in fitted.levels if level.users <= most]


def asked_per_month(demand: Demand, month: Month) -> float:
    """Requests that users make in a month."""
    return demand.users * demand.requests_per_user_per_day * month.working_days


def _failures(levels: list[Level]) -> tuple[int, int]:
    outcomes = np.concatenate([level.requests.outcome for level in levels])
    failed = int((outcomes == Outcome.FAILED).sum())
    return failed, failed + int((outcomes == Outcome.ANSWERED).sum())
