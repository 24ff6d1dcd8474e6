"""Fields of records in one form: empty, unreadable and read are three things."""

from __future__ import annotations

import math
from typing import Any

import ibis
import pyarrow as pa
import pytest

from proveout.checks.columns import (
    UNREADABLE_TRUTH,
    find_column,
    known_seconds_of,
    known_truth_of,
    no_column,
    number_of,
    seconds_of,
    truth_of,
)

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]


def read(form: Any, values: list[Any]) -> list[Any]:
    engine = ibis.duckdb.connect()
    engine.raw_sql("SET TimeZone = 'UTC'")
    engine.con.register("given", pa.table({"place": range(len(values)), "it": values}))
    table = engine.table("given")
    told = table.select(place=table.place, it=form(table.it)).order_by("place").to_pyarrow()
    return ["nan" if isinstance(each, float) and math.isnan(each) else each
            for each in told["it"].to_pylist()]  # fmt: skip


def test_yes_and_no_in_the_usual_spellings() -> None:
    """What is neither is not taken for no, and nothing is not taken for either."""
    said = ["yes", " Ja ", "X", "TRUE", "1", "no", "Nein", "f", "0", "", "perhaps", None]

    assert read(truth_of, said) == [1, 1, 1, 1, 1, 0, 0, 0, 0, None, UNREADABLE_TRUTH, None]
    assert read(truth_of, [1, 0, 7, None]) == [1, 0, UNREADABLE_TRUTH, None]
    assert read(truth_of, [True, False, None]) == [1, 0, None]


def test_moments_with_zones_points_and_seconds_since_1970() -> None:
    """A number that is no count of seconds or milliseconds is no moment."""
    said = ["2026-05-04T10:00:00+02:00", "2026-05-04 08:00", "04.05.2026 08:00", "soon", "", None]
    noon = 1_777_881_600.0

    assert read(seconds_of, said) == [noon, noon, noon, "nan", None, None]
    assert read(seconds_of, [int(noon), int(noon) * 1000, 20260504, 46146]) == [
        noon, noon, "nan", "nan",
    ]  # fmt: skip


def test_numbers_among_words() -> None:
    """One word in a column of numbers is one field that cannot be read."""
    assert read(number_of, ["12.5", " 3 ", "n/a", "", None]) == [12.5, 3.0, "nan", None, None]


def test_a_column_is_found_whatever_its_case() -> None:
    """Unless two differ in it alone."""
    table = ibis.table({"Opened At ": "string", "cost": "int64", "COST": "int64"})

    assert find_column(table, "opened at") == "Opened At "
    assert find_column(table, "cost") == "cost"
    assert find_column(table, "Cost") is None
    error = no_column(table, "opened", where="value.records.at", file="cases.csv")
    assert (error.message, error.hint) == (
        "cases.csv has no column 'opened' (value.records.at). It has: Opened At , cost, COST.",
        "Did you mean 'Opened At '? Then write value.records.at: Opened At ",
    )


def test_where_the_two_need_not_be_told_apart_what_cannot_be_read_is_nothing() -> None:
    """Rosters and usage count what is unreadable as not known."""
    assert read(known_truth_of, ["ja", "volunteer", "nein", "perhaps", ""]) == [
        True, True, False, None, None,
    ]  # fmt: skip
    assert read(known_seconds_of, ["1970-01-02", "soon", ""]) == [86_400.0, None, None]
