"""A batch and its answers as the prediction log keeps them."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.asked import plain_rows
from proveout.runtime.guarding.rows import Kept, batch_body, kept_of


def test_a_batch_is_kept_as_rows_that_monitors_read() -> None:
    """Each row is an object; what is missing is null, and a date is text."""
    batch = pd.DataFrame(
        {
            "n": [1, 2],
            "x": [0.1 + 0.2, float("nan")],
            "when": [pd.Timestamp("2026-11-21T10:00"), pd.NaT],
            "who": ["Åsa", None],
            5: [Decimal("1.10"), dt.date(2026, 1, 2)],
        }
    )

    assert plain_rows(json.loads(batch_body(batch))) == [
        {"n": 1, "x": 0.30000000000000004, "when": "2026-11-21T10:00:00", "who": "Åsa",
         "5": "1.10"},
        {"n": 2, "x": None, "when": None, "who": None, "5": "2026-01-02"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(2**70, id="a whole number that no column holds"),
        pytest.param("\ud800", id="half a character"),
        pytest.param({1: {2: float("inf")}}, id="a dict within a dict"),
        pytest.param([np.float32(1), {3}], id="a list of anything"),
        pytest.param(object(), id="anything"),
        pytest.param(np.array([1, 2]), id="an array"),
        pytest.param(b"\xff", id="bytes"),
    ],
)
def test_whatever_is_in_a_cell_a_record_can_be_written(cell: Any) -> None:
    """No cell stops a call: in the worst case it is kept as its text."""
    batch = pd.DataFrame({"a": pd.Series([cell], dtype=object)})

    assert list(json.loads(batch_body(batch))[0]) == ["a"]


def test_a_batch_without_columns_keeps_its_rows() -> None:
    """Three rows of nothing are three rows."""
    assert batch_body(pd.DataFrame(index=range(3))) == b"[{},{},{}]"


@pytest.mark.parametrize(
    ("returned", "kept"),
    [
        pytest.param(["a", None], Kept(body=b'["a",null]'), id="a refusal is null"),
        pytest.param(
            (["a", "b"], [0.5, None]),
            Kept(body=b'{"answer":["a","b"],"confidence":[0.5,null]}'),
            id="with confidences",
        ),
        pytest.param(
            {"answer": [{"total": 1}], "input_tokens": [10], "output_tokens": [2]},
            Kept(body=b'[{"total":1}]', input_tokens=10, output_tokens=2),
            id="documents and tokens",
        ),
        pytest.param(
            7, Kept(body=None, fault="returned of type int instead of one answer per row"),
            id="no answers",
        ),
    ],
)  # fmt: skip
def test_answers_are_kept_as_they_are_read(returned: Any, kept: Kept) -> None:
    """One answer per row, in the way of every Python system."""
    assert kept_of(returned) == kept


@given(
    st.lists(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=5,
        ),
        max_size=5,
    )
)
def test_any_object_column_becomes_json(cells: list[Any]) -> None:
    """What is written can be read, one object per row."""
    batch = pd.DataFrame({"a": pd.Series(cells, dtype=object)})

    assert len(json.loads(batch_body(batch))) == len(cells)
