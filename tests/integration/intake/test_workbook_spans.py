"""Spans of time in cells that are formatted as a time of day."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from proveout.intake import OpenTable


@pytest.mark.parametrize("as_formula", [False, True])
def test_a_span_below_zero_is_no_time_of_day(
    open_: Callable[..., OpenTable], tmp_path: Path, as_formula: bool
) -> None:
    """An end before its start gives -2:24, which Excel shows as ####; not 21:36."""
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        sheet = book.add_worksheet()
        clock = book.add_format({"num_format": "h:mm"})
        sheet.write_row(2, 1, ["order", "took"])
        for row, (order, days) in enumerate([("a", 0.25), ("b", -0.1), ("c", -1.5)], start=3):
            sheet.write(row, 1, order)
            if as_formula:
                sheet.write_formula(row, 2, "=E1-D1", clock, days)
            else:
                sheet.write(row, 2, days, clock)

    opened = open_("t.xlsx")

    assert opened.table.to_pyarrow().to_pylist() == [
        {"order": "a", "took": "06:00:00"},
        {"order": "b", "took": "-02:24:00"},
        {"order": "c", "took": "-36:00:00"},
    ]
    assert opened.files[0].read_as["mixed_columns"] == {"took": ["time", "timedelta"]}
