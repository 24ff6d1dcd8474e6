"""Erlang's formulas give published values, and agree with the discrete-event model."""

from __future__ import annotations

import numpy as np
import pytest

from fixtures.erlang import (
    abandonment_exponential,
    abandonment_fixed,
    erlang_b,
    erlang_c,
    waits_longer,
)
from proveout.capacity.discrete import Slots, play_open

PLAYED = 400_000


@pytest.mark.parametrize(
    ("offered", "slots", "blocked"),
    [(1, 1, 0.5), (2, 2, 0.4), (10, 10, 0.2146), (100, 100, 0.0757)],
)
def test_blocking_is_that_of_the_tables(offered: float, slots: int, blocked: float) -> None:
    """Erlang B as in every table of telephone traffic."""
    assert erlang_b(offered, slots) == pytest.approx(blocked, abs=5e-5)


def test_a_call_centre_is_that_of_garnett_mandelbaum_and_reiman() -> None:
    """Table 1 of 2002: 48 calls a minute of one minute, 50 agents, patience 2 minutes."""
    rate, work, agents, patience = 48 / 60, 60.0, 50, 120.0
    mean_wait_without_leaving = erlang_c(48, agents) * work / (agents - 48)

    assert round(mean_wait_without_leaving, 1) == 20.8
    assert round(abandonment_exponential(rate, work, agents, patience), 3) == 0.031


def test_from_saturation_on_everybody_waits() -> None:
    """Without leaving there is no steady state then."""
    assert erlang_c(10, 10) == 1.0
    assert waits_longer(12, 10, 1.0, 100.0) == 1.0


@pytest.mark.parametrize(("slots", "work_s"), [(1, 0.05), (4, 0.2), (16, 0.7)])
def test_waits_are_those_of_the_discrete_event_model(slots: int, work_s: float) -> None:
    """M/M/n: the share that waits, and that waits longer than one work time."""
    rate = 16.0
    rng = np.random.default_rng(1)
    due = np.cumsum(rng.exponential(1 / rate, PLAYED))
    played = play_open(Slots(slots=slots), due, rng.exponential(work_s, PLAYED))
    waited = played.start_s - due

    offered = rate * work_s
    assert np.mean(waited > 1e-9) == pytest.approx(erlang_c(offered, slots), abs=0.015)
    longer = waits_longer(offered, slots, work_s, work_s)
    assert np.mean(waited > work_s) == pytest.approx(longer, abs=0.015)


@pytest.mark.parametrize("work_s", [0.5, 0.95, 1.4])
def test_leaving_is_that_of_the_discrete_event_model(work_s: float) -> None:
    """M/M/n+M and M/M/n+D: those who leave the queue, below and above saturation."""
    rate, slots, patience = 16.0, 16, 2.0
    rng = np.random.default_rng(2)
    due = np.cumsum(rng.exponential(1 / rate, PLAYED))
    works = rng.exponential(work_s, PLAYED)
    each = rng.exponential(patience, PLAYED)

    def left(patience_s: float | np.ndarray) -> float:
        played = play_open(Slots(slots=slots), due, works, give_up_after_s=patience_s)
        return float(np.isnan(played.start_s).mean())

    exponential = abandonment_exponential(rate, work_s, slots, patience)
    fixed = abandonment_fixed(rate, work_s, slots, patience)
    assert left(each) == pytest.approx(exponential, abs=0.006)
    assert left(patience) == pytest.approx(fixed, abs=0.006)
