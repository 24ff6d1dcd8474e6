"""When each method alarms: the first day, or NEVER."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from benchmarks.lives.lives import YEAR, Floats, Lives, Setting
from proveout.statistics.sequential import Counted, PilotRate, bet_above
from proveout.statistics.sequential._grid import Grid
from proveout.statistics.sequential.rates import begin_lives

NEVER = 10**6
First = NDArray[np.int64]


def daily_test(wrong: Floats, lives: Lives, *, level: float) -> First:
    """Exact binomial test of each day against the pilot's rate, taken as known."""
    rate = _pilot(lives)
    return _first(binom.sf(wrong - 1, lives.n, rate[:, None]) <= level)


def three_sigma(wrong: Floats, lives: Lives) -> First:
    """A day more than three standard deviations above the pilot's rate."""
    rate = _pilot(lives)[:, None]
    return _first(wrong > lives.n * rate + 3 * np.sqrt(lives.n * rate * (1 - rate)))


def plain_betting(wrong: Floats, lives: Lives, *, alpha: float = 0.05) -> First:
    """Bet against the pilot's rate, taken as known, anew every day; days weighted evenly.

    What `bet_above` gives for a day, as the product over days in a mixture over beginnings.
    """
    rate, found = _pilot(lives), np.full(len(wrong), NEVER)
    for life in range(len(wrong)):
        running = 0.0
        for day in range(YEAR):
            ones = np.zeros(int(lives.n[life, day]))
            ones[: int(wrong[life, day])] = 1
            running = (running + 1 / YEAR) * bet_above(ones, float(rate[life]))
            if running + 1 - (day + 1) / YEAR >= 1 / alpha:
                found[life] = day
                break
    return found


def ours(
    wrong: Floats, lives: Lives, setting: Setting, *, share: float = 0.05, labelled: float = 1.0,
    begins: int = 0,
) -> First:  # fmt: skip
    """What `watch_rate` gives, for all lives at once."""
    courses = begin_lives(
        _pilots(setting, lives),
        harm=setting.harm,
        grid=Grid.around(float(_pilot(lives).mean()), harm=setting.harm),
        labelled=labelled,
    )
    found = np.full(len(wrong), NEVER)
    for day in range(begins, wrong.shape[1]):
        evidence = courses.next_day(wrong[:, day], lives.n[:, day], weight=1 / YEAR)
        found[(evidence >= 1 / share) & (found == NEVER)] = day
    return found


def _pilots(setting: Setting, lives: Lives) -> list[PilotRate]:
    day = date(2025, 1, 6)
    pilots = [
        PilotRate.of_days(
            Counted(on=day + timedelta(days=nth), wrong=int(k), n=int(n))
            for nth, (k, n) in enumerate(zip(wrong, of, strict=True))
        )
        for wrong, of in zip(lives.pilot_wrong, lives.pilot_n, strict=True)
    ]
    if setting.pilot_days_known:
        return pilots
    weeks = lives.pilot_n.shape[1] / 7
    return [PilotRate(wrong=pilot.wrong, n=pilot.n, weeks=weeks) for pilot in pilots]


def _pilot(lives: Lives) -> Floats:
    wrong, n = lives.pilot_wrong.sum(axis=1), lives.pilot_n.sum(axis=1)
    return np.asarray((wrong + 0.5) / (n + 1))


def _first(alarm: NDArray[np.bool_]) -> First:
    return np.where(alarm.any(axis=1), alarm.argmax(axis=1), NEVER)
