"""The page on diagnosis tells what is in force."""

from __future__ import annotations

from pathlib import Path

from proveout.diagnosis.page import refreshed
from proveout.diagnosis.questions import QUESTIONS
from proveout.diagnosis.weighing import ACTIVE, START, TIE

PAGE = Path(__file__).parents[3] / "docs" / "diagnosis.md"


def test_the_page_tells_the_weights_in_force() -> None:
    """Every weight, bound and condition stands in the documentation as the code has it."""
    text = PAGE.read_text("utf-8")

    assert refreshed(text) == text, "python -m proveout.diagnosis.page < docs/diagnosis.md > new.md"
    assert f"log-odds of {START} " in text
    assert f"From {ACTIVE} on a cause is called active" in text
    assert f"less than {TIE} apart share a place" in text
    assert f"The interview has {len(QUESTIONS)} questions at most" in text
