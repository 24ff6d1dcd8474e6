"""A verdict says whose word the organisational half is, where few hands hold it all."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.gate_makers import NOW, charter, criterion, fact, sealed
from proveout.evidence.model import Evidence, Subject
from proveout.gate import decide
from proveout.gate.model import Dossier

LOADED = charter()
ONE, TWO = "a-1", "a-2"


def signed(role: str, who: str, account: str | None = None, value: float = 1) -> Evidence:
    """A signature as the register records it."""
    return attested(
        "governance.signoff", value, who, subject=Subject.of(role=role),
        details={"accounts": {who: account}},
    )  # fmt: skip


def attested(metric: str, value: float, who: str, **changes: Any) -> Evidence:
    return fact(
        metric, value, basis="attested", check="attest", run="attest", unit="flag", n=1,
        person=who, **changes,
    )  # fmt: skip


def notes(*evidence: Evidence) -> list[str]:
    """What the verdict says of hands."""
    given = sealed(LOADED, Dossier(evidence=evidence))
    verdict = decide(LOADED, "production", (criterion(),), given, NOW)
    return list(verdict.notes)


@pytest.mark.parametrize(
    ("evidence", "told"),
    [
        (
            [
                signed("production-owner", "Helen Marsh", ONE),
                signed("executive-sponsor", "helen  marsh", ONE),
            ],
            [
                "One person holds several signatures: Helen Marsh signed as executive sponsor "
                "and production owner. Nobody else looked at it in these roles."
            ],
        ),
        (
            [signed("production-owner", "Helen", ONE), signed("executive-sponsor", "Robert", ONE)],
            ["One account gave the signatures of several people: Helen and Robert."],
        ),
        (
            [signed("production-owner", "Helen", ONE), signed("executive-sponsor", "Robert")],
            [
                "Signed at the command line, where nobody signs in, while others sign in the "
                "dashboard: executive sponsor (Robert)."
            ],
        ),
        ([signed("production-owner", "Helen"), signed("executive-sponsor", "Robert")], []),
        ([signed("production-owner", "H", ONE), signed("executive-sponsor", "R", TWO)], []),
        ([signed("production-owner", "H", ONE), signed("legal", "H", ONE, value=0)], []),
    ],
)
def test_few_hands_are_named(evidence: list[Evidence], told: list[str]) -> None:
    """Several roles of one person, one account of several people, names that somebody typed."""
    assert notes(*evidence) == told


def test_one_voice_is_no_choir() -> None:
    """Five facts by one person are said to be that; by two, they are not."""
    metrics = (
        "people.informed", "people.represented", "people.managers_equipped", "people.trained",
        "governance.reviews_kept",
    )  # fmt: skip
    said = [attested(metric, 1, "Helen Marsh") for metric in metrics]

    assert notes(*said) == [
        "All 5 facts that people attest are the word of one person, Helen Marsh: nobody else has "
        "said anything."
    ]
    assert notes(*said, attested("governance.handoff_accepted", 1, "Farid Haddad")) == []


@pytest.mark.parametrize(
    ("metric", "details", "told"),
    [
        ("people.trained", {"fewest_cases": 5, "met_no_wrong_answer": 0, "on_lists": 0}, []),
        (
            "people.trained",
            {"fewest_cases": 1, "met_no_wrong_answer": 1, "on_lists": 1},
            [
                "Training was completed on as few as 1 case: that shows presence, and little else.",
                "1 person completed training without meeting a wrong answer to be caught.",
                "Of 1 of 1 it is known from lists alone that they were trained: nobody of them "
                "said so in person.",
            ],
        ),
        (
            "people.informed",
            {"on_lists": 1},
            [
                "Of 1 of 1 it is known from lists alone that they know what changes for them: "
                "nobody of them said so in person."
            ],
        ),
        ("governance.reviews_kept", {"noted": 3}, []),
        (
            "governance.reviews_kept",
            {"noted": 3, "noted_late": 2, "moves": 4},
            [
                "2 of 3 reviews were noted more than 30 days after they were held: remembered, as "
                "Helen vouches.",
                "Reviews were moved 4 times to another day.",
            ],
        ),
    ],
)
def test_what_rests_on_little_is_said(
    metric: str, details: dict[str, int], told: list[str]
) -> None:
    """Easy cases, lists, notes from memory, days that were moved: they count, and are named."""
    assert notes(attested(metric, 1, "Helen", details=details)) == told
