"""What Proveout finds in the same experiments."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks.value.experiments import FIRST_DAY, Setting
from proveout.statistics.effects import Cases, Refusal, Statistic
from proveout.statistics.effects.assigned import estimate
from proveout.statistics.effects.looks import planned
from proveout.statistics.effects.sequences import estimate_anytime


def found(setting: Setting, cases: Cases, *, assigned_by: str | None = None) -> list[float]:
    """Return estimate, low and high; nan where it refuses."""
    by: Any = assigned_by or setting.assigned_by
    told = estimate(cases, setting.statistic, confidence=0.95, seed=1, assigned_by=by)
    if isinstance(told, Refusal):
        return [np.nan] * 3
    return [told.effect.value, told.effect.low, told.effect.high]


def seconds(setting: Setting, cases: Cases) -> float:
    """Return how long one estimate takes."""
    began = time.perf_counter()
    found(setting, cases)
    return time.perf_counter() - began


def by_sequence(cases: Cases, last_day: int) -> list[float]:
    """Return the confidence sequence as it stands in the evening of a day."""
    told = estimate_anytime(cases.until(last_day), Statistic(kind="mean"), confidence=0.95, seed=1)
    if isinstance(told, Refusal):
        return [np.nan, -np.inf, np.inf]
    return [told.effect.value, told.effect.low, told.effect.high]


def by_looks(cases: Cases, last_day: int) -> list[list[float]]:
    """Return the interval of each planned look up to a day."""
    told = []
    for look in planned(FIRST_DAY, last_day, confidence=0.95):
        each = estimate(
            cases.until(look.day), Statistic(kind="mean"), confidence=look.confidence, seed=1
        )
        if not isinstance(each, Refusal):
            told.append([each.effect.value, each.effect.low, each.effect.high])
    return told
