"""From what a system returned to answers, row by row."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.systems import AnswerStatus, fit_to_task
from proveout.systems.answering import (
    class_text,
    distinct,
    document_in,
    read_list,
    read_returned,
    settle,
)


@pytest.mark.parametrize(
    ("returned", "values"),
    [
        ([1, 2.5, "a"], [1.0, 2.5, "a"]),
        (np.array([1, 2]), [1.0, 2.0]),
        (np.array([[1.5], [2.5]]), [1.5, 2.5]),  # as regressors trained on a frame return it
        (np.array(["a", "b"]), ["a", "b"]),
        (pd.Series([1, 2], index=[9, 3]), [1.0, 2.0]),  # by position, whatever the index
        (pd.Series(["a", None]), ["a", None]),
        (pd.Series(["a", "b"], dtype="category"), ["a", "b"]),
        (pd.Series([1, None], dtype="Int64"), [1.0, None]),
        (pd.DataFrame({"answer": ["a", None]}), ["a", None]),
        ({"answer": [1]}, [1.0]),
        ((["a"], [0.5]), ["a"]),
        ([True, False], ["True", "False"]),
        ([2**53 + 1], [str(2**53 + 1)]),  # no float can hold it
        ([], []),
    ],
)
def test_reads_the_forms_that_are_allowed(returned: object, values: list[object]) -> None:
    """Lists, arrays, Series, frames, dicts and (answers, confidences), by position."""
    raw = read_returned(returned)

    found = settle(raw, rows=len(values), latency_s=0.1, task=None)
    assert found.value.tolist() == values
    assert found.faults == ()


@given(
    st.lists(
        st.one_of(st.none(), st.text(), st.floats(), st.integers(), st.booleans(), st.binary())
    ),
    st.integers(0, 20),
    st.sampled_from(["classification", "regression", None]),
)
def test_every_row_has_a_value_exactly_when_it_is_ok(
    items: list[object], rows: int, task: object
) -> None:
    """Whatever comes: one status per row, a value only with OK, and a task's values its type."""
    found = settle(read_returned(items), rows=rows, latency_s=0.0, task=task)  # type: ignore[arg-type]

    assert len(found.value) == len(found.status) == len(found.confidence) == rows
    wanted = {"classification": str, "regression": float, None: (str, float)}[task]  # type: ignore[index]
    for value, status in zip(found.value, found.status, strict=True):
        assert (value is None) == (status != AnswerStatus.OK)
        assert value is None or isinstance(value, wanted)


def test_a_class_has_one_name() -> None:
    """1, 1.0 and '1' are the same class."""
    names = [class_text(value) for value in (1, 1.0, np.int8(1), "1", 1.5, True)]

    assert names == ["1", "1", "1", "1", "1.5", "True"]


def test_text_for_a_number_is_malformed() -> None:
    """A regression's answers are numbers; a text that looks like one is none."""
    found = fit_to_task(
        settle(read_returned([1.0, "2.0"]), rows=2, latency_s=0, task=None), "regression"
    )

    assert found.value.tolist() == [1.0, None]
    assert found.status.tolist() == [AnswerStatus.OK, AnswerStatus.MALFORMED]
    assert found.faults == ("1 answers were text where a number is wanted, such as '2.0'",)


def test_faults_of_a_kind_are_said_once() -> None:
    """Faults that differ only in figures and quoted values are one kind; twenty kinds are told."""
    assert distinct(["no 'a' in row 1", "no 'b' in row 1,234", "other"]) == (
        "no 'a' in row 1",
        "other",
    )
    assert distinct(chr(97 + n) for n in range(22))[-1] == "and 2 more kinds of fault"


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        ('{"total": 12.5}', {"total": 12.5}),
        ('Here you are:\n```json\n{"total": 1}\n```\nAnything else?', {"total": 1}),
        ('For {this}: {"total": 1} and more', {"total": 1}),
        ('Like {"total": 9}:\n```\n{"total": 1}\n```', {"total": 1}),
        ('{"a": {"b": 1}', None),  # cut off: what stands inside it is not the document
        ('{"total": NaN}', None),
        ('[{"total": 1}, {"total": 2}]', None),
        ("Total: 12.5", None),
        ("12.5", None),
    ],
)
def test_finds_the_fields_of_a_document(answer: str, fields: object) -> None:
    """JSON within text, fenced or not; nothing is made of what is damaged."""
    raw = settle(read_returned([answer]), rows=1, latency_s=0, task="extraction")

    assert raw.value.tolist() == [fields]
    if fields is None:
        assert raw.faults == (
            f"1 answers were no JSON object with the fields of the document, such as {answer!r}",
        )


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.text(),
            st.floats(),
            st.dictionaries(st.text(), st.integers()),
            st.dictionaries(st.text(), st.integers()).map(json.dumps),
        )
    ),
    st.sampled_from(["classification", "regression", "extraction", "text"]),
)
def test_values_have_the_type_of_the_task(items: list[object], task: Any) -> None:
    """Whatever comes; and settling an answer twice is settling it once."""
    found = settle(read_returned(items), rows=len(items), latency_s=0.0, task=task)

    kinds = {"classification": str, "regression": float, "extraction": dict, "text": str}
    for value, status in zip(found.value, found.status, strict=True):
        assert (value is None) == (status != AnswerStatus.OK)
        assert value is None or isinstance(value, kinds[task])
    assert fit_to_task(found, task).value.tolist() == found.value.tolist()


def test_a_callable_may_tell_its_tokens() -> None:
    """Beside answer and confidence; what is no count is not known."""
    told = {"answer": ["a", "b"], "input_tokens": [10, None], "output_tokens": [2, -1]}

    usage = settle(read_returned(told), rows=3, latency_s=0, task=None).usage

    assert usage is not None
    np.testing.assert_array_equal(usage.input_tokens, [10, np.nan, np.nan])
    np.testing.assert_array_equal(usage.output_tokens, [2, np.nan, np.nan])
    assert usage.tokens_from == "usage"


def test_half_a_character_becomes_the_sign_for_one_that_is_lost() -> None:
    """JSON can hold it, and no file, ledger or report can."""
    half = json.loads('"a\\ud800"')

    plain, fields = read_list([half, {half: [half]}]).text.tolist()

    assert (plain, fields) == ("a\ufffd", {"a\ufffd": ["a\ufffd"]})
    assert document_in('{"total": "\\ud800"}') == {"total": "\ufffd"}
    assert distinct([f"ValueError: {half}"]) == ("ValueError: a\ufffd",)
    assert read_list(["grüß 🙂"]).text.tolist() == ["grüß 🙂"]
