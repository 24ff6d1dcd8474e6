"""What was said of a part of the charter is stale when that part changes, and not before."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.gate_makers import NOW, charter, criterion, dossier, fact, sealed
from proveout.charter.loaded import LoadedCharter
from proveout.charter.sealing.signing import digest
from proveout.evidence.model import CHARTER_INPUT, PART_INPUT, Evidence, Subject
from proveout.gate import decide

SAID: dict[str, Any] = {
    "budget": {"currency": "EUR", "per_month": 100},
    "data": {"production": [{"name": "a", "path": "a.csv"}]},
}
SIGNED = charter(**SAID)
OTHER_BUDGET = charter(**{**SAID, "budget": {"currency": "EUR", "per_month": 200}})
OTHER_DATA = charter(**{**SAID, "data": {"production": [{"name": "a", "path": "b.csv"}]}})
LEGAL = Subject.of(role="legal")


def signature(**inputs: str) -> Evidence:
    return fact(
        "governance.signoff", 1, check="attest", subject=LEGAL, basis="attested", unit="flag",
        n=1, inputs={CHARTER_INPUT: SIGNED.content_hash, **inputs},
    )  # fmt: skip


def judged(found: Evidence, now: LoadedCharter) -> tuple[str, str]:
    line = criterion("governance.signoff", subject=LEGAL, threshold=1, bases=("attested",))
    verdict = decide(now, "production", [line], sealed(now, dossier(found)), NOW)
    return verdict.rulings[0].state, verdict.rulings[0].deciding.reason


@pytest.mark.parametrize(
    ("now", "state"), [(SIGNED, "passed"), (OTHER_BUDGET, "passed"), (OTHER_DATA, "stale")]
)
def test_legal_signs_the_data_and_not_the_budget(now: LoadedCharter, state: str) -> None:
    """An amendment of the budget leaves legal's signature standing; one of the data does not."""
    part = {f"{PART_INPUT}legal": digest("legal", SIGNED.charter)}

    assert judged(signature(**part), now)[0] == state


def test_it_is_said_what_changed() -> None:
    """The part, where a part was signed; the charter, where all of it was."""
    part = {f"{PART_INPUT}legal": digest("legal", SIGNED.charter)}

    assert judged(signature(**part), OTHER_DATA)[1] == (
        "yes, says Ada Byron, but the part of the charter that it was said of has changed since."
    )
    assert judged(signature(), OTHER_BUDGET)[1] == (
        "yes, says Ada Byron, but the charter that it was said of has changed since."
    )


def test_a_part_that_there_is_not_is_never_this_charter() -> None:
    """Evidence of a newer Proveout is stale here, and no pass."""
    assert judged(signature(**{f"{PART_INPUT}moon": "sha256:1"}), SIGNED)[0] == "stale"
