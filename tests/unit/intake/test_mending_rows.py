"""Rows that do not fit are put right where one way is clearly the likeliest."""

from __future__ import annotations

import pytest

from proveout.intake.mending import Fault, MendedTable, read_text

ROWS = [
    f"{day:02d}/03/2018,{hour:02d}:15,{n},AB-{1000 + 7 * n},{word},"
    for n, (day, hour, word) in enumerate(
        zip(
            range(1, 29),
            [*range(24), 5, 6, 7, 8],
            ["Lamp", '"Boots, tall"', "Hat", '"Table 48"""'] * 7,
            strict=True,
        ),
        start=1,
    )
]
HEADER = "Date,Time,Qty,ProductID,Name,Comments"
LAMP = ["05/03/2018", "04:15", "5", "AB-1035", "Lamp", ""]


def table_with(row: str) -> MendedTable:
    """Return the table in which a damaged row stands in the place of the fifth."""
    lines = [HEADER, *ROWS]
    lines[5] = row
    (table,) = read_text("\n".join(lines) + "\n").tables
    return table


@pytest.mark.parametrize(
    ("raw", "reason", "cells"),
    [
        # A quote before a field: it is kept as text.
        ('05/03/2018,04:15,"5,AB-1035,Lamp,', "stray-quote",
         ["05/03/2018", "04:15", '"5', "AB-1035", "Lamp", ""]),
        # A quote in the last field, which would swallow the rows that follow.
        ('05/03/2018,04:15,5,AB-1035,Lamp,"', "stray-quote", [*LAMP[:5], '"']),
        # A delimiter lost between digits: the forms of the columns tell where.
        ("05/03/201804:15,5,AB-1035,Lamp,", "missing-delimiter", LAMP),
        ("05/03/2018,04:155,AB-1035,Lamp,", "missing-delimiter", LAMP),
        ("05/03/2018,04:15,5AB-1035,Lamp,", "missing-delimiter", LAMP),
        # One lost before a column that is empty throughout.
        ("05/03/2018,04:15,5,AB-1035,Lamp", "missing-delimiter", LAMP),
        # One lost beside a quote.
        ('05/03/2018,04:15,5,AB-1035"Boots, tall",', "missing-delimiter",
         [*LAMP[:4], "Boots, tall", ""]),
        # One too many, at either end and within.
        (",05/03/2018,04:15,5,AB-1035,Lamp,", "extra-delimiter", LAMP),
        ("05/03/2018,04:15,,5,AB-1035,Lamp,", "extra-delimiter", LAMP),
        ("05/03/2018,04:15,5,AB-1035,Lamp,,", "extra-delimiter", LAMP),
        # A delimiter as text.
        ("05/03/2018,04:15,5,AB-1035,Boots, tall,", "unquoted-delimiter",
         [*LAMP[:4], "Boots, tall", ""]),
        # Other delimiters in this row alone.
        ("05/03/2018 04:15 5 AB-1035 Lamp ", "other-delimiter", LAMP),
        ("05/03/2018;04:15;5;AB-1035;Lamp;", "other-delimiter", LAMP),
    ],
)  # fmt: skip
def test_a_damaged_row_is_put_right(raw: str, reason: str, cells: list[str]) -> None:
    """Its cells stand in their columns, and the repair names the row as it stood."""
    table = table_with(raw)

    assert table.rows[4] == cells
    assert len(table.rows) == len(ROWS)
    assert [(each.line, each.reason, each.raw) for each in table.repairs] == [(6, reason, raw)]
    assert table.rejects == ()


def test_what_can_be_put_right_in_two_ways_is_refused() -> None:
    """The reject has the line, the reason and the row as it stands, whole."""
    prices = [f"{(n * 37 % 90 + 10) * (10 if n % 2 else 1)}.{n % 90 + 10}" for n in range(60)]
    lines = ["quantity,price", *(f"{n % 18 + 1},{price}" for n, price in enumerate(prices))]
    lines[7] = "1144.41"

    (table,) = read_text("\n".join(lines)).tables

    assert len(table.rows) == 59
    assert table.rejects == (
        Fault(
            line=8,
            reason="missing-columns",
            message="The row has 1 of 2 columns. It can be put right in more than one way.",
            raw="1144.41",
            certainty=table.rejects[0].certainty,
        ),
    )
    assert table.rejects[0].certainty < 0.7


def test_a_line_that_is_no_row_of_the_table_is_refused() -> None:
    """The likeliest way to read it is not likely."""
    table = table_with("*** connection lost, retrying ***")

    assert len(table.rows) == len(ROWS) - 1
    assert [each.raw for each in table.rejects] == ["*** connection lost, retrying ***"]


def test_a_damaged_row_may_go_over_lines() -> None:
    """It is put right as one row, line end included."""
    lines = ["id,note,code", *(f'{n},"a note, {n}",X-{100 + n}' for n in range(30))]
    lines[9] = '8,,"two\nlines, here",X-108'

    (table,) = read_text("\n".join(lines)).tables

    assert table.rows[8] == ["8", "two\nlines, here", "X-108"]
    assert (table.repairs[0].reason, table.rejects) == ("extra-delimiter", ())


def test_bytes_that_stand_for_nothing_cost_their_row() -> None:
    """No value comes through with a letter lost."""
    (table,) = read_text("id,name\n1,J\udcfcrgen\n2,Ada\n3,Grace\n").tables

    assert table.rows == [["2", "Ada"], ["3", "Grace"]]
    assert table.rejects == (
        Fault(
            line=2,
            reason="encoding",
            message="The row holds bytes that stand for nothing in the file's encoding.",
            raw="1,J\ufffdrgen",
        ),
    )


@pytest.mark.parametrize(
    ("damaged", "header"),
    [
        ("DateTime,Qty,ProductID,Name,Comments", "Date Time Qty ProductID Name Comments"),
        ("Date,Time,Qty,,ProductID,Name,Comments", "Date Time Qty ProductID Name Comments"),
        ('Date,Time,"Qty,ProductID,Name,Comments', 'Date Time "Qty ProductID Name Comments'),
        ("Date Time Qty ProductID Name Comments", "Date Time Qty ProductID Name Comments"),
    ],
)  # fmt: skip
def test_a_damaged_header_is_put_right(damaged: str, header: str) -> None:
    """By its quotes, its capitals, and what columns of such values are called."""
    (table,) = read_text("\n".join([damaged, *ROWS])).tables

    assert table.header == tuple(header.split())
    assert [each.raw for each in table.repairs] == [damaged]
    assert len(table.rows) == len(ROWS)
