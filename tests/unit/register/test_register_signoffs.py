"""Who signs which part of the charter, and when it is asked again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from proveout.charter.schema import Charter
from proveout.charter.sealing.signing import PARTS, digest, holders
from proveout.errors import InputError
from proveout.register import Act
from proveout.register.signoffs import SIGNING_ROLES, SIGNOFFS, Signatures, standing

NOW = datetime(2025, 3, 3, 9, tzinfo=UTC)
SAID: dict[str, Any] = {
    "pilot": "p",
    "people": {
        "production_owner": "Helen Marsh",
        "reviewer": "Josef Lang",
        "data_owners": [{"source": "a", "name": "Grace Obi"}, {"source": "b", "name": "Claire"}],
    },
    "data": {"production": [{"name": "a", "path": "a.csv"}]},
    "budget": {"currency": "EUR", "per_month": 100},
    "governance": {"exceptions": {"goes_to": "Josef Lang", "due_hours": 4}},
    "legal": [{"question": "May it?", "asked_of": "Ines Roth"}],
}


def charter(**changes: Any) -> Charter:
    return Charter.model_validate({**SAID, **changes})


def act(
    role: str, who: str, *, of: Charter, kind: str = "given", days: int = 0, **says: Any
) -> Act:
    told = {"role": role, "why": "read it", "charter": digest("production-owner", of),
            "signed": digest(role, of), **says}  # fmt: skip
    return Act(
        id=f"{role}-{who}-{kind}-{days}", pilot="p", kind=f"signoff.{kind}", who=who,
        at=NOW + timedelta(days=days), says=told,
    )  # fmt: skip


def after(*acts: Act) -> Signatures:
    state = SIGNOFFS.empty()
    for each in acts:
        state = SIGNOFFS.taken(state, each)
    return state


def state_of(role: str, state: Signatures, of: Charter) -> str:
    return next(each.state for each in standing(state, of) if each.role == role)


CHANGES: dict[str, Charter] = {
    "budget": charter(budget={"currency": "EUR", "per_month": 200}),
    "data": charter(data={"production": [{"name": "a", "path": "other.csv"}]}),
    "exceptions": charter(governance={"exceptions": {"goes_to": "Josef Lang", "due_hours": 8}}),
    "will_do": charter(change={"will_do": ["Read the total"]}),
    "legal": charter(legal=[{"question": "May it at all?", "asked_of": "Ines Roth"}]),
}


@pytest.mark.parametrize(
    ("changed", "asked_again"),
    [
        ("budget", {"production-owner", "executive-sponsor"}),
        ("data", {"production-owner", "executive-sponsor", "data-owner", "legal"}),
        ("exceptions", {"production-owner", "executive-sponsor", "reviewer"}),
        ("will_do", {"production-owner", "executive-sponsor", "legal"}),
        ("legal", {"production-owner", "executive-sponsor", "legal"}),
    ],
)
def test_a_role_is_asked_again_when_its_part_changes(changed: str, asked_again: set[str]) -> None:
    """An amendment of the budget does not make legal's signature stale; one of the data does."""
    before, now = charter(), CHANGES[changed]

    differs = {role for role in SIGNING_ROLES if digest(role, before) != digest(role, now)}

    assert differs == asked_again


def test_what_was_done_by_now_is_no_change_of_a_part() -> None:
    """That a question was signed in the charter, or a run practised, asks nobody again."""
    signed = charter(
        legal=[{
            "question": "May it?", "asked_of": "Ines Roth",
            "signed": {"who": "Ines Roth", "on": "2025-03-01"},
        }],
    )  # fmt: skip

    assert digest("legal", signed) == digest("legal", charter())
    assert digest("production-owner", signed) != digest("production-owner", charter())


def test_a_part_that_there_is_not_has_no_fingerprint() -> None:
    """So nothing that names it is ever of this charter."""
    assert digest("nonsense", charter()) == ""
    assert all(digest(part, charter()).startswith("sha256:") for part in PARTS)


def test_whom_the_charter_names_for_a_role() -> None:
    """Each once, however often it names them."""
    assert holders("data-owner", charter()) == ("Grace Obi", "Claire")
    assert holders("legal", charter()) == ("Ines Roth",)
    assert holders("executive-sponsor", charter()) == ()


def test_the_latest_word_of_a_role_counts() -> None:
    """Signed, changed, withdrawn."""
    before, now = charter(), CHANGES["data"]
    signed = after(act("legal", "Ines Roth", of=before))
    withdrawn = after(
        act("legal", "Ines Roth", of=before), act("legal", "Ines Roth", of=before, kind="withdrawn")
    )

    assert state_of("legal", signed, before) == "signed"
    assert state_of("legal", signed, CHANGES["budget"]) == "signed"
    assert state_of("legal", signed, now) == "changed"
    assert state_of("legal", withdrawn, before) == "withdrawn"
    assert state_of("reviewer", signed, before) == "unsigned"


def test_each_owner_of_data_signs() -> None:
    """One of two is not all; a deputy whom the charter does not name signs for the rest."""
    of = charter()
    one = after(act("data-owner", "Grace Obi", of=of))
    both = after(act("data-owner", "Grace Obi", of=of), act("data-owner", "claire", of=of))
    deputy = after(act("data-owner", "Grace Obi", of=of), act("data-owner", "Dee Puty", of=of))

    found = next(each for each in standing(one, of) if each.role == "data-owner")
    assert (found.state, found.missing) == ("partly", ("Claire",))
    assert state_of("data-owner", both, of) == "signed"
    assert state_of("data-owner", deputy, of) == "signed"
    facts = [next(iter(SIGNOFFS.facts(state, of, NOW))) for state in (one, both, deputy)]
    assert [(fact.value, fact.n) for fact in facts] == [(0, 1), (1, 2), (1, 2)]
    assert facts[0].details["unsigned"] == ["Claire"]


def test_an_old_signature_of_one_of_several_makes_the_fact_stale() -> None:
    """The one that was signed under the older charter decides."""
    before, now = charter(), CHANGES["data"]
    state = after(
        act("data-owner", "Grace Obi", of=before), act("data-owner", "Claire", of=now, days=1)
    )

    fact = next(iter(SIGNOFFS.facts(state, now, NOW)))

    assert fact.inputs["charter:part:data-owner"] == digest("data-owner", before)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (act("nobody", "Ines Roth", of=charter()), "'nobody' signs nothing."),
        (act("legal", "Ines Roth", of=charter(), why=" "), "A signature needs a reason."),
        (
            act("legal", "Ines Roth", of=CHANGES["data"]),
            "What you were to sign has changed since you read it.",
        ),
        (
            act("legal", "Ines Roth", of=charter(), kind="withdrawn"),
            "Ines Roth has not signed as legal, so there is nothing to withdraw.",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(asked: Act, message: str) -> None:
    """Nobody signs what was not shown, withdraws what was not signed, or without a reason."""
    with pytest.raises(InputError) as refused:
        SIGNOFFS.refuse(SIGNOFFS.empty(), asked, charter())

    assert refused.value.message == message
