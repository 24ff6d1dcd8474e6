"""What the governance check reads from a charter."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from fixtures.gate_makers import NOW, charter
from proveout.checks import CheckContext
from proveout.checks.governance import CHECK
from proveout.checks.governance.counts import COUNTS, Counted, NotCounted
from proveout.checks.governance.parts import MISSING
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.evidence.catalogue.governance import PARTS
from proveout.evidence.model import CheckRef, Evidence
from proveout.evidence.outcome import NotMeasured
from proveout.systems import System

TODAY = date(2026, 3, 1)


class NoData:
    """Governance opens no data; asking for it would be a mistake."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


def no_system() -> System:
    raise AssertionError


def found(loaded: Any, sealed_by: str | None = None) -> list[Any]:
    context = CheckContext(
        loaded=loaded,
        data=NoData(),
        open_system=no_system,
        catalogue=Catalogue(SHIPPED),
        check=CheckRef(name=CHECK.name, version=CHECK.version),
        run="run-1",
        now=NOW,
        seed=1,
        artifacts=Path("nowhere"),
        inputs={"charter": loaded.content_hash},
        sealed_by=sealed_by,
        sealed_at=None if sealed_by is None else NOW - timedelta(days=60),
    )
    return list(CHECK.run(context))


def missing(part: str, **values: Any) -> list[str]:
    return MISSING[part](charter(**values).charter)


def test_it_needs_nothing() -> None:
    """What a charter leaves out is what this check finds; it is never skipped."""
    assert CHECK.needs(charter().charter) == []


def test_every_part_that_can_be_declared_is_read() -> None:
    """The parts of the catalogue and those of the check are the same."""
    assert list(MISSING) == list(PARTS)


def test_the_empty_charter_declares_nothing() -> None:
    """Every part is 0, attested by the author of the file, and says what to write."""
    facts = [item for item in found(charter()) if isinstance(item, Evidence)]

    assert [(fact.metric, fact.value) for fact in facts] == [
        ("governance.declared", 0.0) for _ in PARTS
    ]
    assert {(fact.basis, fact.person, fact.scope) for fact in facts} == {
        ("attested", "the author of pilot.yaml", "production")
    }
    assert all(fact.details["missing"] for fact in facts)


def test_what_cannot_be_counted_is_not_measured() -> None:
    """No training planned is no figure of who was trained, neither 0 nor 1."""
    items = [item for item in found(charter()) if isinstance(item, NotMeasured)]

    assert [(item.metric, item.reason) for item in items] == [
        ("governance.handoff_accepted", "governance.handoff names no receiving team"),
        ("governance.legal_signed", "legal holds no question"),
        ("governance.refresh_practised", "governance.refresh is not there"),
        (
            "governance.predecessor_addressed",
            "predecessors does not say which pilots there were before",
        ),
        (
            "governance.reviews_kept",
            "no review has fallen due in 180 days or has a day to come; before the seal none does",
        ),
        ("governance.owner_attendance", "no review was noted as held"),
        ("people.trained", "change.training holds no training"),
        (
            "people.volunteers",
            "change.participants does not say how participants were chosen",
        ),
    ]


def test_the_word_is_that_of_who_sealed_it() -> None:
    """Who sealed the charter vouches for it; before the seal, who runs the project."""
    loaded = charter(people={"project_owner": {"name": "Priya Nair"}})

    assert found(loaded, sealed_by="Ada Byron")[0].person == "Ada Byron"
    assert found(loaded)[0].person == "Priya Nair"


@pytest.mark.parametrize(
    ("part", "values", "expected"),
    [
        # a part is declared when everything it needs is there
        ("outcome", {"outcome": "Fewer late answers"}, []),
        ("kpis", {}, ["kpis"]),
        (
            "kpi-baselines",
            {"kpis": [{"name": "wait", "unit": "min", "direction": "lower"}]},
            ["kpis[wait].baseline"],
        ),
        (
            "kpi-thresholds",
            {"kpis": [{"name": "wait", "unit": "min", "direction": "lower", "threshold": 3}]},
            [],
        ),
        # the same person under two spellings is one person
        (
            "distinct-owner",
            {
                "people": {
                    "production_owner": {"name": "Maria  Alvarez"},
                    "project_owner": {"name": "maria alvarez"},
                }
            },
            ["a production owner who is not the project owner"],
        ),
        # composed or not, with or without characters that nobody sees
        (
            "distinct-owner",
            {
                "people": {
                    "production_owner": {"name": "Jos\u00e9 Paz"},
                    "project_owner": {
                        "name": "Jose\N{COMBINING ACUTE ACCENT}\N{ZERO WIDTH SPACE} Paz"
                    },
                }
            },
            ["a production owner who is not the project owner"],
        ),
        # two names at one address
        (
            "distinct-owner",
            {
                "people": {
                    "production_owner": {"name": "Maria Alvarez", "email": "ma@example.com"},
                    "project_owner": {"name": "M. Alvarez", "email": "MA@example.com"},
                }
            },
            ["a production owner who is not the project owner"],
        ),
        (
            "distinct-owner",
            {
                "people": {
                    "production_owner": {"name": "Maria", "email": "ma@example.com"},
                    "project_owner": {"name": "Priya"},
                }
            },
            [],
        ),
        ("process", {"process": {"name": "Planning"}}, ["process.redesign"]),
        (
            "production-design",
            {"production_design": {"maintainer": "Ops", "monitoring": "weekly"}},
            ["production_design.data_updates", "production_design.accountable"],
        ),
        # an assumption that nothing could refute is none
        (
            "assumptions",
            {"assumptions": [{"name": "a", "statement": "It stays so."}]},
            ["assumptions[a].metric"],
        ),
        # an empty list of predecessors says that there were none
        ("predecessors", {}, ["predecessors"]),
        ("predecessors", {"predecessors": []}, []),
        (
            "milestones",
            {
                "people": {"production_owner": {"name": "Maria"}},
                "milestones": [{"name": "half-way", "on": "2026-04-01", "attended_by": ["Bob"]}],
            },
            ["Maria in milestones[half-way].attended_by"],
        ),
        (
            "data-owners",
            {
                "data": {
                    "production": [
                        {"name": "a", "path": "a.csv", "owner": "Sam"},
                        {"name": "b", "path": "b.csv"},
                        {"name": "c", "path": "c.csv"},
                        {"name": "list", "path": "l.csv", "role": "reference"},
                    ]
                },
                "people": {"data_owners": [{"source": "b", "name": "Rita"}]},
            },
            ["data.production[c].owner"],
        ),
        (
            "incentives",
            {"change": {"incentives": [{"rule": "bonus", "rewards": "old"}]}},
            ["change.incentives[0].changed_by"],
        ),
        (
            "participants",
            {"change": {"participants": {"count": 6, "chosen": "volunteers"}}},
            ["change.participants.population"],
        ),
        (
            "will-and-will-not",
            {"change": {"will_do": ["suggest"]}},
            ["change.will_not_do"],
        ),
    ],
)
def test_a_part_names_what_is_missing_in_it(
    part: str, values: dict[str, Any], expected: list[str]
) -> None:
    """What is half agreed is not agreed, and what is missing is named as the charter writes it."""
    assert missing(part, **values) == expected


REFRESH = {"every_days": 30, "done_by": "Ops"}


@pytest.mark.parametrize(
    ("metric", "values", "value"),
    [
        ("governance.handoff_accepted", {"governance": {"handoff": {"to": "Ops"}}}, 0),
        (
            "governance.handoff_accepted",
            {
                "governance": {
                    "handoff": {"to": "Ops", "accepted": {"who": "O", "on": "2026-02-01"}}
                }
            },
            1,
        ),
        # a day to come is not yet an acceptance
        (
            "governance.handoff_accepted",
            {
                "governance": {
                    "handoff": {"to": "Ops", "accepted": {"who": "O", "on": "2026-03-02"}}
                }
            },
            0,
        ),
        # an answer without a signature does not count
        (
            "governance.legal_signed",
            {
                "legal": [
                    {"question": "a", "answer": "no", "signed": {"who": "I", "on": "2026-01-01"}},
                    {"question": "b", "answer": "no"},
                ]
            },
            0.5,
        ),
        # practised within the cadence
        (
            "governance.refresh_practised",
            {"governance": {"refresh": {**REFRESH, "last_practised": "2026-02-15"}}},
            1,
        ),
        # practised, and too long ago
        (
            "governance.refresh_practised",
            {"governance": {"refresh": {**REFRESH, "last_practised": "2026-01-01"}}},
            0,
        ),
        ("governance.refresh_practised", {"governance": {"refresh": REFRESH}}, 0),
        ("governance.predecessor_addressed", {"predecessors": []}, 1),
        (
            "governance.predecessor_addressed",
            {
                "predecessors": [
                    {"pilot": "a", "result": "failed", "addressed": "new data"},
                    {"pilot": "b", "result": "stalled"},
                    {"pilot": "c", "result": "succeeded"},
                ]
            },
            0.5,
        ),
        # everybody counts alike, whatever their group
        (
            "people.trained",
            {
                "change": {
                    "training": [
                        {"who": "a", "scenarios": "s", "invited": 5, "completed": 5},
                        {"who": "b", "scenarios": "s", "invited": 5, "completed": 0},
                    ]
                }
            },
            0.5,
        ),
        (
            "people.volunteers",
            {"change": {"participants": {"count": 6, "chosen": "volunteers"}}},
            1,
        ),
    ],
)
def test_counts(metric: str, values: dict[str, Any], value: float) -> None:
    """Signatures, acceptance, practice and training are counted as they stand today."""
    counted = COUNTS[metric](charter(**values).charter, TODAY)

    assert isinstance(counted, Counted)
    assert counted.value == value


def test_training_without_the_number_invited_has_no_share() -> None:
    """A share of an unknown number is no share."""
    training = [{"who": "a", "scenarios": "s", "invited": 5}, {"who": "b", "scenarios": "s"}]

    counted = COUNTS["people.trained"](charter(change={"training": training}).charter, TODAY)

    assert counted == NotCounted(
        "a training under change.training does not say how many were invited",
        "Write invited and completed for each training.",
    )


def test_practice_counts_until_the_next_one_is_due() -> None:
    """The fact itself says when time alone makes it untrue."""
    refresh = {"every_days": 30, "done_by": "Ops", "last_practised": "2026-02-15"}
    facts = found(charter(governance={"refresh": refresh}))

    (fact,) = [f for f in facts if f.metric == "governance.refresh_practised"]

    assert str(fact.valid_until) == "2026-03-17 23:59:59.999999+00:00"


def test_every_figure_rests_on_something() -> None:
    """A figure on nothing is missing at the gate: that there was no predecessor is a statement."""
    facts = {fact.metric: fact for fact in found(charter(predecessors=[]))}

    fact = facts["governance.predecessor_addressed"]
    assert (fact.value, fact.n) == (1, 1)


def reviews_of(**says: Any) -> dict[str, Evidence]:
    """Return what is told of reviews on 1 March 2026, by the charter alone."""
    facts = found(charter(people={"production_owner": "Ada"}, **says), sealed_by="Ada")
    told = ("governance.reviews_kept", "governance.owner_attendance")
    return {item.metric: item for item in facts
            if isinstance(item, Evidence) and item.metric in told}  # fmt: skip


def test_before_the_first_review_nothing_shows_that_they_are_held() -> None:
    """That none was missed yet is no evidence: there is no figure, and no pass."""
    reviews = {"every_days": 30, "attended_by": ["Ada"], "next_on": date(2026, 4, 1)}

    assert reviews_of(governance={"reviews": reviews}) == {}


def test_a_review_that_nobody_noted_as_held_was_not() -> None:
    """A charter notes none: what fell due is missed until somebody notes it."""
    facts = reviews_of(milestones=[{"name": "Half-way", "on": "2026-02-01"}])

    kept = facts["governance.reviews_kept"]
    assert (kept.value, kept.n, kept.details) == (
        0, 1, {"missing": ["that it was held: Half-way of 2026-02-01"]},
    )  # fmt: skip
    assert "governance.owner_attendance" not in facts
