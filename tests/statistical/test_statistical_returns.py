"""The interval of a return holds the true one as often as it says, and is no wider than it must."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fixtures.simulated import covers, runs
from proveout.statistics.returns import BusinessCase, Exact, Gain, Measured, draw

pytestmark = pytest.mark.slow

TRUE_MINUTES, TRUE_RATE, TRUE_RUN = 3.0, 0.06, 5_000.0
CASE = BusinessCase(
    gains=(Gain(kpi="minutes", better_by=Exact(TRUE_MINUTES), worth=Exact(0.6), realised=0.7),),
    cases_per_month=10_000,
    months=36,
    discount_rate=0.08,
    ramp_months=4,
    run=Exact(TRUE_RUN),
    support=Exact(1_500),
    rollout=Exact(50_000),
    spent=Exact(80_000),
)


def case_of(minutes: Measured, *, errors: Measured | None = None, run: Measured) -> BusinessCase:
    gains = (replace(CASE.gains[0], better_by=minutes),)
    if errors is not None:
        gains += (Gain(kpi="errors", better_by=errors, worth=Exact(40.0)),)
    return replace(CASE, gains=gains, run=run)


def around(value: float, error: float) -> Measured:
    return Measured(
        value=value, low=value - 1.959964 * error, high=value + 1.959964 * error, level=0.95
    )


TRUTH = draw(CASE, seed=0, power=4)


def test_the_interval_covers_the_true_value_where_one_effect_is_measured() -> None:
    """95 of 100, by a measured effect with a normal error; half as wide with a quarter of it."""
    rng, n = np.random.default_rng(1), runs(400)
    true = float(TRUTH.flows.npv[0])
    hits, widths = 0, {0.5: 0.0, 0.125: 0.0}
    for _ in range(n):
        for error in widths:
            minutes = around(TRUE_MINUTES + error * rng.standard_normal(), error)
            drawn = draw(case_of(minutes, run=around(TRUE_RUN, 1e-6)), seed=2, power=10)
            spread = drawn.spread(drawn.flows.npv)
            widths[error] += (spread.high - spread.low) / n
            hits += error == 0.5 and spread.low <= true <= spread.high

    assert covers(hits, n), f"covered {hits / n:.1%} of {n}, mean width {widths}"
    assert widths[0.5] / widths[0.125] == pytest.approx(4, rel=0.05)


@pytest.mark.parametrize("correlation", [0.0, 0.6, 1.0])
def test_two_kpis_and_the_run_cost_are_covered_however_the_kpis_go_together(
    correlation: float,
) -> None:
    """With the correlation known 95 of 100; with nothing known of it never fewer."""
    rng, n = np.random.default_rng(3), runs(300)
    together = np.array([[1.0, correlation], [correlation, 1.0]])
    root = np.linalg.cholesky(together + 1e-12 * np.eye(2))
    known = unknown = 0
    zero = around(0.05, 0.0)
    truth = case_of(around(TRUE_MINUTES, 0.0), errors=zero, run=around(TRUE_RUN, 0.0))
    true = float(draw(truth, seed=0, power=4).flows.npv[0])
    for _ in range(n):
        noise = root @ rng.standard_normal(2)
        case = case_of(
            around(TRUE_MINUTES + 0.4 * noise[0], 0.4),
            errors=around(0.05 + 0.02 * noise[1], 0.02),
            run=around(TRUE_RUN + 600 * rng.standard_normal(), 600),
        )
        for told in (together, None):
            drawn = draw(case, seed=5, power=10, correlation=told)
            spread = drawn.spread(drawn.flows.npv)
            covered = spread.low <= true <= spread.high
            known, unknown = (
                known + (covered and told is not None),
                unknown + (covered and told is None),
            )

    assert covers(known, n), (
        f"correlation {correlation}: known {known / n:.1%}, unknown {unknown / n:.1%} of {n}"
    )
    assert covers(unknown, n, high=1.0) if correlation == 1.0 else unknown >= known


def test_a_return_of_nothing_is_seldom_taken_for_one() -> None:
    """Where the true value is zero, its lower bound is above zero in 2.5 of 100."""
    rng, n = np.random.default_rng(7), runs(400)
    cost = float(TRUTH.flows.present_costs[0])
    per_minute = float(TRUTH.flows.present_gains[0]) / TRUE_MINUTES
    just, error, fooled = cost / per_minute, 0.5, 0
    for _ in range(n):
        minutes = around(just + error * rng.standard_normal(), error)
        drawn = draw(case_of(minutes, run=around(TRUE_RUN, 1e-6)), seed=2, power=10)
        fooled += drawn.spread(drawn.flows.npv).low > 0

    assert fooled <= 0.025 * n + 4 * (0.025 * 0.975 * n) ** 0.5, (
        f"taken for a gain {fooled / n:.1%} of {n}"
    )
