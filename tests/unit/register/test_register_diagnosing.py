"""The section of the register that holds diagnoses, and conditions shown to be met."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fixtures.diagnosed import DATA_GAP, answers
from proveout.charter.schema import Charter
from proveout.diagnosis import diagnose
from proveout.diagnosis.recorded import RecordedDiagnosis, is_recorded_diagnosis
from proveout.errors import InputError
from proveout.register import Act
from proveout.register.diagnosing import DIAGNOSING, State

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHARTER = Charter(pilot="p")


def act(kind: str, says: dict[str, Any], *, days: int = 0) -> Act:
    """Return an act."""
    return Act(
        id=f"{kind}-{days}", pilot="p", kind=kind, who="Ada Byron",
        at=NOW + timedelta(days=days), says=says,
    )  # fmt: skip


def recorded(*, days: int = 0, **given: str) -> Act:
    """Return the act that records a diagnosis."""
    said = answers(**given)
    return act("diagnosis.recorded", diagnose(said).as_says(said), days=days)


def after(*acts: Act) -> State:
    """Return the state after acts."""
    state = DIAGNOSING.empty()
    for each in acts:
        state = DIAGNOSING.taken(state, each)
    return state


def test_the_latest_diagnosis_counts() -> None:
    """A later diagnosis replaces the earlier one, and keeps the answers it rests on."""
    state = after(recorded(**DATA_GAP), recorded(days=1, owner="nobody"))

    assert state.recorded is not None
    assert state.recorded.named == ("no-governance-bridge",)
    assert state.recorded.answers == {"owner": "nobody"}


def test_a_diagnosis_is_told_of_every_cause() -> None:
    """Each of the nine causes becomes a fact, by whoever recorded it, with its range."""
    facts = list(DIAGNOSING.facts(after(recorded(**DATA_GAP)), CHARTER, NOW))
    first = facts[0]

    assert len(facts) == 9
    assert (first.metric, first.subject.as_dict()) == (
        "diagnosis.activity", {"failure": "data-gap"},
    )  # fmt: skip
    assert (first.n, first.person, first.details["sure"]) == (5, "Ada Byron", "sure")


def test_a_word_is_taken_back() -> None:
    """What was shown to be met and is not any more counts as not met."""
    says = {"condition": "bridge-reviews", "shows": "set on 3 May"}
    state = after(act("diagnosis.met", says), act("diagnosis.unmet", says, days=1))
    (fact,) = DIAGNOSING.facts(state, CHARTER, NOW)

    assert (fact.value, fact.subject.as_dict()) == (
        0.0, {"part": "reviews", "failure": "no-governance-bridge"},
    )  # fmt: skip


def test_a_diagnosis_of_nothing_is_refused() -> None:
    """Where nothing is known, nothing is recorded."""
    with pytest.raises(InputError, match="Nothing is known of this pilot"):
        DIAGNOSING.refuse(DIAGNOSING.empty(), recorded(), CHARTER)


def test_whoever_plans_the_next_pilot_reads_the_act() -> None:
    """The act holds all that another pilot of the same ledger needs to know."""
    made = recorded(**DATA_GAP).as_dict()
    read = RecordedDiagnosis.from_act(made)

    assert is_recorded_diagnosis("act", made)
    assert (read.pilot, read.who, read.named) == ("p", "Ada Byron", ("data-gap",))
    assert read.activities["data-gap"] > 0.9
