"""The charter in chapters: the schema tells them, and nothing is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from proveout.charter.loading import content, load_charter
from proveout.charter.schema import Charter
from proveout.web.pages.chapters import Clause, chapters, not_agreed, written

EXAMPLE = Path(__file__).parents[3] / "examples" / "invoices" / "pilot.yaml"


def clause(key: str, said: dict[str, object]) -> Clause:
    return next(each for part in chapters(said) for each in part.clauses if each.key == key)


def test_every_key_of_the_charter_stands_in_one_chapter() -> None:
    """A key that a later version adds appears by itself, among further agreements."""
    told = [each.key for part in chapters({}) for each in part.clauses]
    assert sorted(told) == sorted(set(Charter.model_fields) - {"version", "pilot"})


def test_what_is_not_agreed_is_said() -> None:
    """An empty charter agrees on nothing; that there were no earlier pilots is an agreement."""
    assert len(not_agreed(chapters({}))) == len(Charter.model_fields) - 2
    assert clause("predecessors", {"predecessors": []}).terms[0].says == "none, and that is agreed"


def test_a_value_says_whether_it_was_written_or_holds_by_default() -> None:
    """Nobody is held to a default that they take for an agreement."""
    terms = {
        each.label: (each.says, each.is_default)
        for each in clause("rollback", {"rollback": {"procedure": "Off"}}).terms
    }
    assert terms == {
        "Procedure": ("Off", False),
        "To": ("manual", True),
        "Within minutes": (None, False),
        "Decided by": (None, False),
    }


def test_all_that_a_charter_says_is_shown() -> None:
    """Every text of a real charter is found in its chapters."""
    said = content(load_charter(EXAMPLE).charter)
    shown = "\n".join(each.model_dump_json() for each in chapters(said))
    for text in ("Grace Obi", "Drafts are switched off", "Ines Roth", "pages-have-text"):
        assert text in shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (2500.0, "2,500"),
        (["a", "b"], "a; b"),
        ({"name": "Ada Byron", "role": "COO"}, "Ada Byron (COO)"),
        ({"who": "Ada Byron", "on": "2026-05-04"}, "who: Ada Byron, on: 2026-05-04"),
    ],
)
def test_values_are_written_as_a_person_would(value: object, text: str) -> None:
    """No brackets, no quotes."""
    assert written(value) == text
