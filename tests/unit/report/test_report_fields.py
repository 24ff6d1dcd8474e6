"""Answers in words and documents, as the report tells them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sample_report import fact, sample_report

from proveout.evidence.model import Evidence
from proveout.report.html.rooms.fields import FieldsView, view


def shown(*facts: Evidence) -> FieldsView:
    """Return the section over these facts."""
    found = view(replace(sample_report(), evidence=facts))
    assert isinstance(found, FieldsView)
    return found


def field(name: str, value: float, **details: Any) -> Evidence:
    """One field of 200 documents."""
    return fact(
        "quality.field_accuracy", value, half_width=0.05, n=200, field=name, details=details
    )


def _plain(figures: tuple[str, ...]) -> list[str]:
    """Take non-breaking spaces for spaces."""
    return [each.replace("\u00a0", " ") for each in figures]


WRONG = {"record": "id 7", "kind": "wrong", "truth": "1,204.50", "answer": "1.204"}
MISSED = {"record": "id 8", "kind": "missed", "truth": "2024-03-04", "answer": ""}
INVENTED = {"record": "id 9", "kind": "invented", "truth": "", "answer": "PO-1"}

DOCUMENTS = (
    fact(
        "quality.accuracy",
        0.8,
        half_width=0.05,
        n=200,
        details={
            "right_when_all_are_right": ["due", "total"],
            "fields_not_asked_for": {"Total": 12},
        },
    ),
    fact("quality.refusal_rate", 0.02, half_width=0.01, n=200),
    fact("quality.malformed_rate", 0.01, half_width=0.01, n=200),
    fact("quality.invented_rate", 0.1, half_width=0.05, n=60, details={"invented": 6}),
    field("due", 0.95, missed=10, examples=[MISSED]),
    field("total", 0.85, wrong=26, unanswered=4, examples=[WRONG]),
    field("order", 0.97, required=False, invented=6, examples=[INVENTED]),
    field("name", 1.0, examples=[]),
)


def test_fields_come_worst_first_with_their_kinds_of_error() -> None:
    """With interval and n; one that need not be right says so."""
    chart = shown(*DOCUMENTS).chart

    assert chart is not None
    assert [(row.label, row.note, *_plain(row.figures)) for row in chart.rows] == [
        ("total", "", "85 % (80 to 90 %; n = 200)", "26 wrong, 4 no answer"),
        ("due", "", "95 % (90 to 100 %; n = 200)", "10 left empty"),
        ("order", "not required", "97 % (92 to 102 %; n = 200)", "6 made up"),
        ("name", "", "100 % (95 to 105 %; n = 200)", "nothing"),
    ]


def test_the_section_begins_with_whole_documents_and_the_worst_field() -> None:
    """Then what a person must take over, what is made up, and names that do not match."""
    found = shown(*DOCUMENTS)

    assert found.lead == (
        "80 % (75 to 85 %; n = 200) of documents have all 2 required fields right. The field that "
        "fails most often is total, right in 85 % (80 to 90 %; n = 200)."
    )
    assert found.sentences == (
        "The system declines to answer in 2 % (1 to 3 %; n = 200) of cases, and its answer cannot "
        "be used in 1 % (0 to 2 %; n = 200); each of these falls to a person.",
        "Where a document lacks a field, the system makes up a value in 10 % of cases (5 to 15 %; "
        "6 of 60 empty fields).",
        "Answers also hold fields that nobody asked for: Total (12). If one of these is a field of "
        "the charter under another name, correct system.scoring.fields.",
    )


def test_examples_are_told_in_words() -> None:
    """Truth against answer, with the record."""
    assert shown(*DOCUMENTS).examples == (
        ("total", ("truth “1,204.50”, answered “1.204” (id 7)",)),
        ("due", ("truth “2024-03-04”, left empty (id 8)",)),
        ("order", ("not in the document, made up “PO-1” (id 9)",)),
    )


def test_what_a_simulation_answered_is_called_a_rehearsal() -> None:
    """It is no measurement."""
    simulated = [replace(each, basis="simulated") for each in DOCUMENTS]

    assert shown(*simulated).basis == (
        "On production records, answered by a simulation of the system: a rehearsal, no "
        "measurement."
    )


def test_questions_have_no_fields() -> None:
    """They are told with question, truth and answer."""
    example = {"record": "nr 2", "question": "Who?", "truth": "the manager", "answer": "Ask HR"}
    found = shown(
        fact("quality.accuracy", 0.7, half_width=0.1, n=150, details={"examples": [example]}),
        fact("quality.mean_score", 0.81, half_width=0.05, n=150),
        fact("quality.refusal_rate", 0.0, half_width=0.01, n=150),
    )

    assert found.title == "Answers in words"
    assert found.lead == (
        "70 % (60 to 80 %; n = 150) of questions are answered rightly. By the charter's own score "
        "an answer reaches 0.81 (0.76 to 0.86; n = 150) of 1."
    )
    assert found.chart is None
    assert found.examples == (("", ("Who? — truth “the manager”, answered “Ask HR” (nr 2)",)),)


def test_classes_and_quantities_have_no_such_section() -> None:
    """Nothing is shown of what was not asked."""
    assert view(replace(sample_report(), evidence=(fact("quality.accuracy", 0.9),))) is None
