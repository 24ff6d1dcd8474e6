"""Cases from documents with fields, from a system that is asked, and with truths elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from proveout.charter.loading import load_charter
from proveout.errors import InputError, UnreachableError
from proveout.training.drawing import Wanted, draw, sources

# Ibis uses names of DuckDB and pandas that these have replaced since.
pytestmark = [
    pytest.mark.filterwarnings(r"ignore:fetch_\w+\(\) is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option is deprecated"),
]

NOW = datetime(2025, 3, 3, tzinfo=UTC)
CHARTER = """
version: 1
pilot: invoices
data:
  production:
    - { name: leeds, path: leeds.csv, site: Leeds }
    - { name: linz, path: linz.csv }
  labels: { source: truth.csv, key: [document] }
  key: [document]
  inputs: [text]
system:
  python: reader.py:read
  task: extraction
  scoring: { fields: { supplier: normalised, total: number } }
"""
READER = """
import re

def read(frame):
    return {
        "answer": [
            None if " 15 " in text else
            {"supplier": text.split()[0], "total": float(re.search(r"[0-9]+", text)[0])}
            for text in frame["text"]
        ],
        "confidence": [0.9] * len(frame),
    }
"""


@pytest.fixture
def loaded(tmp_path: Path):
    (tmp_path / "pilot.yaml").write_text(CHARTER)
    (tmp_path / "reader.py").write_text(READER)
    for site in ("leeds", "linz"):
        rows = [f"{site}-{n},Acme owes {n + 10} EUR,clerk {n}" for n in range(12)]
        (tmp_path / f"{site}.csv").write_text("\n".join(["document,text,clerk", *rows]) + "\n")
    truths = ["document,supplier,total"]
    # Of every third document the total is another; of two nobody knows.
    truths += [f"leeds-{n},ACME,{n + 10 + (n % 3 == 0)}" for n in range(10)]
    (tmp_path / "truth.csv").write_text("\n".join(truths) + "\n")
    return load_charter(tmp_path / "pilot.yaml")


def test_documents_are_judged_field_by_field(loaded) -> None:
    """The system is asked, its fields set against truths in a file of their own."""
    drawn = draw(loaded, Wanted(cases=6, source="leeds", asks=True, seed=4), now=NOW)

    told = drawn.as_dict()
    assert {key: told[key] for key in ("looked_at", "judged", "wrong", "chosen_wrong")} == {
        "looked_at": 12, "judged": 9, "wrong": 4, "chosen_wrong": 3,
    }  # fmt: skip
    assert (drawn.answers_from, drawn.origin) == (
        "asked now", "Leeds: drawn at random from 12 records",
    )  # fmt: skip
    for case in drawn.chosen.cases:
        assert [each.column for each in case.shown] == ["text"]
        assert case.confidence == 0.9
        supplier, total = case.parts
        assert (supplier.field, supplier.truth, supplier.answer) == ("supplier", "ACME", "Acme")
        assert total.is_right is case.is_right
        assert (total.truth == total.answer) is case.is_right
    again = draw(loaded, Wanted(cases=6, source="leeds", asks=True, seed=4), now=NOW)
    assert again.chosen == drawn.chosen


def test_no_answer_is_not_a_wrong_one(loaded) -> None:
    """A refusal is told as such, and nobody is asked whether it may stand."""
    drawn = draw(loaded, Wanted(cases=12, source="leeds", asks=True), now=NOW)

    (refused,) = (case for case in drawn.chosen.cases if case.trouble)
    assert (refused.trouble, refused.has_answer, refused.is_right, refused.has_truth) == (
        "The system refused to answer.", False, None, True,
    )  # fmt: skip


def test_a_system_that_answers_nothing_is_said(loaded, tmp_path: Path) -> None:
    """Instead of a set of cases without answers."""
    (tmp_path / "reader.py").write_text("def read(frame):\n    raise ValueError('no licence')\n")
    with pytest.raises(UnreachableError) as refused:
        draw(loaded, Wanted(cases=3, source="leeds", asks=True), now=NOW)
    assert refused.value.message.startswith("The system answered none of 12 cases.")


def test_without_asking_cases_come_with_their_truth_alone(loaded) -> None:
    """Those whose truth is known first; columns that were named are shown."""
    wanted = Wanted(cases=11, columns=("text", "clerk"), leaves_out=("clerk",), seed=1)
    drawn = draw(loaded, wanted, now=NOW)

    assert drawn.answers_from == "nobody"
    assert drawn.origin == "Leeds, linz: drawn at random from 24 records"
    assert sum(case.has_truth for case in drawn.chosen.cases) == 10
    assert not any(case.has_answer for case in drawn.chosen.cases)
    assert {each.column for case in drawn.chosen.cases for each in case.shown} == {"text"}


def test_what_cannot_be_drawn_is_said(loaded) -> None:
    """Unknown sources and teams, and truths asked for as columns."""
    assert [name for name, _ in sources(loaded.charter)] == ["", "leeds", "linz"]
    for wanted, message in (
        (Wanted(cases=3, source="paris"), "There is no source 'paris'."),
        (Wanted(cases=3, team="x"), "The data do not tell teams apart."),
        (Wanted(cases=0), "0 cases are no set to practise on."),
        (Wanted(cases=3, columns=("total",)), "'total' is no column that could be shown."),
    ):
        with pytest.raises(InputError) as refused:
            draw(loaded, wanted, now=NOW)
        assert refused.value.message == message
