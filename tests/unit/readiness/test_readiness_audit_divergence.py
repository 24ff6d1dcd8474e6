"""How differently groups write the same field."""

from __future__ import annotations

from collections import Counter

import pytest

from proveout.checks.readiness.divergence import most_divergent, total_variation


def test_the_group_that_writes_otherwise_is_named() -> None:
    """The distance is half the sum of the differences of shares, against all others."""
    found = most_divergent(
        {
            "north": Counter({"9-9-9": 900}),
            "south": Counter({"9-9-9": 1800, "9/9/9": 200}),
            "west": Counter({"9/9/9": 500}),
        }
    )

    assert found is not None
    assert (found.group, found.n) == ("west", 3400)
    assert found.distance == pytest.approx(2700 / 2900)
    assert found.interval.low < found.distance < found.interval.high <= 1.0
    assert list(found.distances) == ["west", "north", "south"]


def test_small_groups_say_nothing() -> None:
    """Under a hundred values a share is left out rather than shown as a finding."""
    assert most_divergent({"north": Counter(a=900), "south": Counter(b=99)}) is None


def test_groups_that_write_alike_are_not_apart() -> None:
    """The same shares have no distance, and the lower end of the interval is 0."""
    found = most_divergent({"a": Counter(x=500, y=500), "b": Counter(x=50, y=50)})

    assert found is not None
    assert (found.distance, found.interval.low) == (0.0, 0.0)


def test_nothing_in_common_is_a_distance_of_one() -> None:
    """Total variation runs from 0 to 1, and does not care which side is which."""
    one, other = Counter(a=3), Counter(b=8)

    assert total_variation(one, other) == total_variation(other, one) == 1.0
