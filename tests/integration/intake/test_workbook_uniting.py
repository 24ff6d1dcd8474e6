"""Sheets and files that hold the same: asked about, and put together where the charter says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from proveout.errors import InputError
from proveout.intake import OpenTable

Open = Callable[..., OpenTable]

JAN = [["id", "amount"], [1, 2.5], [2, 4.5]]
FEB = [["id", "amount"], [3, 5.5], [4, 6.5]]
OTHER = [["code", "meaning"], ["a", "open"]]


def rows(opened: OpenTable) -> list[tuple[Any, ...]]:
    """Return the rows with None for null."""
    return [tuple(row.values()) for row in opened.table.to_pyarrow().to_pylist()]


def workbook(path: Path, **sheets: list[list[Any]]) -> None:
    """Write sheets."""
    path.parent.mkdir(exist_ok=True)
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    book.save(path)


def test_without_a_word_in_the_charter_one_table_is_read(open_: Open, tmp_path: Path) -> None:
    """The first of the large ones; the others are named, and which of them are alike."""
    workbook(tmp_path / "t.xlsx", Jan=JAN, Feb=FEB, Codes=OTHER)

    opened = open_("t.xlsx")

    assert rows(opened) == [(1, 2.5), (2, 4.5)]
    assert opened.files[0].read_as == {
        "sheet": "Jan",
        "header_line": 1,
        "part": "Jan",
        "other_tables": ["Feb", "Codes"],
        "alike_tables": ["Feb"],
    }


def test_sheets_that_are_alike_are_put_together(open_: Open, tmp_path: Path) -> None:
    """With the name of each in the column that `unite` names; what is unlike them is left."""
    workbook(tmp_path / "t.xlsx", Jan=JAN, Feb=FEB, Codes=OTHER)

    opened = open_("t.xlsx", unite="month")

    assert opened.table.columns == ("id", "amount", "month")
    assert sorted(rows(opened)) == [
        (1, 2.5, "Jan"), (2, 4.5, "Jan"), (3, 5.5, "Feb"), (4, 6.5, "Feb"),
    ]  # fmt: skip
    assert opened.files[0].read_as["other_tables"] == ["Codes"]
    assert [(part.name, part.table.columns) for part in opened.parts] == [
        ("t.xlsx: Jan", ("id", "amount")), ("t.xlsx: Feb", ("id", "amount")),
    ]  # fmt: skip


def test_tables_of_one_sheet_are_put_together_by_their_titles(open_: Open, tmp_path: Path) -> None:
    """Where each has one; their cells are what they are called by otherwise."""
    workbook(tmp_path / "t.xlsx", Year=[["January"], *JAN, [], ["February"], *FEB])

    opened = open_("t.xlsx", unite="month")

    assert sorted(rows(opened)) == [
        (1, 2.5, "January"), (2, 4.5, "January"), (3, 5.5, "February"), (4, 6.5, "February"),
    ]  # fmt: skip


def test_files_are_put_together_with_their_names(open_: Open, tmp_path: Path) -> None:
    """A workbook for each site or month is as usual as a sheet for each."""
    workbook(tmp_path / "months/jan.xlsx", Data=JAN)
    workbook(tmp_path / "months/feb.xlsx", Data=FEB)

    opened = open_("months/*.xlsx", unite="month")

    assert sorted(rows(opened)) == [
        (1, 2.5, "jan"), (2, 4.5, "jan"), (3, 5.5, "feb"), (4, 6.5, "feb"),
    ]  # fmt: skip


def test_other_names_of_the_same_columns_are_asked_about(open_: Open, tmp_path: Path) -> None:
    """Known by name and content; what the charter renames is put together."""
    feb = [["ID", "Amount EUR"], [3, 5.5], [4, 6.5]]
    workbook(tmp_path / "t.xlsx", Jan=JAN, Feb=feb)
    renames = {"ID": "id", "Amount EUR": "amount"}

    asked = open_("t.xlsx").files[0].read_as["alike_but_for_names"]
    opened = open_("t.xlsx", unite="month", rename=renames)

    assert asked == {"Feb": renames}
    assert sorted(rows(opened)) == [
        (1, 2.5, "Jan"), (2, 4.5, "Jan"), (3, 5.5, "Feb"), (4, 6.5, "Feb"),
    ]  # fmt: skip
    assert opened.files[1].read_as["renamed"] == renames


def test_names_that_would_come_twice_are_refused(open_: Open, tmp_path: Path) -> None:
    """Neither `unite` nor `rename` may hide a column."""
    workbook(tmp_path / "t.xlsx", Jan=JAN)
    messages = []
    for more in ({"unite": "amount"}, {"rename": {"id": "amount"}}):
        with pytest.raises(InputError) as refused:
            open_("t.xlsx", **more)
        messages.append(str(refused.value))

    assert messages == [
        "t.xlsx (Jan) has a column 'amount' already, which 'unite: amount' is to add.\n"
        "Choose another name after 'unite:'.",
        "t.xlsx (Jan) has more than one column for 'amount': 'rename' gives that name to id, and "
        "it is there or given twice.\n"
        "Take 'id: amount' out of rename, or give it another name.",
    ]
