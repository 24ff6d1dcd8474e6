"""Truth and answers come in many spellings; one documented rule brings them together."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from proveout.statistics.labels import as_numbers, find_task, normalise


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        (True, "1"),  # a truth value is its number
        (np.bool_(False), "0"),
        ("True", "1"),  # as text, too, in any case
        ("FALSE", "0"),
        (1, "1"),
        (1.0, "1"),  # a column with a gap makes whole numbers floats
        ("1.0", "1"),
        (" 1 ", "1"),
        (np.int64(7), "7"),
        (0.5, "0.5"),
        ("0.50", "0.5"),
        ("-3", "-3"),
        ("01", "01"),  # a code, not a number
        ("1e3", "1000"),
        ("late", "late"),
        (" late ", "late"),  # blanks at the ends do not count
        ("Late", "Late"),  # case does
        ("yes", "yes"),  # words other than true and false stay words
        ("", None),
        ("   ", None),
        (None, None),
        (math.nan, None),
        (pd.NaT, None),
        (pd.NA, None),
    ],
)
def test_each_value_has_one_spelling(value: object, spelled: str | None) -> None:
    """The rule of `normalise`, case by case."""
    column = np.array([value, "x"], dtype=object)

    assert normalise(column).tolist() == [spelled, "x"]


def test_the_column_may_be_of_any_kind() -> None:
    """Categories, nullable integers, plain lists."""
    assert normalise(pd.Series(["a", None, "b"], dtype="category")).tolist() == ["a", None, "b"]
    assert normalise(pd.Series([1, None], dtype="Int64")).tolist() == ["1", None]
    assert normalise([]).tolist() == []


def test_the_array_given_is_left_as_it_is() -> None:
    """Nothing of the caller's is written into."""
    given = np.array([1.0, math.nan], dtype=object)

    normalise(given)

    assert math.isnan(given[1])


def test_what_is_no_finite_number_is_none() -> None:
    """Text for a number, an infinity and a gap alike."""
    found = as_numbers(np.array(["1.5", 2, "far", None, math.inf], dtype=object))

    assert found.tolist() == pytest.approx([1.5, 2.0, math.nan, math.nan, math.nan], nan_ok=True)


@pytest.mark.parametrize(
    ("truth", "task"),
    [
        (["yes", "no"], "classification"),
        ([True, False, None], "classification"),
        ([0, 1, 1], "classification"),
        (["0", "1"], "classification"),
        ([1.0, 2.0, math.nan], "classification"),
        ([0.5, 1.0], "regression"),
        (list(range(21)), "regression"),
        ([str(value) for value in range(21)], "regression"),
        ([*range(21), "unknown"], "classification"),
        ([], "classification"),
    ],
)
def test_the_task_is_found_from_the_label(truth: list[object], task: str) -> None:
    """Fractions, or more than twenty whole numbers, are a quantity; all else are classes."""
    assert find_task(np.array(truth, dtype=object)) == task
