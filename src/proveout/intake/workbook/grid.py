"""A sheet as a grid of cells, before anybody knows what is a table in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_A1 = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Za-z]{1,3})\$?([0-9]{1,7}))?")


class Uncomputed(str):
    """The formula of a cell whose value its writer never worked out."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Area:
    """A rectangle of cells; rows and columns from 0, the last ones included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def width(self) -> int:
        """How many columns."""
        return self.right - self.left + 1

    @property
    def height(self) -> int:
        """How many rows."""
        return self.bottom - self.top + 1

    def __str__(self) -> str:
        first, last = address(self.top, self.left), address(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The cells of one sheet. An empty cell is '', an error is its text, such as '#N/A'."""

    rows: Sequence[list[Any]]
    """From row 1 of the sheet; all of the same length."""
    left: int = 0
    """The sheet's column, from 0, at which the rows begin."""
    merges: tuple[Area, ...] = ()
    """Cells shown as one; the value stands in the first."""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    """Of the sheet, from 0."""
    typed: bool = True
    """False: all cells are text, as in a web page, and say nothing of their type."""

    @property
    def width(self) -> int:
        """How many columns the rows have."""
        return len(self.rows[0]) if self.rows else 0

    def at(self, row: int, column: int) -> str:
        """Return the address of a cell, whose column is counted from the grid's left."""
        return address(row, column + self.left)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet of a workbook: its grid and how it stands there."""

    name: str
    grid: Grid
    hidden: bool = False
    notes: tuple[str, ...] = field(default=())
    """What could not be found out about it, in sentences."""


def address(row: int, column: int) -> str:
    """Write a cell's address as spreadsheets do: (0, 0) is 'A1'."""
    return f"{column_letters(column)}{row + 1}"


def column_letters(column: int) -> str:
    """Write a column as spreadsheets do: 0 is 'A', 26 is 'AA'."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Read a column's letters: 'A' is 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def area_of(text: str) -> Area | None:
    """Read 'A4:F20' or 'B2'; None where the text is no such thing."""
    found = _A1.fullmatch(text.strip())
    if found is None:
        return None
    left, top, right, bottom = found.groups()
    rows = sorted([int(top) - 1, int(bottom or top) - 1])
    columns = sorted([column_number(left), column_number(right or left)])
    if rows[0] < 0:
        return None
    return Area(top=rows[0], left=columns[0], bottom=rows[1], right=columns[1])
