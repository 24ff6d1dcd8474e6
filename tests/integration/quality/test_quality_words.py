"""Extraction and question answering through the command, with a reader that is a Python file."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from proveout.charter.schema.scoring import Scoring
from proveout.cli.app import build_app
from proveout.cli.commands import REGISTRARS
from proveout.errors import InputError
from proveout.scoring import comparers_of
from proveout.scoring.own.function import OwnFunction

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

READER = """
import re

def read(frame):
    return [document(text) for text in frame["text"]]

def document(text):
    n = int(re.search(r"INVOICE (\\d+)", text)[1])
    if n % 20 == 0:
        return None
    if n % 20 == 1:
        return "It is an invoice."
    total = re.search(r"total (.*)", text)[1]
    order = re.search(r"order (.*)", text)
    return {
        "supplier": {"name": text.splitlines()[1].upper()},
        "total": total.split(",")[0] if n % 20 == 2 else total,
        "due": "" if n % 20 == 3 else re.search(r"due (.*)", text)[1],
        "order": order[1] if order else ("PO-1" if n % 20 == 4 else "n/a"),
        "lines": [{"what": each} for each in reversed(text.splitlines()[2].split())],
        "currency": "EUR",
    }
"""

CHARTER = """
pilot: invoices
data: {production: invoices.csv, key: id, inputs: [text]}
system:
  python: reader.py:read
  scoring:
    fields:
      supplier.name: normalised
      total: {by: number, tolerance: 0.005}
      due: date
      order: {by: exact, required: false}
      lines.what: {truth: items}
"""


def invoices(n: int) -> pd.DataFrame:
    """Every second one has no order; two of a hundred are not labelled."""
    rows = []
    for at in range(n):
        order, total = ("", f"PO-{at}")[at % 2], 1000 + at + 0.25
        written = f"{total:,.2f}".translate(str.maketrans(",.", ".,"))
        text = (
            f"INVOICE {at}\nMüller & Co\npaper ink\ndue {1 + at % 28} March 2024\ntotal {written}"
        )
        rows.append(
            {
                "id": f"{at:04}",
                "text": text + (f"\norder {order}" if order else ""),
                "supplier.name": "Möller & Co" if at % 20 == 5 else "Müller & Co.",
                "total": total,
                "due": f"2024-03-{1 + at % 28:02}",
                "order": order,
                "items": "ink|paper",
            }
        )
    unlabelled = {"supplier.name": "", "total": None, "due": None, "order": "", "items": ""}
    rows += [{**rows[6], "id": "9998", **unlabelled}, {**rows[6], "id": "9999", **unlabelled}]
    return pd.DataFrame(rows)


def laid_out(folder: Path) -> Path:
    """Write the charter, 100 labelled invoices and two that are not, and the reader."""
    (folder / "reader.py").write_text(READER, encoding="utf-8")
    (folder / "pilot.yaml").write_text(CHARTER, encoding="utf-8")
    invoices(100).to_csv(folder / "invoices.csv", index=False)
    return folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, as the folder that one is in."""
    monkeypatch.chdir(tmp_path)
    return laid_out(tmp_path)


def checked() -> tuple[dict[tuple[str, str], dict[str, Any]], dict[str, Any]]:
    """Run the command; return evidence by metric and subject, and the outcome."""
    ran = CliRunner().invoke(build_app(REGISTRARS), ["check", "quality", "--json"])
    said = json.loads(ran.stdout)
    found = {
        (each["metric"], ",".join(map(str, each["subject"].values()))): each
        for each in said["evidence"]
    }
    return found, said["outcome"]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict[str, Any]]:
    """What is found of 100 labelled invoices and two that are not."""
    with contextlib.chdir(laid_out(tmp_path_factory.mktemp("invoices"))):
        return checked()[0]


def test_documents_are_judged_field_by_field(found: dict[Any, Any]) -> None:
    """Five in a hundred each: declined, of no use, cut, missed, made up, and a name misread."""
    values = {key: each["value"] for key, each in found.items()}
    assert values["quality.accuracy", ""] == pytest.approx(0.75)
    assert values["quality.field_accuracy", "supplier.name"] == pytest.approx(0.85)
    assert values["quality.field_accuracy", "total"] == pytest.approx(0.85)
    assert values["quality.field_accuracy", "due"] == pytest.approx(0.85)
    assert values["quality.field_accuracy", "order"] == pytest.approx(0.85)
    assert values["quality.field_accuracy", "lines.what"] == pytest.approx(0.90)
    assert values["quality.refusal_rate", ""] == pytest.approx(0.05)
    assert values["quality.malformed_rate", ""] == pytest.approx(0.05)
    assert values["quality.invented_rate", ""] == pytest.approx(0.1)


def test_each_kind_of_error_has_its_examples(found: dict[Any, Any]) -> None:
    """With the record, so that somebody can look."""

    def first(metric: str, subject: str) -> dict[str, str]:
        example: dict[str, str] = found[metric, subject]["details"]["examples"][0]
        return example

    assert first("quality.field_accuracy", "total") == {
        "record": "id 0002",
        "field": "total",
        "kind": "wrong",
        "truth": "1002.25",
        "answer": "1.002",
    }
    assert first("quality.field_accuracy", "due")["kind"] == "missed"
    assert first("quality.invented_rate", "")["answer"] == "PO-1"
    accuracy = found["quality.accuracy", ""]["details"]
    assert accuracy["right_when_all_are_right"] == ["supplier.name", "total", "due", "lines.what"]
    assert accuracy["fields_not_asked_for"] == {"currency": 90}


def test_what_is_not_labelled_is_not_asked(found: dict[Any, Any]) -> None:
    """Every question to a language model is paid for."""
    assert found["quality.accuracy", ""]["n"] == 100
    assert found["quality.accuracy", ""]["details"]["rows_without_label_not_asked"] == 2
    assert found["quality.accuracy", ""]["details"]["inputs"] == ["text"]


def test_the_truth_is_never_given_to_the_system(folder: Path) -> None:
    """Not even where the charter does not say what the inputs are."""
    charter = CHARTER.replace(", inputs: [text]", "")
    (folder / "pilot.yaml").write_text(charter, encoding="utf-8")

    found, _ = checked()

    assert found["quality.accuracy", ""]["details"]["inputs"] == ["text"]


def test_true_fields_may_be_in_a_file_of_their_own(folder: Path) -> None:
    """They are joined by key."""
    whole = pd.read_csv("invoices.csv", dtype=str)
    whole[["id", "text"]].to_csv("texts.csv", index=False)
    whole.drop(columns="text").to_csv("labels.csv", index=False)
    labels = "labels: {source: labels.csv, key: [id]}"
    charter = CHARTER.replace("invoices.csv", f"texts.csv, {labels}")
    (folder / "pilot.yaml").write_text(charter, encoding="utf-8")

    found, _ = checked()

    assert found["quality.accuracy", ""]["value"] == pytest.approx(0.75)
    assert found["quality.accuracy", ""]["n"] == 100


def test_question_answering_is_judged_by_words(folder: Path) -> None:
    """Refusals count as wrong; the examples are the surest wrong answers."""
    (folder / "reader.py").write_text(
        "def read(frame):\n"
        "    said = [('In Köln.', 0.9), ('In Bonn.', 0.8), (None, 0.5), ('In Ulm.', 0.99)]\n"
        "    said = [said[int(each[0]) % 4] for each in frame['question']]\n"
        "    return [each[0] for each in said], [each[1] for each in said]\n",
        encoding="utf-8",
    )
    questions = [f"{nr}. Where is it?" for nr in range(8)]
    asked = pd.DataFrame({"nr": range(8), "question": questions, "truth": "Cologne|köln"})
    asked.to_csv("questions.csv", index=False)
    (folder / "pilot.yaml").write_text(
        "pilot: p\ndata: {production: questions.csv, label: truth, key: nr}\n"
        "system: {python: reader.py:read, scoring: contains}\n",
        encoding="utf-8",
    )

    found, _ = checked()

    accuracy = found["quality.accuracy", ""]
    assert accuracy["value"] == 0.25
    assert accuracy["details"]["examples"][0] == {
        "record": "nr 3",
        "question": "3. Where is it?",
        "truth": "Cologne|köln",
        "answer": "In Ulm.",
    }
    assert found["quality.refusal_rate", ""]["value"] == 0.25
    assert found["quality.silent_failure", ""]["value"] == 0.25


def test_a_field_without_its_column_is_named(folder: Path) -> None:
    """And where to say which column it is."""
    charter = CHARTER.replace("due: date", "due: {by: date, truth: pay_until}")
    (folder / "pilot.yaml").write_text(charter, encoding="utf-8")

    _, outcome = checked()

    assert outcome["not_measured"][0]["reason"] == (
        "source 'invoices' has no column 'pay_until', which holds the true 'due'"
    )


def test_a_charter_without_fields_is_told_what_to_write(folder: Path) -> None:
    """Extraction needs them."""
    charter = CHARTER.partition("  scoring:")[0] + "  task: extraction\n"
    (folder / "pilot.yaml").write_text(charter, encoding="utf-8")

    _, outcome = checked()

    assert "system.scoring.fields is not in the charter" in json.dumps(outcome)


SCORE = """
import os, sys, time

def overlap(answer, truth):
    print("noise on standard output")
    return len(set(answer) & set(truth)) / max(1, len(set(truth)))

def fails_on_b(answer, truth):
    if answer == "b":
        raise ValueError("no b please")
    return True

def says_seven(answer, truth):
    return 7

def hangs(answer, truth):
    time.sleep(600)

def dies(answer, truth):
    os._exit(3) if answer == "b" else None
    return 1
"""


@pytest.fixture
def scorers(tmp_path: Path) -> Path:
    """A file of functions of the user's."""
    (tmp_path / "score.py").write_text(SCORE, encoding="utf-8")
    return tmp_path


def test_a_function_of_the_users_own_scores_answers(scorers: Path) -> None:
    """From 0 to 1; what it prints is nobody's concern."""
    scoring = Scoring.model_validate({"scorer": {"by": "python", "callable": "score.py:overlap"}})

    compared = comparers_of(scoring, folder=scorers).whole.compare(["ab", "ab"], ["a", "ab"])

    assert compared.score.tolist() == [0.5, 1.0]
    assert compared.trouble is None


@pytest.mark.parametrize(
    ("name", "scored", "trouble"),
    [
        ("fails_on_b", [1.0, np.nan], "for 1 of 2 answers: ValueError: no b please"),
        (
            "says_seven",
            [np.nan, np.nan],
            "for 2 of 2 answers: it returned 7, which is neither yes or no nor a number from 0 "
            "to 1",
        ),
        (
            "dies",
            [1.0, np.nan],
            "for 1 of 2 answers: its process ended by itself (exit code 3)",
        ),
        ("absent", [np.nan, np.nan], "for 2 of 2 answers: AttributeError: "),
        ("hangs", [np.nan, np.nan], "for 2 of 2 answers: it gave no score within 1 s"),
    ],
)
def test_a_function_that_gives_no_score_is_told_with_its_reason(
    scorers: Path, name: str, scored: list[float], trouble: str
) -> None:
    """No traceback, and no answer is called wrong for it."""
    own = OwnFunction(f"score.py:{name}", scorers, patience_s=1 if name == "hangs" else 60)

    compared = own.compare(["t", "t"], ["a", "b"])

    np.testing.assert_array_equal(compared.score, scored)
    assert (compared.trouble or "").startswith(f"score.py:{name} gave no score {trouble}")


def test_a_scorer_that_is_not_there_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    """Each question may cost money."""
    with pytest.raises(InputError, match=r"there is no file 'score.py'"):
        OwnFunction("score.py:compare", folder=tmp_path)
