"""Estimates from a weighted sample are unbiased, and their intervals hold as often as they say."""

from __future__ import annotations

import ibis
import numpy as np
import pytest

from proveout.intake.drawing import STRATUM, WEIGHT, Marks, draw_sample, label_of, plan
from proveout.statistics.stratified import stratified_mean

# Ibis 12 calls DuckDB by names that it has deprecated since.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

RUNS = 160


@pytest.mark.slow
def test_shares_and_means_of_a_sample_are_those_of_its_source() -> None:
    """95 of 100 intervals hold the true share and mean; the weighted estimates are unbiased."""
    engine = ibis.duckdb.connect()
    engine.con.execute(
        "CREATE TABLE orders AS SELECT i AS id, CASE WHEN i % 40 = 0 THEN 'islands' WHEN i % 4 = 0 "
        "THEN 'south' ELSE 'north' END AS site, "
        # What is asked for hangs on the site, so that an unweighted share would be far off.
        "(hash(i) % 100 < CASE WHEN i % 40 = 0 THEN 80 WHEN i % 4 = 0 THEN 30 ELSE 10 END)::INT "
        "AS is_late, (hash(i + 1) % 1000) / 10.0 + CASE WHEN i % 40 = 0 THEN 300 ELSE 0 END "
        "AS amount FROM range(3000) AS r(i)"
    ).fetchall()
    table = engine.table("orders")
    label = label_of(table, Marks(), {"site": ["north", "south", "islands"]})
    populations = {"ordinary / north": 2250, "ordinary / south": 675, "ordinary / islands": 75}
    design = plan(populations, rows=240)
    truth = engine.con.execute("SELECT avg(is_late), avg(amount) FROM orders").fetchall()[0]

    covered, estimates = np.zeros(2), np.zeros((RUNS, 2))
    for seed in range(RUNS):
        drawn = draw_sample(table, label, design, seed=seed)
        strata, weights = drawn[STRATUM].to_pylist(), drawn[WEIGHT].to_numpy()
        assert weights.sum() == pytest.approx(3000)
        for at, column in enumerate(("is_late", "amount")):
            values = drawn[column].to_numpy().astype(float)
            mean, interval = stratified_mean(values, strata, populations)
            estimates[seed, at] = mean
            assert mean == pytest.approx(float(weights @ values / weights.sum()))
            covered[at] += interval.low <= truth[at] <= interval.high

    errors = estimates.std(axis=0, ddof=1) / np.sqrt(RUNS)
    assert (np.abs(estimates.mean(axis=0) - np.array(truth, dtype=float)) < 3.5 * errors).all()
    assert (covered / RUNS >= 0.9).all()  # three standard errors below 0.95 at so many runs
