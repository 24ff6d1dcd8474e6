"""What becomes of the fields of a document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from proveout.charter.schema.scoring import Scoring
from proveout.scoring import FieldOutcomes, Outcome, compare_documents, comparers_of
from proveout.scoring.values import value_at


def outcomes(truths: list[dict[str, Any]], answers: list[Any], **fields: Any) -> FieldOutcomes:
    """Compare documents; an answer of None is one that could not be used."""
    scoring = Scoring.model_validate({"fields": fields or {"total": "number"}})
    answered = np.array([each is not None for each in answers])
    return compare_documents(truths, answers, answered, comparers_of(scoring, folder=Path()))


@pytest.mark.parametrize(
    ("truth", "answer", "outcome"),
    [
        ("12.50", {"total": 12.5}, Outcome.RIGHT),
        ("12.50", {"total": 12}, Outcome.WRONG),
        ("12.50", {"total": ""}, Outcome.MISSED),
        ("12.50", {}, Outcome.MISSED),
        ("12.50", {"total": "n/a"}, Outcome.WRONG),
        (None, {"total": 12}, Outcome.INVENTED),
        (None, {"total": None}, Outcome.RIGHTLY_EMPTY),
        (None, {"total": "N/A"}, Outcome.RIGHTLY_EMPTY),
        (None, {"total": [None, ""]}, Outcome.RIGHTLY_EMPTY),
        (float("nan"), {}, Outcome.RIGHTLY_EMPTY),
        ("n/a", {}, Outcome.RIGHTLY_EMPTY),
        ("12.50", None, Outcome.UNANSWERED),
        (None, None, Outcome.UNANSWERED),
        ("12.50", '{"total": "12,50"}', Outcome.RIGHT),
        (None, {"total": "Not found."}, Outcome.RIGHTLY_EMPTY),
        ("", {"total": "keine Angabe"}, Outcome.RIGHTLY_EMPTY),
        ("unknown", {"total": "unknown"}, Outcome.RIGHT),
        ("unknown", {"total": ""}, Outcome.MISSED),  # in the data it may be a value
        ("PO-1", {"total": "not found"}, Outcome.WRONG),
    ],
)
def test_a_field_is_right_wrong_missed_or_invented(
    truth: Any, answer: Any, outcome: Outcome
) -> None:
    """Nothing agrees with nothing; a value where there is none is an error of its own kind."""
    found = outcomes([{"total": truth}], [answer])

    assert Outcome(found.outcome[0, 0]) is outcome


def test_a_document_is_right_when_all_its_required_fields_are() -> None:
    """A field that is not required may be wrong."""
    found = outcomes(
        [{"a": "1", "b": "2"}] * 3,
        [{"a": "1", "b": "x"}, {"a": "x", "b": "2"}, None],
        a="exact",
        b={"by": "exact", "required": False},
    )

    assert found.right_documents.tolist() == [True, False, False]


def test_where_no_field_is_required_all_are() -> None:
    """Otherwise every document would be right."""
    found = outcomes([{"a": "1"}], [{"a": "x"}], a={"by": "exact", "required": False})

    assert found.right_documents.tolist() == [False]


def test_fields_that_nobody_asked_for_are_counted() -> None:
    """A name that was written differently in the charter is found this way."""
    found = outcomes([{"total": 1}] * 2, [{"Total": 1, "note": ""}, {"Total": 1, "total": 1}])

    assert found.others == {"Total": 2}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("total", 12),
        ("supplier.name", "A"),
        ("supplier.address.city", None),
        ("lines.amount", [1, 2, None]),
        ("lines.vat", None),
        ("dotted.key", "itself"),
        ("total.net", None),
    ],
)
def test_a_dotted_name_leads_into_the_document(path: str, found: Any) -> None:
    """Through objects, and through all items of a list."""
    document = {
        "total": 12,
        "supplier": {"name": "A"},
        "lines": [{"amount": 1}, {"amount": 2}, {}],
        "dotted.key": "itself",
    }

    assert value_at(document, path) == found
