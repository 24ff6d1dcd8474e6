"""Where the fences of a field stand."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.checks.readiness.fences import QUANTILES, fences

_NORMAL = [NormalDist().inv_cdf(q) for q in QUANTILES]


def test_the_fences_of_a_normal_field_stand_at_three_and_a_half_standard_deviations() -> None:
    """On a normal field nothing is stretched: one figure in 2,000 lies outside."""
    found = fences(tuple(50 + 10 * z for z in _NORMAL))

    assert found is not None
    assert found.low == pytest.approx(15, abs=0.01)
    assert found.high == pytest.approx(85, abs=0.01)


@pytest.mark.parametrize("sigma", [0.25, 0.5, 0.9])
def test_the_fences_of_a_skewed_field_follow_its_tail(sigma: float) -> None:
    """A lognormal field loses no more above its fence than a normal one does."""
    found = fences(tuple(math.exp(sigma * z) for z in _NORMAL))

    assert found is not None
    assert found.high is not None
    assert 1 - NormalDist().cdf(math.log(found.high) / sigma) < 0.0005


def test_a_side_without_spread_has_no_fence() -> None:
    """Where half of the figures are equal, nothing says what is far away."""
    found = fences((0.0, 0.0, 0.0, 4.0, 9.0))

    assert found is not None
    assert found.low is None
    assert found.high is not None
    assert fences((7.0, 7.0, 7.0, 7.0, 7.0)) is None


@given(st.lists(st.floats(-1e9, 1e9), min_size=5, max_size=5).map(sorted))
def test_fences_enclose_the_quartiles(quantiles: list[float]) -> None:
    """Whatever the field, its body is no outlier."""
    found = fences(tuple(quantiles))

    if found is not None and found.low is not None:
        assert found.low <= quantiles[1]
    if found is not None and found.high is not None:
        assert found.high >= quantiles[3]
