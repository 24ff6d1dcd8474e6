"""From pairs to clusters."""

from __future__ import annotations

from proveout.checks.readiness.duplicates.clusters import cluster
from proveout.checks.readiness.duplicates.model import Pair


def pairs(*linked: tuple[int, int], weight: float = 10.0) -> list[Pair]:
    return [Pair(one=a, other=b, probability=0.99, weight=weight) for a, b in linked]


def members(found: list[Pair]) -> list[tuple[int, ...]]:
    return [each.records for each in cluster(found)]


def test_records_that_are_linked_are_one_cluster() -> None:
    """Two copies of one original need not be alike themselves."""
    assert members(pairs((1, 2), (1, 3), (7, 8))) == [(1, 2, 3), (7, 8)]


def test_a_chain_is_no_cluster() -> None:
    """A is like B, B like C … and A has nothing of F: at least half of all pairs must be linked."""
    chain = pairs((1, 2), (2, 3), (3, 4), (4, 5), (5, 6))

    assert all(len(each) <= 3 for each in members(chain))


def test_a_cluster_is_as_sure_as_the_weakest_link_it_grew_by() -> None:
    """And a record's own probability is that of its best link."""
    strong = Pair(one=1, other=2, probability=0.999, weight=10.0)
    weak = Pair(one=2, other=3, probability=0.91, weight=3.3)

    (found,) = cluster([weak, strong])

    assert found.probability == 0.91
    assert found.best == {1: strong, 2: strong, 3: weak}


def test_the_order_of_the_pairs_does_not_matter() -> None:
    """Only how sure they are does."""
    found = pairs((1, 2), (2, 3), (3, 4), (1, 3), (5, 6))

    assert members(found) == members(found[::-1])
