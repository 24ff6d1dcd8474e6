"""A year of experiments without any effect, looked at every day."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benchmarks.value import ours, summaries
from benchmarks.value.experiments import FIRST_DAY
from proveout.statistics.effects import Cases, Statistic

DAYS = 364
EVERY = 7
"""Days between two looks that the peers are asked for; Proveout is asked for the same."""


def draw(seed: int, a_day: int, effect: float) -> Cases:
    """Return a year of skewed times."""
    random = np.random.default_rng(seed)
    n = a_day * DAYS
    with_system = random.random(n) < 0.5
    return Cases(
        value=random.lognormal(math.log(12), 0.9, n) + effect * with_system,
        day=np.repeat(np.arange(DAYS), a_day).astype(np.int64) + FIRST_DAY,
        with_system=with_system,
    )


def looks(lives: list[Cases]) -> list[dict[str, Any]]:
    """Return the sums at each look of each life, as the peers are given them."""
    told = []
    for life, cases in enumerate(lives):
        for number, day in enumerate(range(EVERY, DAYS + 1, EVERY), start=1):
            seen = cases.where(cases.day < FIRST_DAY + day)
            told.append({
                **summaries.arms(seen, Statistic(kind="mean")),
                "life": life, "look": number, "tuned_for": len(cases) // 4, "final": len(cases),
            })  # fmt: skip
    return told


def met(bounds: np.ndarray, effect: float) -> np.ndarray:
    """Tell for each life whether any of its intervals left out the true effect."""
    return ((bounds[:, :, 1] > effect) | (bounds[:, :, 2] < effect)).any(axis=1)


def first_day(bounds: np.ndarray) -> np.ndarray:
    """Return the day of the first interval that leaves out zero; nan where none does."""
    found = (bounds[:, :, 1] > 0) | (bounds[:, :, 2] < 0)
    day = (found.argmax(axis=1) + 1.0) * EVERY
    return np.where(found.any(axis=1), day, np.nan)


def by_sequence(lives: list[Cases]) -> np.ndarray:
    """Return lives × looks × (estimate, low, high) of the confidence sequence."""
    return np.array([
        [ours.by_sequence(cases, FIRST_DAY + day - 1) for day in range(EVERY, DAYS + 1, EVERY)]
        for cases in lives
    ])  # fmt: skip
