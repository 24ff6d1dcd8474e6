"""Moments and spans as spreadsheets store them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from proveout.intake.workbook.cells import as_text
from proveout.intake.workbook.open_document import read_open_document
from proveout.intake.workbook.serials import moment_of, span_of


@pytest.mark.parametrize(
    ("number", "is_1904", "moment"),
    [
        (1, False, dt.date(1900, 1, 1)),
        (59, False, dt.date(1900, 2, 28)),
        (60, False, dt.date(1900, 2, 28)),
        (61, False, dt.date(1900, 3, 1)),
        (1, True, dt.date(1904, 1, 2)),
        (60, True, dt.date(1904, 3, 1)),
        (0.25, False, dt.time(6)),
        (-1, False, -1),
        (2_958_466, False, 2_958_466),
    ],
)
def test_days_are_counted_as_the_program_does_that_wrote_them(
    number: float, is_1904: bool, moment: Any
) -> None:
    """Excel's 1900 has a 29 February, its day 60; what is no day of its calendar stays a number."""
    assert moment_of(number, is_1904=is_1904) == moment


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (30.25 / 24, "30:15:00"),
        (1 / 24, "01:00:00"),
        (-0.1, "-02:24:00"),
        (-1.5, "-36:00:00"),
        (1.5 / 86_400, "00:00:01.500000"),
    ],
)
def test_a_span_is_written_in_hours(days: float, text: str) -> None:
    """As a spreadsheet shows it, not in days and hours; with its sign."""
    assert as_text(span_of(days)) == text


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("PT06H00M00S", dt.time(6)),
        ("PT00H00M01.25S", dt.time(0, 0, 1, 250_000)),
        ("-PT02H24M00S", dt.timedelta(hours=-2, minutes=-24)),
        ("P1DT06H15M00S", dt.timedelta(hours=30, minutes=15)),
    ],
)
def test_a_span_of_an_open_document_is_read_to_its_fraction(written: str, span: Any) -> None:
    """With its sign; one of less than a day is a time of day."""
    page = (
        "<document><table name='t'><table-row><table-cell value-type='time' "
        f"time-value='{written}'/></table-row></table></document>"
    )

    (sheet,) = read_open_document([page.encode()], "t.fods")

    assert sheet.cells == {(0, 0): span}
