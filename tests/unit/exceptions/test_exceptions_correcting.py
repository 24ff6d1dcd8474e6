"""What a person types becomes a true answer, or is refused before it counts."""

from __future__ import annotations

import json

import pytest

from proveout.charter.schema import Charter
from proveout.errors import InputError
from proveout.runtime.exceptions.correcting import made_whole

DOCUMENTS = Charter.model_validate(
    {
        "pilot": "invoices",
        "system": {
            "http": {"url": "http://reader.example"},
            "task": "extraction",
            "scoring": {"fields": {"supplier": "exact", "total": "number"}},
        },
    }
)
ANSWERED = {0: '{"supplier": "Brandt", "total": 3.5}'}


def test_a_corrected_field_leaves_the_others_as_answered() -> None:
    """Who corrects one has looked at the document; null takes a value out."""
    corrected = made_whole(DOCUMENTS, {0: '{"total": null}'}, ANSWERED)

    assert {row: json.loads(text) for row, text in corrected.items()} == {
        0: {"supplier": "Brandt", "total": None}
    }


def test_an_answer_that_is_no_document_is_taken_as_it_is_typed() -> None:
    """Nothing is known of its form, and nothing is asked of it."""
    assert made_whole(Charter(pilot="claims"), {0: "pay"}, {}) == {0: "pay"}


@pytest.mark.parametrize(
    ("row", "typed", "answered", "message"),
    [
        (0, "the total is 12.50", ANSWERED,
         "The answer is a document, and 'the total is 12.50' names none of its fields."),
        (0, '{"sum": 3}', ANSWERED, "'sum' is no field of it: supplier, total."),
        (0, '{"total": 3}', {}, "What the system answered does not tell supplier."),
        (2, '{"total": 3}', ANSWERED, "The request has no row 2."),
    ],
)  # fmt: skip
def test_what_can_be_no_true_answer_is_refused(
    row: int, typed: str, answered: dict[int, str], message: str
) -> None:
    """Before it is kept, while somebody is there who knows better."""
    with pytest.raises(InputError) as told:
        made_whole(DOCUMENTS, {row: typed}, answered)

    assert told.value.message == message
