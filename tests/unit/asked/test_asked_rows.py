"""What a client asked in production is read back into the columns that the pilot knew."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.asked import NotRowsError
from proveout.asked.templates import text_row_in
from proveout.charter.schema import System
from proveout.systems.asked import rows_asked
from proveout.systems.dialects import open_dialect
from proveout.systems.dialects.templates import fill

ROWS = [{"distance": 200, "carrier": "AA"}, {"distance": 1400.5, "carrier": None}]
CHAT = {"url": "http://x.example/v1", "model": "m"}

SYSTEMS: dict[str, dict[str, Any]] = {
    "json": {"http": "http://x.example"},
    "template": {"http": {"url": "http://x.example", "request_template": {"in": {"r": "$rows"}}}},
    "tensors": {"open_inference": {"url": "http://x.example", "model": "m"}},
    "split": {"mlflow": "http://x.example"},
    "records": {"mlflow": {"url": "http://x.example", "layout": "dataframe_records"}},
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_what_a_dialect_writes_is_read_back(name: str) -> None:
    """Rows go in, and the same rows come out, whatever the protocol."""
    system = System.model_validate(SYSTEMS[name])
    dialect = open_dialect(system)
    assert dialect is not None

    asked = dialect.encode(ROWS).body.decode()

    assert rows_asked(system, asked) == ROWS


def test_one_row_s_places_are_read_back_as_values() -> None:
    """A place that is all of a text keeps its kind: a number stays a number."""
    template = {"payload": {"km": "{distance}", "by": "airline {carrier}"}, "mode": "fast"}
    system = System.model_validate(
        {"http": {"url": "http://x.example", "request_template": template, "batch_rows": 1}}
    )

    asked = json.dumps({"payload": {"km": 200, "by": "airline AA"}, "mode": "slow"})

    assert rows_asked(system, asked) == [{"distance": 200, "carrier": "AA"}]


def test_the_columns_of_a_matrix_are_named_by_the_charter() -> None:
    """A matrix has no names; the declared inputs give them, where they are as many."""
    system = System.model_validate(
        {"open_inference": {"url": "http://x.example", "model": "m", "layout": "matrix"}}
    )
    tensor = {"name": "input-0", "shape": [1, 2], "datatype": "FP32", "data": [1.0, 2.0]}
    asked = json.dumps({"inputs": [tensor]})

    assert rows_asked(system, asked, inputs=("a", "b")) == [{"a": 1.0, "b": 2.0}]
    assert rows_asked(system, asked, inputs=("a",)) == [{"input-0.0": 1.0, "input-0.1": 2.0}]


def test_a_question_in_words_is_parted_by_the_charter_s_template() -> None:
    """Another wording than the charter's is kept as it is, in one column."""
    system = System.model_validate({"chat": {**CHAT, "user": "Bill {number} of {firm}:\n{text}"}})

    def asked(words: Any) -> str:
        return json.dumps({"model": "m", "messages": [{"role": "user", "content": words}]})

    assert rows_asked(system, asked("Bill 7 of Acme:\nPay 9 EUR")) == [
        {"number": "7", "firm": "Acme", "text": "Pay 9 EUR"}
    ]
    assert rows_asked(system, asked("What is this?")) == [{"text": "What is this?"}]
    assert rows_asked(system, asked([{"type": "text", "text": "What?"}, {"type": "x"}])) == [
        {"text": "What?"}
    ]


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("json", "{", "The body is not JSON."),
        ("tensors", "{}", "'inputs' is missing; it is a list of tensors."),
        ("split", '{"dataframe_split": 3}', "'dataframe_split' has no 'data'."),
        ("split", "[]", "The body is not a JSON object."),
    ],
)
def test_a_body_without_rows_says_why(name: str, body: str, why: str) -> None:
    """It is kept with its reason, never taken for no request at all."""
    with pytest.raises(NotRowsError) as told:
        rows_asked(System.model_validate(SYSTEMS[name]), body)
    assert str(told.value) == why


@given(
    values=st.dictionaries(
        st.sampled_from(["a", "b", "c"]), st.text("xyz 1", max_size=6), min_size=3
    ),
    order=st.permutations(["a", "b", "c"]),
)
def test_values_that_do_not_look_like_the_text_between_them_come_back(
    values: dict[str, str], order: list[str]
) -> None:
    """Whatever the order of the places."""
    template = "<" + "|".join(f"{{{name}}}" for name in order) + "> {{kept}}"

    assert text_row_in(template, fill(template, values, key="k")) == values
