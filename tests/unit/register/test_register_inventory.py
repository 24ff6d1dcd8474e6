"""Tools and who confirms them; legal's answers; the word of the receiving team."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from proveout.charter.schema import Charter
from proveout.errors import InputError
from proveout.register import Act
from proveout.register.handoff import HANDOFF
from proveout.register.inventory import INVENTORY, Inventory, tools
from proveout.register.legal import LEGAL, questions

NOW = datetime(2025, 3, 3, 9, tzinfo=UTC)
SAID: dict[str, Any] = {
    "pilot": "reader",
    "system": {"python": "a:b", "version": "7"},
    "governance": {
        "inventory": [{"tool": "reader", "owner": "Helen Marsh"}],
        "handoff": {"to": "Finance systems"},
    },
    "legal": [
        {"question": "May it?", "answer": "Yes", "signed": {"who": "Ines", "on": "2025-01-20"}},
        {"question": "Who is liable?"},
    ],
}
CHARTER = Charter.model_validate(SAID)


def act(kind: str, who: str = "Helen Marsh", days: int = 0, **says: Any) -> Act:
    return Act(
        id=f"{kind}-{says}", pilot="reader", kind=kind, who=who, at=NOW + timedelta(days=days),
        says=says,
    )  # fmt: skip


ADDED = act("inventory.added", tool="Mail helper", owner="Ines Roth", used_for="Drafts")


def after(*acts: Act) -> Inventory:
    state = INVENTORY.empty()
    for each in acts:
        state = INVENTORY.taken(state, each)
    return state


def test_tools_stand_in_the_charter_or_are_added() -> None:
    """And are gone once they are out of use; the pilot's own has the system's version."""
    state = after(ADDED)
    gone = after(ADDED, act("inventory.retired", tool="mail helper", why="Replaced"))

    told = [(tool.tool, tool.version, tool.is_of_charter) for tool in tools(state, CHARTER)]
    assert told == [("reader", "7", True), ("Mail helper", "", False)]
    assert [tool.tool for tool in tools(gone, CHARTER)] == ["reader"]


def test_a_confirmation_holds_for_a_year_and_for_its_owner() -> None:
    """Half of the tools are confirmed; a new owner confirms anew; a year later nobody has."""
    state = after(ADDED, act("inventory.confirmed", tool="reader", owner="Helen Marsh"))
    inherited = Charter.model_validate(
        {**SAID, "governance": {"inventory": [{"tool": "reader", "owner": "Bo Berg"}]}}
    )

    fact = next(iter(INVENTORY.facts(state, CHARTER, NOW)))
    later = next(iter(INVENTORY.facts(state, CHARTER, NOW + timedelta(days=366))))

    assert (fact.value, fact.n, fact.valid_until) == (0.5, 2, NOW + timedelta(days=365))
    assert fact.details["unconfirmed"] == ["Mail helper"]
    assert (later.value, later.valid_until) == (0, None)
    assert next(iter(INVENTORY.facts(state, inherited, NOW))).value == 0


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (act("inventory.added", tool=" ", owner="Bo"), "A tool needs a name and an owner."),
        (
            act("inventory.added", tool="Reader", owner="Bo"),
            "'Reader' is in the inventory already: Helen Marsh owns it.",
        ),
        (
            act("inventory.confirmed", tool="x", owner="Bo"),
            "The inventory has no tool 'x'.",
        ),
        (
            act("inventory.confirmed", tool="reader", owner="Bo"),
            "'reader' is owned by Helen Marsh by now.",
        ),
        (act("inventory.retired", tool="reader", why=" "), "Say why it is out of use."),
    ],
)
def test_what_makes_no_sense_for_a_tool_is_refused(asked: Act, message: str) -> None:
    """A tool has a name, an owner, and is there once."""
    with pytest.raises(InputError) as refused:
        INVENTORY.refuse(INVENTORY.empty(), asked, CHARTER)

    assert refused.value.message == message


def test_charter_and_register_count_together_for_legal() -> None:
    """One is signed in the charter, one in the dashboard; an answer alone is not a signature."""
    empty = LEGAL.empty()
    written = LEGAL.taken(empty, act("legal.answered", question="Who is liable?", answer="We"))
    signed = LEGAL.taken(
        written, act("legal.signed", "Ines Roth", question="Who is liable?", answer="We are")
    )

    assert list(LEGAL.facts(empty, CHARTER, NOW)) == []
    assert [next(iter(LEGAL.facts(state, CHARTER, NOW))).value for state in (written, signed)] == [
        0.5, 1,
    ]  # fmt: skip
    assert [(each.answer, each.signed_by) for each in questions(signed, CHARTER, NOW.date())] == [
        ("Yes", "Ines"), ("We are", "Ines Roth"),
    ]  # fmt: skip


def test_an_answer_to_nothing_asked_is_refused() -> None:
    """And so is an empty one."""
    with pytest.raises(InputError, match="The charter has no such question"):
        LEGAL.refuse({}, act("legal.signed", question="Why?", answer="So"), CHARTER)
    with pytest.raises(InputError, match="An empty answer is none"):
        LEGAL.refuse({}, act("legal.signed", question="May it?", answer=" "), CHARTER)


def test_the_word_of_another_team_does_not_count() -> None:
    """Who accepts is the team that the charter names now."""
    said = HANDOFF.taken(None, act("handoff.accepted", why="Drill done", to="Finance systems"))
    moved = Charter.model_validate({**SAID, "governance": {"handoff": {"to": "Operations"}}})

    assert [fact.value for fact in HANDOFF.facts(said, CHARTER, NOW)] == [1]
    assert list(HANDOFF.facts(said, moved, NOW)) == []
    with pytest.raises(InputError, match="has to say on what its word rests"):
        HANDOFF.refuse(None, act("handoff.accepted", why=" "), CHARTER)
