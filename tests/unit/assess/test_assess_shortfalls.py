"""What the system did instead of answering, in sentences for people."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.gate_makers import NOW, charter, dossier, fact
from proveout.assess import Assessment, shortfalls
from proveout.evidence.model import Evidence
from proveout.gate import decide


def told(*facts: Evidence, run: str = "run-1") -> list[str]:
    known = dossier(*facts)
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
        "No usable answer for 100 of 1,000 rows of production:",
        *sentences,
    ]


def test_each_scope_is_told() -> None:
    """The curated sample and production are two findings."""
    assert told(exceptions(0.5, scope="pilot"), exceptions(1.0)) == [
        "No usable answer for 500 of 1,000 rows of the curated sample.",
        "No usable answer for 1,000 of 1,000 rows of production.",
    ]


def test_only_this_run_is_told() -> None:
    """Neither what an earlier run found, nor that every row was answered."""
    assert told(exceptions(0.5, run="run-0"), exceptions(0.0)) == []
