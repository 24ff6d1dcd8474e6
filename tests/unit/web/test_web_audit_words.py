"""What people did is told in sentences, whatever kind of act it was."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import proveout.register
from proveout.evidence.ledger import MemoryLedger, NewEntry
from proveout.web.pages import audit_words


def told(act: str, **says: Any) -> str:
    ledger = MemoryLedger(clock=lambda: datetime(2025, 3, 3, tzinfo=UTC))
    body = {"act": act, "who": "Ann", "says": says}
    ledger.append([NewEntry(pilot="x", kind="act", body=body)])
    return audit_words.sentence(next(iter(ledger.entries(pilot="x"))))


@pytest.mark.parametrize(
    ("act", "says", "sentence"),
    [
        (
            "spending.noted",
            {"amount": 48250.5, "currency": "EUR", "until": "2025-03-01", "note": ""},
            "noted 48,250.50 EUR spent until 2025-03-01",
        ),
        (
            "signoff.given",
            {"role": "production-owner", "why": "I read it."},
            "signed off as production owner: I read it.",
        ),
        ("manager.named", {"name": "Bo"}, "named Bo as a manager of those affected"),
        (
            "training.invited",
            {"training": "Sorters", "people": ["Bo", "Cy"]},
            "invited to the training “Sorters”: Bo, Cy",
        ),
        ("new.kind_of_act", {"of": 3, "note": ""}, "new: kind of act (of: 3)"),
    ],
)
def test_an_act_is_a_sentence_without_what_was_left_empty(
    act: str, says: dict[str, Any], sentence: str
) -> None:
    """One of a kind that is not known yet still shows what it says."""
    assert told(act, **says) == sentence


def test_every_kind_of_act_of_the_register_has_its_words() -> None:
    """No reader of the trail meets the name of a kind."""
    folder = Path(proveout.register.__file__).parent
    subjects = r"manager|incentive|preparing|leadership|training|spending|review|signoff|handoff"
    kinds = {
        kind
        for path in folder.glob("*.py")
        for kind in re.findall(rf'"((?:{subjects})\.[a-z_]+)"', path.read_text())
    }

    assert len(kinds) > 20
    assert kinds - set(audit_words._ACTS) == set()
