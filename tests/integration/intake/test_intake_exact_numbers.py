"""Numbers that a float would round are kept as they stand."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from proveout.intake import OpenTable


@pytest.mark.parametrize(
    ("one", "other", "united"),
    [
        (pa.array([2**64 - 1], pa.uint64()), pa.array([-1], pa.int64()),
         [Decimal(-1), Decimal(2**64 - 1)]),
        (pa.array([Decimal("12345678901234567.89")], pa.decimal128(19, 2)),
         pa.array([Decimal("1.5")], pa.decimal128(10, 1)),
         [Decimal("1.50"), Decimal("12345678901234567.89")]),
        (pa.array([2**53 + 1]), pa.array([Decimal("1.5")], pa.decimal128(5, 1)),
         [Decimal("1.5"), Decimal("9007199254740993.0")]),
        (pa.array([7], pa.int32()), pa.array([2**40]), [7, 2**40]),
        (pa.array([1], pa.int64()), pa.array([0.5]), [0.5, 1.0]),
    ],
    ids=["signs", "decimals", "decimal and whole", "whole", "whole and float"],
)  # fmt: skip
def test_files_of_one_source_are_united_without_rounding(
    open_: Callable[..., OpenTable], tmp_path: Path, one: pa.Array, other: pa.Array, united: Any
) -> None:
    """Amounts of two months whose decimals differ in precision stay decimals."""
    (tmp_path / "months").mkdir()
    for name, values in (("a", one), ("b", other)):
        pq.write_table(pa.table({"x": values}), tmp_path / "months" / f"{name}.parquet")

    table = open_("months").table.to_pyarrow()

    assert sorted(table["x"].to_pylist()) == united


def test_a_figure_with_more_digits_than_a_float_holds_stays_text(
    open_: Callable[..., OpenTable], tmp_path: Path
) -> None:
    """A long number of an order does not become another one for the '.0' behind it."""
    (tmp_path / "t.csv").write_text("order,kg\n9007199254740993.0,1.5\n9007199254740995.0,2.25\n")

    rows = open_("t.csv").table.to_pyarrow().to_pylist()

    assert rows == [
        {"order": "9007199254740993.0", "kg": 1.5},
        {"order": "9007199254740995.0", "kg": 2.25},
    ]


def test_a_long_whole_number_beside_a_fraction_stays_as_it_is(
    open_: Callable[..., OpenTable], tmp_path: Path
) -> None:
    """SQLite keeps both in one column; as floats, the whole one would be another number."""
    with closing(sqlite3.connect(tmp_path / "t.sqlite")) as database:
        database.execute("CREATE TABLE t (x, y)")
        database.executemany("INSERT INTO t VALUES (?, ?)", [(2**53 + 1, 2), (0.5, 1.5)])
        database.commit()

    opened = open_("t.sqlite")

    assert opened.table.to_pyarrow().to_pylist() == [
        {"x": "9007199254740993", "y": 2.0},
        {"x": "0.5", "y": 1.5},
    ]
    assert opened.files[0].read_as["mixed_columns"] == {"x": ["long integer", "real"]}
