"""How often a watch calls for nothing, and whether its p-values are p-values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from proveout.charter.schema.monitoring import FalseAlarms
from proveout.checks.drift.streams import ROWS, Streams
from proveout.statistics.drift import Reference, watch
from proveout.statistics.drift.nulls import Null, tails

pytestmark = pytest.mark.slow


def blocks(chance: np.random.Generator, n: int, rows: int, *, spread: float) -> pd.DataFrame:
    """Rows of weeks that differ: shares and means wander from week to week by `spread`."""
    found = []
    for _ in range(n):
        level = spread * chance.normal()
        odds = 0.3 + 0.1 * np.tanh(spread * chance.normal())
        kind = chance.choice(["a", "b", "c"], rows, p=[odds, 0.6 - odds, 0.4])
        size = chance.normal(level, 1.0, rows).round(2)
        half = (size / 2 + chance.normal(0, 0.1, rows)).round(2)
        none = np.where(chance.random(rows) < 0.02, None, kind)
        found.append(pd.DataFrame({"kind": none, "size": size, "half": half}))
    return pd.concat(found, ignore_index=True)


@pytest.mark.parametrize(("spread", "lag"), [(0.0, 0), (0.1, 1)])
def test_unchanged_windows_give_fewer_false_alarms_than_were_allowed(
    spread: float, lag: int
) -> None:
    """Of 20 lives with 5 windows each, at alpha = 5 %: rows drawn by lot, and weeks that differ."""
    false = 0
    for life in range(20):
        chance = np.random.default_rng([life, lag])
        past = blocks(chance, 12, 500, spread=spread)
        reference = Reference.learn(past, blocks=np.repeat(np.arange(12), 500))
        for _ in range(5):
            window = blocks(chance, 1, 1_000, spread=spread)
            false += bool(watch(reference, window, 0.05, lag=lag, least_share=0.0).alarms)

    # 100 windows, of which those of a life depend on each other.
    assert false / 100 <= 0.08


@pytest.mark.parametrize("share", [0.0005, 0.01, 0.2, 0.5, 0.99])
@pytest.mark.parametrize("lag", [0, 1])
def test_tails_are_conservative_far_out(share: float, lag: int) -> None:
    """Of 20,000 shares whose weeks differ, at most 1.5 ‰ lie in a tail of 1 ‰."""
    chance = np.random.default_rng(int(share * 1e4))
    n = 20_000
    rows = np.full((13, n), 2_000.0)
    # The rarer side's share differs by a tenth from week to week.
    rare = min(share, 1 - share)
    weekly = np.clip(rare * (1 + 0.1 * chance.normal(size=(13, n))), 0, 1)
    hits = chance.binomial(2_000, weekly).astype(float)
    hits = hits if share <= 0.5 else 2_000 - hits
    null = Null(hits=hits[:12], rows=rows[:12])

    found = tails(null, hits[12], rows[12], lag=lag)

    assert np.nanmean(found.above < 0.001) <= 0.0015
    assert np.nanmean(found.below < 0.001) <= 0.0015


def test_a_quiet_life_rarely_calls_for_nothing_over_all_its_columns() -> None:
    """Of 20 lives of 13 weeks, at most as many alarm as a budget of 5 % allows (two errors)."""
    begins = datetime(2026, 1, 5, tzinfo=UTC)
    allowed = FalseAlarms(probability=0.05, life_days=91)
    alarmed = 0
    for life in range(20):
        chance = np.random.default_rng([77, life])
        past = blocks(chance, 8, 300, spread=0.1)
        reference = Reference.learn(past, blocks=np.repeat(np.arange(8), 300))
        streams = Streams.begin([*reference.columns, ROWS], begins=begins, allowed=allowed)
        for week in range(1, 14):
            found = watch(reference, blocks(chance, 1, 300, spread=0.1), lag=1)
            p_values = {name or ROWS: p for name, p in found.p_values.items()}
            streams = streams.after(p_values, until=begins + timedelta(weeks=week))
            reference = reference.after(found.counted)
        alarmed += any(each.is_alarm for each in streams.watches.values())

    assert alarmed / 20 <= 0.05 + 2 * (0.05 * 0.95 / 20) ** 0.5
