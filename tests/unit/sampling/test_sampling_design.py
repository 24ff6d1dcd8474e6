"""How a sample is divided among strata."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.intake.drawing import Stratum, allocate, plan


@given(
    populations=st.lists(st.integers(1, 5_000), min_size=1, max_size=30),
    rows=st.integers(1, 6_000),
)
def test_a_sample_has_the_size_asked_for_and_takes_no_more_than_there_is(
    populations: list[int], rows: int
) -> None:
    """Every stratum gives something wherever the sample has as many rows as there are strata."""
    sizes = allocate(populations, rows)

    assert sum(sizes) >= min(rows, sum(populations))
    assert all(0 < size <= n for size, n in zip(sizes, populations, strict=True))
    if rows >= 5 * len(populations):
        assert sum(sizes) == min(rows, sum(populations))
        assert all(size >= min(n, 5) for size, n in zip(sizes, populations, strict=True))


@given(
    counted=st.dictionaries(st.text(min_size=1), st.integers(1, 10**7), min_size=1, max_size=60),
    rows=st.integers(1, 3_000),
)
def test_the_weights_add_up_to_the_population(counted: dict[str, int], rows: int) -> None:
    """So that a weighted total is an estimate of the total."""
    design = plan(counted, rows=rows)

    total = sum(stratum.weight * stratum.n_sampled for stratum in design.strata)
    assert total == pytest.approx(sum(counted.values()))
    assert design.stratum_of().keys() == counted.keys()


def test_the_smallest_strata_are_put_together_where_there_are_too_many() -> None:
    """A sample of 15 rows has room for three strata of five."""
    design = plan({"a": 900, "b": 50, "c": 3, "d": 2}, rows=15)

    assert design.strata == (
        Stratum(name="a", n_population=900, n_sampled=5),
        Stratum(name="b", n_population=50, n_sampled=5),
        Stratum(name="(all other strata)", n_population=5, n_sampled=5, members=("c", "d")),
    )
