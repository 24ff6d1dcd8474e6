"""The standard of today against the one that was sealed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fixtures.gate_makers import charter, sealed
from proveout.charter.loading import content
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.gate import eased_since_seal, standard_for
from proveout.gate.model import Dossier

CATALOGUE = Catalogue(SHIPPED)
AGREED: dict[str, Any] = {
    "acceptance": [
        {"metric": "quality.accuracy", "comparison": ">=", "threshold": 0.85, "limit": True},
        {"metric": "quality.recall", "comparison": ">=", "threshold": 0.7},
    ],
    "stress": {"max_quality_drop": 0.05},
    "rollback": {"procedure": "switch off", "within_minutes": 10},
    "load": {"users": 1000, "p95_latency_s": 2},
    "standard": {"production.rejects": {"threshold": 0.005, "why": "month end"}},
    "data": {"production": ["a.csv"], "site_column": "site"},
}


def eased(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, ...]:
    """Return what a verdict says once a sealed charter was amended."""
    loaded = charter(**after)
    dossier = replace(
        sealed(loaded, Dossier()), first_sealed=content(charter(**before).charter), n_amendments=1
    )
    criteria, _ = standard_for("production", loaded.charter, CATALOGUE)
    return eased_since_seal("production", criteria, dossier, CATALOGUE)


def acceptance(position: int, **changes: Any) -> dict[str, Any]:
    lines = [dict(line) for line in AGREED["acceptance"]]
    lines[position].update(changes)
    return {**AGREED, "acceptance": lines}


@pytest.mark.parametrize(
    ("after", "told"),
    [
        # a line of the charter's own
        (
            acceptance(1, threshold=0.6),
            "production.quality.recall (at least 70 % became at least 60 %)",
        ),
        (
            acceptance(1, confidence=0.6),
            "production.quality.recall (at 0.95 confidence became at 0.6 confidence)",
        ),
        (
            acceptance(1, max_age_days=900),
            "production.quality.recall (not older than 31 days became not older than 900 days)",
        ),
        # a line that asks of the curated sample, of another part, or at another gate
        (acceptance(1, scope="pilot"), "production.quality.recall asks for something else"),
        (acceptance(1, stage="scale"), "production.quality.recall is gone"),
        # what follows from it: the worst slice is held to the agreed accuracy
        (
            acceptance(0, threshold=0.8),
            "production.worst-slice (at least 75 % became at least 70 %); "
            "production.quality.accuracy (at least 85 % became at least 80 %)",
        ),
        # a limit that no longer stops
        (
            acceptance(0, limit=False),
            "production.quality.accuracy (a limit became without a limit)",
        ),
        # a line of the default standard, adjusted or taken out
        (
            {**AGREED, "standard": {}},
            "production.rejects (at most 0.5 % became at most 1 %)",
        ),
        (
            {**AGREED, "standard": {"production.rejects": {"apply": False, "why": "x"}}},
            "production.rejects is gone",
        ),
        # limits that stand elsewhere in the charter
        (
            {**AGREED, "stress": {"max_quality_drop": 0.5}},
            "production.stress-quality-drop (at most 5 % became at most 50 %)",
        ),
        (
            {**AGREED, "load": {"users": 1000}},
            "production.load-latency (at most 2 s became at most 10 s)",
        ),
        (
            {**AGREED, "rollback": {"procedure": "switch off"}},
            "production.drill-recovery (at most 600 s became at most 3,600 s)",
        ),
        # a line that was asked because the charter declared something
        (
            {**AGREED, "data": {"production": ["a.csv"]}},
            "production.required-completeness-per-site is gone",
        ),
    ],
)
def test_whatever_made_a_line_easier_is_said(after: dict[str, Any], told: str) -> None:
    """Each verdict names every line that asks for less than when it was sealed."""
    assert eased(AGREED, after) == (f"Easier than when it was sealed: {told}.",)


@pytest.mark.parametrize(
    "after",
    [
        AGREED,
        acceptance(1, threshold=0.9),
        {**AGREED, "stress": {"max_quality_drop": 0.01}},
        {**AGREED, "people": {"production_owner": "Grace Hopper"}},
    ],
)
def test_a_standard_that_became_no_easier_is_not_remarked_on(after: dict[str, Any]) -> None:
    """The same, or tighter: nothing is said."""
    assert eased(AGREED, after) == ()


def test_a_milder_trial_than_sealed_is_said() -> None:
    """The lines ask for the same, of less: every verdict names each place that made it so."""
    after = {
        **AGREED,
        "stress": {"max_quality_drop": 0.05, "rows": 90, "combine": 0, "severities": [0.05]},
        "load": {"users": 1000, "p95_latency_s": 2, "give_up_after_s": 60, "seconds": 5},
        "system": {"python": "m.py:f", "let_through": {"max_error": 0.2}},
    }
    before = {**AGREED, "system": {"python": "m.py:f"}}

    assert eased(before, after) == (
        "A milder trial than when it was sealed: system.let_through.max_error (0.05 became 0.2); "
        "stress.severities (0.05, 0.25 became 0.05); stress.rows (5,000 became 90); "
        "stress.combine (3 became 0); load.give_up_after_s (10 became 60); "
        "load.seconds (30 became 5).",
    )
    assert eased(after, before) == ()


def test_without_an_amendment_there_is_nothing_to_compare() -> None:
    """Neither before the seal nor with the sealed charter itself."""
    criteria, _ = standard_for("production", charter(**AGREED).charter, CATALOGUE)

    assert eased_since_seal("production", criteria, Dossier(), CATALOGUE) == ()


def test_a_seal_that_cannot_be_read_any_more_is_said() -> None:
    """Silence would mean that nothing became easier."""
    criteria, _ = standard_for("production", charter(**AGREED).charter, CATALOGUE)
    dossier = Dossier(first_sealed={"pilot": "p", "goals": 3}, n_amendments=1)

    assert eased_since_seal("production", criteria, dossier, CATALOGUE) == (
        "The charter as it was sealed cannot be read any more, so that nothing shows what has "
        "become easier since.",
    )
