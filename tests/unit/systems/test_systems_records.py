"""Rows as they are written into requests."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import numpy as np
import pandas as pd
import pytest

from proveout.systems.dialects import records


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (b"caf\xe9", "caf\ufffd"),
        ("half \ud800", "half \ufffd"),
        (pd.Period("2026-03", freq="M"), "2026-03"),
        (10**30, 10**30),
        (date(2026, 3, 1), "2026-03-01T00:00:00.000000"),
        ({"x": [1, None]}, {"x": [1, None]}),
        (True, True),
        (np.nan, None),
        (None, None),
    ],
)
def test_every_cell_has_a_form(cell: object, written: object) -> None:
    """Whatever a database or file holds can be asked about."""
    rows = pd.DataFrame({"a": pd.Series([cell, "x"], dtype=object)})

    assert records(rows) == [{"a": written}, {"a": "x"}]


def test_columns_of_the_same_name_are_numbered() -> None:
    """An object of JSON cannot hold a name twice; no value is lost."""
    rows = pd.DataFrame([[1, 2, 3]], columns=["a", "b", "a"])

    assert records(rows) == [{"a": 1, "b": 2, "a.1": 3}]


def test_the_types_of_pandas_stay_what_they_are() -> None:
    """Numbers with gaps, categories, periods, moments with a zone."""
    rows = pd.DataFrame(
        {
            "n": pd.array([1, None], dtype="Int64"),
            "c": pd.Categorical(["x", None]),
            "p": pd.period_range("2026-01", periods=2, freq="M"),
            "t": pd.to_datetime(["2026-01-01T10:00+02:00", None]),
        }
    )

    assert records(rows) == [
        {"n": 1, "c": "x", "p": "2026-01", "t": "2026-01-01T08:00:00.000000Z"},
        {"n": None, "c": None, "p": "2026-02", "t": None},
    ]
