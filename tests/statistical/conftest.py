"""Simulated rollouts with a known truth; their helpers as fixtures.

Tests may also import them: `from fixtures.simulated import covers, errs_at_most, runs`.
"""

import pytest

from fixtures import simulated


@pytest.fixture
def runs():
    """`runs(default)`: how many runs, PROVEOUT_RUNS where it is set."""
    return simulated.runs


@pytest.fixture
def covers():
    """`covers(hits, n)`: whether n 95 % intervals cover as often as they should."""
    return simulated.covers


@pytest.fixture
def errs_at_most():
    """`errs_at_most(misses, n, most=0.05)`: whether an error is as rare as promised."""
    return simulated.errs_at_most
