"""What a run could not have, in sentences for people."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.gate_makers import NOW, charter, dossier, fact, outcome
from proveout.assess import Assessment, shortfalls
from proveout.evidence.model import Evidence, Subject
from proveout.evidence.outcome import NotMeasured
from proveout.gate import decide


def told(*facts: Evidence, run: str = "run-1", **more: Any) -> list[str]:
    known = dossier(*facts, **more)
    verdict = decide(charter(), "production", (), known, NOW)
    made = Assessment(verdict=verdict, dossier=known, ledger_head=(0, ""), run=run)
    return shortfalls(made)


def exceptions(value: float, **more: Any) -> Evidence:
    return fact("quality.exception_rate", value, **more)


@pytest.mark.parametrize(
    ("details", "sentences"),
    [
        (
            {"faults": ["the process was killed by SIGSEGV"], "by_status": {"failed": 100}},
            ["  the process was killed by SIGSEGV"],
        ),
        # A refusal is no fault of the system, and still no answer.
        ({"faults": [], "by_status": {"refused": 100}}, ["  100 were refused"]),
        (
            {"faults": ["one", "two", "three", "four"]},
            ["  one", "  two", "  three", "  and 1 more, in the evidence (--json)"],
        ),
    ],
)
def test_the_reasons_follow_the_count(details: dict[str, Any], sentences: list[str]) -> None:
    """Three at most; the others are counted."""
    assert told(exceptions(0.1, details=details)) == [
        "No usable answer for 100 of 1,000 rows of production; the first fault of each kind:",
        *sentences,
    ]


def test_each_scope_is_told() -> None:
    """The curated sample and production are two findings."""
    assert told(exceptions(0.5, scope="pilot"), exceptions(1.0)) == [
        "No usable answer for 500 of 1,000 rows of the curated sample.",
        "No usable answer for 1,000 of 1,000 rows of production.",
    ]


def test_rows_are_told_once() -> None:
    """Those of a kind of record are among the rows of the whole already."""
    of_a_slice = exceptions(1.0, subject=Subject.of(slice="workclass is missing"), n=159)

    assert told(exceptions(0.5), of_a_slice) == [
        "No usable answer for 500 of 1,000 rows of production."
    ]


def test_only_this_run_is_told() -> None:
    """Neither what an earlier run found, nor that every row was answered."""
    assert told(exceptions(0.5, run="run-0"), exceptions(0.0)) == []


def test_a_check_that_found_next_to_nothing_says_why() -> None:
    """The reason that most figures share; one figure of many is left to the report."""
    no_rows = ("there are no records", "Give data with records.")
    missing = [NotMeasured(metric="readiness.rows", reason=no_rows[0], next_step=no_rows[1])] * 2
    other = NotMeasured(metric="quality.f1", reason="there is one class")
    outcomes = (
        outcome("readiness", 1, not_measured=(*missing, other)),
        outcome("quality", 5, not_measured=(other,)),
        outcome("stress", 0, not_measured=(other,)),
        outcome("governance", 0, run="run-0", not_measured=(other,)),
    )

    assert told(outcomes=outcomes) == [
        "readiness: 3 figures were not measured, first of all because:",
        "  there are no records. Give data with records.",
        "stress: 1 figure was not measured, first of all because:",
        "  there is one class.",
    ]
