"""Figures that are not known exactly: their quantiles are what was said of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.statistics.returns import Exact, Likely, Measured

money = st.floats(0, 1e7, allow_nan=False)


@given(st.lists(money, min_size=3, max_size=3).map(sorted))
def test_a_stated_range_leaves_one_in_twenty_beyond_each_end(ends: list[float]) -> None:
    """5 % lie below `low` and 5 % above `high`, however lopsided the range is."""
    low, likely, high = ends
    figure = Likely(low=low, likely=likely, high=high)

    found = figure.at(np.array([0.05, 0.95]))

    assert found == pytest.approx([low, high], rel=1e-6, abs=1e-6 * (high - low) + 1e-9)


def test_a_stated_range_is_drawn_most_often_where_it_is_likely() -> None:
    """The peak of the triangle stands at the likely value."""
    drawn = Likely(low=10, likely=20, high=60).at((np.arange(200_000) + 0.5) / 200_000)
    counts, edges = np.histogram(drawn, bins=60)

    assert edges[counts.argmax()] == pytest.approx(20, abs=1.5)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e5), st.floats(1e-3, 1e5), st.floats(0.6, 0.999))
def test_a_measured_figure_keeps_its_value_and_its_interval(
    value: float, below: float, above: float, level: float
) -> None:
    """The median is the value; the quantiles at the ends of the interval are its ends."""
    figure = Measured(value=value, low=value - below, high=value + above, level=level)
    tail = (1 - level) / 2

    found = figure.at(np.array([tail, 0.5, 1 - tail]))

    assert found == pytest.approx([value - below, value, value + above], rel=1e-6, abs=1e-6)


def test_what_cannot_be_below_zero_is_not_drawn_there() -> None:
    """A cost with a wide interval stays a cost; a rate stays within 0 and 1."""
    shares = np.array([1e-6, 0.5, 1 - 1e-6])

    cost = Likely(low=0, likely=1, high=50, least=0.0).at(shares)
    rate = Measured(value=0.5, low=-0.5, high=1.5, level=0.95, least=0.0, most=1.0).at(shares)

    assert cost[0] == 0
    assert rate.tolist() == [0.0, 0.5, 1.0]


def test_what_is_known_exactly_has_one_value() -> None:
    """A plain number of the charter is drawn as itself."""
    assert Exact(7.0).at(np.array([0.01, 0.99])).tolist() == [7.0, 7.0]
    assert Likely(low=7, likely=7, high=7).at(np.array([0.01])).tolist() == [7.0]
