"""From which confidence on an answer needs no person, and who says so."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from proveout.charter.schema import Charter
from proveout.evidence.model import CheckRef, Evidence
from proveout.runtime.exceptions.threshold import Threshold, find_threshold

SYSTEM = {"http": {"url": "http://model.example"}, "confident_at": 0.85}


def charter(**parts: Any) -> Charter:
    return Charter.model_validate({"pilot": "claims", "system": SYSTEM, **parts})


def fact(
    metric: str, value: float, *, day: int = 1, run: str = "r1", pilot: str = "claims"
) -> Evidence:
    return Evidence(
        pilot=pilot, metric=metric, value=value, unit="count", n=500, basis="measured",
        scope="production", observed_at=datetime(2026, 11, day, tzinfo=UTC),
        check=CheckRef(name="stress", version="1"), run=run,
    )  # fmt: skip


def test_the_charters_own_threshold_comes_first() -> None:
    """What people wrote down is not overruled by a recommendation."""
    found = find_threshold(
        charter(gateway={"confident_from": 0.7}), [fact("confidence.threshold", 0.93)]
    )

    assert found == Threshold(value=0.7, source="gateway.confident_from")


def test_else_the_newest_recommendation_counts() -> None:
    """Of this pilot, and of its newest run."""
    found = find_threshold(
        charter(),
        [
            fact("confidence.threshold", 0.93, day=2),
            fact("confidence.threshold", 0.91, day=1),
            fact("confidence.threshold", 0.5, day=3, pilot="other"),
        ],
    )

    assert found == Threshold(value=0.93, source="recommended by the stress check of 2026-11-02")


def test_a_threshold_that_a_later_run_could_not_find_again_counts_no_more() -> None:
    """An old promise is not kept by a system of which nothing can be promised now."""
    found = find_threshold(
        charter(),
        [
            fact("confidence.threshold", 0.93, day=1, run="r1"),
            fact("confidence.coverage", 0.6, day=1, run="r1"),
            fact("confidence.coverage", 0.0, day=2, run="r2"),
        ],
    )

    source = (
        "system.confident_at, since the stress check of 2026-11-02 found none that keeps "
        "system.let_through"
    )
    assert found == Threshold(value=0.85, source=source)


def test_without_a_recommendation_the_system_s_own_limit_is_taken_and_named() -> None:
    """A gateway without a charter has none at all."""
    assert find_threshold(charter()) == Threshold(
        value=0.85, source="system.confident_at, since no check has recommended one"
    )
    assert find_threshold(Charter(pilot="claims")) is None
