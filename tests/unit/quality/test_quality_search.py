"""The worst parts are found, named once, and never without what chance could have done."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.checks.quality.cuts import Cut
from proveout.checks.quality.search import TooSmall, search


def cut(column: str, codes: list[int] | np.ndarray) -> Cut:
    codes = np.asarray(codes)
    return Cut(
        kind="slice",
        column=column,
        parts=tuple(f"{column}={code}" for code in range(int(codes.max()) + 1)),
        codes=codes,
    )


def test_a_part_that_is_always_wrong_is_the_worst() -> None:
    """Its value, its size, and an interval that holds for all that was looked at."""
    rng = np.random.default_rng(1)
    hour = rng.integers(0, 4, 2_000)
    loss = np.where(hour == 2, 1.0, (rng.random(2_000) < 0.1).astype(float))

    found = search(
        loss, [cut("hour", hour), cut("x", rng.integers(0, 2, 2_000))], task="classification"
    )

    assert found.worst is not None
    assert (found.worst.name, found.worst.value) == ("hour=2", 0.0)
    assert found.worst.n == int((hour == 2).sum())
    assert found.worst.is_worse
    assert found.worst.simultaneous.level > found.worst.interval.level == 0.95
    assert [part.name for part in found.worse] == ["hour=2"]  # no pair says the same again


def test_a_pair_is_named_where_it_is_worse_than_either_part() -> None:
    """Bad only where both come together."""
    rng = np.random.default_rng(2)
    a, b = rng.integers(0, 3, 9_000), rng.integers(0, 3, 9_000)
    loss = (rng.random(9_000) < np.where((a == 1) & (b == 2), 0.6, 0.1)).astype(float)

    found = search(loss, [cut("a", a), cut("b", b)], task="classification")

    assert found.worse[0].name == "a=1 & b=2"
    assert found.worst == found.worse[0]


def test_where_none_is_worse_the_worst_bound_is_shown_and_is_not_called_worse() -> None:
    """A reader still sees which part is known least to be good."""
    loss = np.tile([0.0] * 9 + [1.0], 100)
    found = search(loss, [cut("half", np.arange(1_000) % 1_000 >= 900)], task="classification")

    assert found.worse == ()
    assert found.worst is not None
    assert (found.worst.name, found.worst.n) == ("half=1", 100)
    assert not found.worst.is_worse


def test_small_parts_are_counted_and_not_judged() -> None:
    """29 rows say too little."""
    codes = np.repeat([0, 1, 2], [500, 29, 5])

    found = search(np.zeros(534), [cut("site", codes)], task="classification")

    assert [part.name for part in found.parts] == ["site=0"]
    assert found.too_small == (TooSmall(kind="slice", column="site", parts=2, rows=34),)


def test_a_part_that_is_everything_is_compared_with_nothing() -> None:
    """A single site has no rest; it is not looked at as a slice."""
    found = search(np.zeros(100), [cut("site", np.zeros(100, dtype=int))], task="classification")

    assert (found.n_looked_at, found.worst) == (0, None)


def test_larger_errors_of_a_part_are_found() -> None:
    """Numbers: by rank, so that one enormous error names nobody."""
    rng = np.random.default_rng(3)
    site = rng.integers(0, 5, 3_000)
    loss = rng.exponential(size=3_000) * np.where(site == 4, 1.6, 1.0)
    loss[np.flatnonzero(site == 0)[0]] = 200

    found = search(loss, [cut("site", site)], task="regression")

    assert [part.name for part in found.worse] == ["site=4"]
    assert found.worst is not None
    assert found.worst.value == pytest.approx(loss[site == 4].mean())


@given(st.integers(0, 1_000))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    """Permutation invariance of everything that is found."""
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 3, 400), rng.integers(0, 2, 400)
    loss = (rng.random(400) < 0.1 + 0.3 * (a == 1)).astype(float)
    order = rng.permutation(400)

    found = search(loss, [cut("a", a), cut("b", b)], task="classification")
    again = search(loss[order], [cut("a", a[order]), cut("b", b[order])], task="classification")

    assert again == found
