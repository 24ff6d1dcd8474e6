"""Which evidence speaks to which duty."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fixtures.gate_makers import NOW, charter, fact
from proveout.charter.sealing.signing import digest
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.evidence.catalogue.governance import PARTS
from proveout.evidence.model import Evidence, Subject
from proveout.portfolio.frameworks import FRAMEWORKS, LEDGER, SEAL, hold
from proveout.portfolio.frameworks.holding import Known
from proveout.portfolio.frameworks.model import Duty, Framework, Proof
from proveout.portfolio.frameworks.page import frameworks_page
from proveout.register.signoffs import SIGNING_ROLES

DOCS = Path(__file__).parents[3] / "docs" / "frameworks.md"
CATALOGUE = Catalogue(SHIPPED)
NIST = {
    "GOVERN": (7, 3, 2, 3, 2, 2), "MAP": (6, 3, 5, 2, 2), "MEASURE": (3, 13, 3, 3),
    "MANAGE": (4, 4, 2, 3),
}  # fmt: skip
"""How many subcategories each category has."""
ISO = {
    "2": (2, 3, 4), "3": (2, 3), "4": (2, 3, 4, 5, 6), "5": (2, 3, 4, 5), "6.1": (2, 3),
    "6.2": (2, 3, 4, 5, 6, 7, 8), "7": (2, 3, 4, 5, 6), "8": (2, 3, 4, 5), "9": (2, 3, 4),
    "10": (2, 3, 4),
}  # fmt: skip


def test_the_page_is_generated_from_the_tables() -> None:
    """`make docs` writes it."""
    assert DOCS.read_text("utf-8") == frameworks_page()


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda each: each.id)
def test_every_proof_is_something_that_there_is(framework: Framework) -> None:
    """A metric of the catalogue, and a part or role that it knows."""
    for duty in framework.duties:
        assert duty.proofs, duty.number
        for proof in duty.proofs:
            assert proof.metric in CATALOGUE or proof.metric in (LEDGER, SEAL), proof
            part, role = proof.subject.get("part"), proof.subject.get("role")
            assert part is None or part in PARTS
            assert role is None or role in SIGNING_ROLES


def of(framework_id: str) -> Framework:
    return next(each for each in FRAMEWORKS if each.id == framework_id)


def silent_numbers(framework: Framework, prefix: str) -> set[str]:
    """Read 'MAP 1.2, 1.3 and 2.1 (…)' and '1.2 to 1.4': every number that is named as silent."""
    text = " ".join(
        re.sub(r"\([^)]*\)", "", each) for each in framework.silent if each.startswith(prefix)
    )
    numbers = set(re.findall(r"\d+\.\d+", text))
    for low, high in re.findall(r"(\d+\.\d+) to (\d+\.\d+)", text):
        head, first, last = low.split(".")[0], int(low.split(".")[1]), int(high.split(".")[1])
        numbers |= {f"{head}.{number}" for number in range(first, last + 1)}
    return numbers


@pytest.mark.parametrize("function", NIST)
def test_every_subcategory_is_spoken_to_or_named_as_silent(function: str) -> None:
    """Nothing of NIST's core is left out unsaid, and nothing is invented."""
    every = {
        f"{category}.{number}"
        for category, count in enumerate(NIST[function], 1)
        for number in range(1, count + 1)
    }
    told = {
        duty.number.split()[1]
        for duty in of("nist").duties
        if duty.number.startswith(f"{function} ")
    }
    silent = silent_numbers(of("nist"), f"{function} ")

    assert told | silent == every
    assert not told & silent


def test_every_control_is_spoken_to_or_named_as_silent() -> None:
    """All 38 of ISO/IEC 42001, Annex A."""
    every = {f"A.{group}.{number}" for group, numbers in ISO.items() for number in numbers}
    told = {duty.number for duty in of("iso").duties}
    text = " ".join(re.sub(r"\([^)]*\)", "", each) for each in of("iso").silent)
    silent = set(re.findall(r"A\.\d+(?:\.\d+)+", text)) | {"A.2.2", "A.2.3", "A.2.4"}

    assert len(every) == 38
    assert told | silent == every
    assert not told & silent


LEGAL = Subject.of(role="legal")
PROOF = Proof(metric="governance.signoff", subject=LEGAL, what="Signed", page="/signoffs")
LOADED = charter(outcome="Faster")


def signed(**changes: Any) -> Evidence:
    return fact(
        "governance.signoff",
        **{"value": 1, "unit": "flag", "n": 1, "basis": "attested", "subject": LEGAL, **changes},
    )


def state(*found: Evidence, short: bool = False) -> str:
    duty = Duty(number="1", title="Sign", proofs=(PROOF,))
    framework = Framework(id="x", name="X", about="", duties=(duty,), silent=())
    known = Known(
        evidence=found, charter=LOADED.charter, charter_hash=LOADED.content_hash, is_sealed=True,
        has_entries=True, now=NOW, short=frozenset(each.id for each in found if short),
    )  # fmt: skip
    return hold(framework, known)[0].states[0]


def test_evidence_is_there_against_stale_or_none() -> None:
    """A no is no evidence for a duty; what is simulated or of another charter is none of it."""
    other = {"charter:part:legal": digest("legal", charter(outcome="Cheaper").charter)}
    same = {"charter:part:legal": digest("legal", LOADED.charter)}

    assert state() == "none"
    assert state(signed(subject=Subject.of(role="reviewer"))) == "none"
    assert state(signed(inputs=same)) == "there"
    assert state(signed(inputs=other)) == "stale"
    assert state(signed(inputs={"charter": "sha256:0"})) == "stale"
    assert state(signed(valid_until=NOW - timedelta(days=1))) == "stale"
    assert state(signed(value=0)) == "against"
    assert state(signed(), short=True) == "against"
    assert state(signed(basis="simulated", person=None)) == "none"
