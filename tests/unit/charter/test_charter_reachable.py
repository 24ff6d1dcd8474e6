"""A criterion that cannot be missed, or cannot be met, decides nothing: it is a mistake."""

from __future__ import annotations

import pytest

from proveout.charter.loading.reachable import reach_problems
from proveout.evidence.catalogue import SHIPPED, Catalogue, Metric

BREADTH = Metric(
    name="fake.breadth",
    unit="fraction",
    direction="higher",
    family="technical",
    meaning="How broad it is.",
    computed="Counted.",
    source="R301",
)
KNOWN = Catalogue([*SHIPPED, BREADTH])


@pytest.mark.parametrize(
    "line",
    [
        "quality.accuracy >= 0.85",
        "quality.accuracy >= 1",
        "quality.exception_rate <= 0",
        # worse than a guess is possible, and so is better than on the sample
        "quality.r2 >= 0",
        "quality.sandbox_drop <= -0.01",
        "quality.mae <= 4",
        # which way is better depends on the main metric
        "quality.worst_slice <= 6",
        "quality.worst_slice >= 0.7",
        # neither way is better
        "readiness.rows[source=*] >= 1000",
        "readiness.rows[source=*] <= 1000000",
        "governance.signoff[role=*] >= 1",
        # of a plug-in's metric nobody knows here how low it can be
        "fake.breadth >= -0.5",
    ],
)
def test_a_criterion_that_can_be_missed_and_met_is_fine(line: str) -> None:
    """Nothing is said about it."""
    assert list(reach_problems(("acceptance", 0), line, KNOWN)) == []


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (
            "quality.accuracy <= 0.85",
            "Higher is better for 'quality.accuracy', and '<=' would let the worst pass.",
        ),
        (
            "quality.mae >= 4",
            "Lower is better for 'quality.mae', and '>=' would let the worst pass.",
        ),
        (
            "fake.breadth >= 50",
            "'fake.breadth' is a share of one, and 50 is above all that it can be.",
        ),
        # 500 % of quality cannot be lost
        (
            "stress.worst_quality_drop <= 5",
            "'stress.worst_quality_drop' is a share of one, and 5 is above all that it can be.",
        ),
        (
            "quality.exception_rate <= 1",
            "'quality.exception_rate' is always <= 1: nothing could miss this.",
        ),
        (
            "quality.throughput >= 0",
            "'quality.throughput' is always >= 0: nothing could miss this.",
        ),
        (
            "governance.signoff[role=*] >= 0",
            "'governance.signoff' is always >= 0: nothing could miss this.",
        ),
        ("quality.mae <= -1", "'quality.mae' is never below 0: nothing could meet this."),
    ],
)
def test_a_criterion_that_decides_nothing_is_a_mistake(line: str, what: str) -> None:
    """It is told with the reason."""
    ((place, told, _),) = reach_problems(("acceptance", 0), line, KNOWN)

    assert (place, told) == (("acceptance", 0), what)


@pytest.mark.parametrize(
    "item",
    [
        # what is wrong with these is told elsewhere
        "not a criterion",
        None,
        {"metric": "quality.accuracy"},
        {"metric": "quality.accuracy", "comparison": ">=", "threshold": "0,85"},
        {"metric": "quality.accuracy", "comparison": "==", "threshold": 0.85},
        {"metric": ["quality.accuracy"], "comparison": ">=", "threshold": True},
    ],
)
def test_what_is_no_criterion_is_left_to_others(item: object) -> None:
    """One mistake is told once."""
    assert list(reach_problems(("acceptance", 0), item, KNOWN)) == []
