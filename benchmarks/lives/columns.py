"""Thirty columns and an error rate, watched daily under one budget."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from benchmarks.lives.lives import YEAR
from proveout.statistics.sequential import AlarmBudget, from_p_at

COLUMNS = 30
_LAUNCH = datetime(2026, 1, 5, tzinfo=UTC)


def ever(lives: int, seed: int, *, shifted: float = 0.0, on: int = 100) -> tuple[float, float]:
    """Return the share of lives in which a column alarmed, and the median delay in days.

    A column's daily test gives a p-value, uniform as long as nothing changes; `shifted` moves the
    first column's test statistic by so many standard deviations from a day on. Columns go
    together (correlation .5), as they do in data.
    """
    random = np.random.default_rng(seed)
    budget = AlarmBudget.of_part("columns", [f"c{nth}" for nth in range(COLUMNS)], begins=_LAUNCH)
    alarmed, delays = 0, []
    for _ in range(lives):
        common = random.normal(size=(YEAR, 1)) * np.sqrt(0.5)
        z = common + random.normal(size=(YEAR, COLUMNS)) * np.sqrt(0.5)
        z[on:, 0] += shifted
        first = _first(budget, z)
        alarmed += first is not None
        if first is not None:
            delays.append(first - on + 1)
    return alarmed / lives, float(np.median(delays)) if delays else float("nan")


def _first(budget: AlarmBudget, z: np.ndarray) -> int | None:
    from scipy.special import ndtr

    p = np.maximum(ndtr(-z), 1e-300)
    best = None
    for nth in range(COLUMNS):
        watch = budget.watch(f"c{nth}")
        for day in range(YEAR if best is None else best):
            e = from_p_at(float(p[day, nth]), 0.01)
            watch = watch.after(e, until=_LAUNCH + timedelta(days=day + 1))
            if watch.is_alarm:
                best = day
                break
    return best
