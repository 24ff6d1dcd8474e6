"""Use that is as it was seldom looks like decay, and intervals of its change hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from proveout.charter.schema.monitoring import Monitoring
from proveout.checks.adoption.decay import followed
from proveout.statistics.change_of_use import change_of_use
from proveout.statistics.sequential import silent_decay

pytestmark = pytest.mark.slow

WEEK = np.array([100, 110, 100, 90, 80, 10, 5])
BEGINS = datetime(2026, 1, 5, tzinfo=UTC)


def life(draws: np.random.Generator, *, weeks: int, decays_from: int | None = None) -> pd.DataFrame:
    """Days of a life: weeks differ from one another, and some answers are never labelled."""
    rows = []
    for week in range(weeks):
        fallen = 0 if decays_from is None else max(0, week - decays_from)
        busy, hard = np.exp(draws.normal(0, 0.1)), np.exp(draws.normal(0, 0.15))
        for n in draws.poisson(WEEK * busy * 0.95**fallen):
            wrong = draws.binomial(n, min(0.5, 0.05 * hard * 1.15**fallen))
            labelled = draws.binomial(n, 0.5)
            rows.append((n, n, draws.binomial(wrong, 0.6), labelled,
                         draws.hypergeometric(wrong, n - wrong, labelled)))  # fmt: skip
    index = [BEGINS + timedelta(days=day) for day in range(len(rows))]
    names = ["requests", "answers", "overruled", "labelled", "wrong"]
    return pd.DataFrame(rows, columns=names, index=index)


def alarm(days: pd.DataFrame, *, seed: int) -> bool:
    """At any end of two months; evidence that sufficed once suffices."""
    ends = range(56, len(days) + 1, 56)
    for end in ends:
        share, signals = followed(days.iloc[:end], Monitoring(), seed=seed)
        decay = silent_decay(*(None if s is None else s.evidence for s in signals.values()))
        if decay is not None and decay.evidence >= 1 / share:
            return True
    return False


def test_quiet_lives_give_no_alarm() -> None:
    """This check has half of a hundredth of the life; weeks that differ do not use it up."""
    draws = np.random.default_rng(20261121)

    alarms = sum(alarm(life(draws, weeks=40), seed=n) for n in range(20))

    assert alarms == 0


def test_slow_decay_is_found() -> None:
    """A seventh more errors and a twentieth less use from week to week, from the tenth on."""
    draws = np.random.default_rng(20261122)

    found = sum(alarm(life(draws, weeks=24, decays_from=10), seed=n) for n in range(20))

    assert found >= 19


@pytest.mark.parametrize("days", [7, 28])
def test_the_change_of_use_lies_in_its_interval(days: int) -> None:
    """In 95 of 100 cases, for days that spread more than by chance alone."""
    draws = np.random.default_rng(3)
    expected = np.tile(WEEK, 4)[:days]
    held = 0
    for _ in range(1_000):
        now, before = (draws.negative_binomial(expected * share / 4, 1 / 5) for share in (0.8, 1.0))
        change = change_of_use(now, before)
        held += change is not None and change.interval.low <= -0.2 <= change.interval.high

    assert held / 1_000 >= 0.925
