"""What was asked and answered, read for whoever looks at it, and what of it was corrected."""

from __future__ import annotations

import json
from typing import Any

import pytest

from proveout.charter.schema import Charter
from proveout.runtime.exceptions.case import Case, Input, Spoken, case_of, corrections
from proveout.runtime.exceptions.entry import Entry

CLAIMS = Charter.model_validate(
    {
        "pilot": "claims",
        "data": {
            "production": [{"name": "now", "path": "now.csv"}],
            "label": "pay",
            "fields": {"pay": {"type": "category", "values": ["yes", "no"]}},
        },
        "system": {"http": {"url": "http://127.0.0.1:1/x", "answer_path": "answers"}},
    }
)
READER = Charter.model_validate(
    {
        "pilot": "reader",
        "system": {
            "chat": {"url": "http://127.0.0.1:1/v1", "model": "m", "user": "Read:\n{text}"},
            "task": "extraction",
            "scoring": {"fields": {"total": "number", "supplier": "exact"}},
        },
    }
)


def entry(request: Any, answer: Any, **changes: Any) -> Entry:
    def body(told: Any) -> str | None:
        return told if told is None or isinstance(told, str) else json.dumps(told)

    return Entry(
        id="e", call="c", pilot="p", at=0.0, due_at=1.0, owner="Ada", request=body(request),
        answer=body(answer), **changes,
    )  # fmt: skip


def reply(content: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": content}
    return {"choices": [{"index": 0, "finish_reason": "stop", "message": message}]}


def read_document(answered: str = '{"total": 12.5, "supplier": "Ott"}', **changes: Any) -> Case:
    asked = {"messages": [{"role": "user", "content": "Read:\nOtt, 12.50"}]}
    return case_of(entry(asked, reply(answered), **changes), READER)


def test_rows_are_a_table_with_an_input_for_each_answer() -> None:
    """Classes that the charter knows are chosen, not typed."""
    rows = {"rows": [{"amount": 3, "kind": "hail"}, {"amount": 4, "kind": "fire"}]}
    case = case_of(entry(rows, {"answers": ["yes", "no"]}), CLAIMS)

    assert (case.columns, case.rows) == (("amount", "kind"), (("3", "hail"), ("4", "fire")))
    assert (case.form, case.classes) == ("class", ("yes", "no"))
    assert case.inputs == (
        Input(place="0", label="Row 0", value="yes", answered="yes"),
        Input(place="1", label="Row 1", value="no", answered="no"),
    )


def test_a_conversation_is_shown_message_by_message() -> None:
    """Pictures are named and not shown."""
    parts = [{"type": "text", "text": "See"}, {"type": "image_url", "image_url": {"url": "x"}}]
    asked = {"messages": [{"role": "system", "content": "Be brief."},
                          {"role": "user", "content": parts}]}  # fmt: skip
    case = case_of(entry(asked, reply("Yes")), READER)

    assert case.messages == (
        Spoken(who="system", words="Be brief."),
        Spoken(who="user", words="See\n(image_url, not shown)"),
    )


def test_a_document_has_an_input_for_each_field() -> None:
    case = read_document()

    assert case.documents == {0: {"total": "12.5", "supplier": "Ott"}}
    assert case.inputs == (
        Input(place="0.total", label="total", value="12.5", answered="12.5"),
        Input(place="0.supplier", label="supplier", value="Ott", answered="Ott"),
    )


def test_what_a_user_proposed_is_filled_in() -> None:
    case = read_document(correction={0: '{"total": 13}'})

    assert case.inputs[0] == Input(place="0.total", label="total", value="13", answered="12.5")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"0.total": "12.5", "0.supplier": " Ott\r\n"}, {}),
        ({"0.total": "13", "0.supplier": "Ott"}, {0: '{"total": 13}'}),
        # Left empty: the document has none.
        ({"0.total": "", "0.supplier": "007"}, {0: '{"supplier": "007", "total": null}'}),
    ],
)
def test_what_differs_from_the_answer_is_the_correction(
    typed: dict[str, str], found: dict[int, str]
) -> None:
    assert corrections(read_document(), typed) == found


def test_a_place_that_there_is_not_is_no_correction() -> None:
    with pytest.raises(ValueError, match=r"7\.total"):
        corrections(read_document(), {"7.total": "1"})


@pytest.mark.parametrize("request_", [None, "no JSON", "base64:/w==", "[" * 5_000, {"a": "b"}])
@pytest.mark.parametrize("charter", [CLAIMS, READER, Charter(pilot="p")])
def test_whatever_a_client_wrote_is_shown_as_it_came(request_: Any, charter: Charter) -> None:
    case = case_of(entry(request_, "no JSON"), charter)

    assert (case.request is None) == (request_ is None)
    assert case.inputs != ()
