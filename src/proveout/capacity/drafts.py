"""The peak played with the best fit, and with other systems that may have brought about the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from proveout.capacity.fitting import Drawn, Fitted, as_fitted, draw
from proveout.capacity.peak import Peak, capacity_per_s, corrected, play_peak
from proveout.capacity.runs import Demand, Level, Outcome

if TYPE_CHECKING:
    from proveout.capacity.prediction import Month

_DRAWS = 80
"""Systems that may have brought about the run, each of which is played."""
_PLAYED = 30_000
"""Requests played for each."""
_PLAYED_BEST = 250_000
"""Requests played for the system that explains the run best."""
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

    chance = int(rng.integers(2**32))

    def peak(system: Drawn, n_requests: int, error_rate: float = 0.0, at: float = rate) -> Peak:
        return play_peak(
            system,
            rate_per_s=at,
            give_up_after_s=demand.give_up_after_s,
            error_rate=error_rate,
            n_requests=n_requests,
            rng=np.random.default_rng(chance),
        )

    def worked(system: Drawn, shown: Peak) -> float:
        """Requests of a month on which work begins: what is given up in the queue costs nothing."""
        share, quiet = demand.peak_share_of_day, 1.0
        rest = rate / share * (1 - share) / max(month.hours_per_day - 1, 1e-9)
        if shown.worked < 1 and rest > _BUSY * capacity_per_s(system):
            quiet = peak(system, _PLAYED // 2, at=rest).worked
        return asked_per_month(demand, month) * (share * shown.worked + (1 - share) * quiet)

    failed, ended = _failures(relevant_levels(fitted, peak(best, _PLAYED)))
    fails = failed / max(ended, 1)
    short, long = peak(best, _PLAYED, fails), peak(best, _PLAYED_BEST, fails)
    drawn = tuple(draw(fitted, rng) for _ in range(_DRAWS))
    error_rates = rng.beta(failed + 0.5, ended - failed + 0.5, size=_DRAWS) * (failed > 0)
    others = tuple(
        corrected(peak(one, _PLAYED, errors), short=short, long=long)
        for one, errors in zip(drawn, error_rates.tolist(), strict=True)
    )
    return Drafts(
        best=long,
        others=others,
        drawn=drawn,
        worked=worked(best, long),
        worked_by_others=tuple(worked(one, met) for one, met in zip(drawn, others, strict=True)),
    )


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
