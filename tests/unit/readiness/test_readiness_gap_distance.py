"""The distance between two samples of one field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.checks.readiness.gap.distance import jensen_shannon

COUNTS = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=9)


def test_equal_shares_are_alike() -> None:
    """The same shares in samples of any size are at distance 0, and chance explains it all."""
    found = jensen_shannon([30, 70], [300, 700])

    assert found.value == 0
    assert found.interval.low == 0
    assert 0 < found.interval.high < 0.2
    assert found.p_value == pytest.approx(1)


def test_nothing_in_common_is_distance_one() -> None:
    """Where no value of the one occurs in the other, the distance is 1."""
    found = jensen_shannon([50_000, 0], [0, 50_000])

    assert found.value == pytest.approx(1, abs=1e-4)
    assert found.interval.high == 1
    assert found.p_value < 1e-9


def test_the_distance_is_that_of_the_shares_less_what_chance_adds() -> None:
    """Half of one value against a fifth of it: 0.2704 by the definition in bits."""
    found = jensen_shannon([500_000, 500_000], [200_000, 800_000])

    assert found.value == pytest.approx(0.2704, abs=1e-4)
    assert found.interval.low < found.value < found.interval.high
    assert found.interval.method == "delta-method"


def test_one_bin_has_no_distance() -> None:
    """A constant field is alike, without doubt."""
    found = jensen_shannon([5], [9])

    assert (found.value, found.by_chance, found.p_value) == (0, 0, 1)


def test_a_small_sample_may_differ_by_chance() -> None:
    """The fewer the records, the further chance alone drives two samples apart."""
    few = jensen_shannon([6, 4], [50, 50])
    many = jensen_shannon([600, 400], [5_000, 5_000])

    assert few.by_chance > many.by_chance
    assert few.p_value > 0.05 > many.p_value


@pytest.mark.parametrize(("one", "other"), [([0, 0], [1, 2]), ([1, 2], [0])])
def test_an_empty_side_has_no_distance(one: list[int], other: list[int]) -> None:
    """Nothing is at no distance from something."""
    with pytest.raises(ValueError, match=r"^a distance needs at least one record on each side$"):
        jensen_shannon(one, other)


@given(COUNTS)
def test_it_is_a_distance(counts: list[tuple[int, int]]) -> None:
    """Between 0 and 1, the same both ways, inside its interval; bins nobody is in do not count."""
    one, other = [a for a, _ in counts], [b for _, b in counts]
    if not sum(one) or not sum(other):
        return

    there, back = jensen_shannon(one, other), jensen_shannon(other, one)
    padded = jensen_shannon([*one, 0], [*other, 0])

    assert 0 <= there.interval.low <= there.value <= there.interval.high <= 1
    assert there.value == pytest.approx(back.value, abs=1e-6)
    assert there == padded
