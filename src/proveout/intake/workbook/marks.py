"""What calamine does not tell of a sheet: errors, hidden rows and columns, formulas without value.

It reads a cell with an error, or with a formula that was never computed, as an empty one, and a
span below zero in the form of a time of day as another time of day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from proveout.errors import InputError
from proveout.intake.workbook.grid import Area, Grid, Uncomputed, address
from proveout.intake.workbook.serials import span_of

_ROWS, _COLUMNS = 1 << 20, 1 << 14
_CELLS = 45_000_000
"""A sheet is held as a rectangle; with more cells than this it would need gigabytes."""

ERROR_CODES: Mapping[int, str] = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip
"""As Excel's binary formats store them."""


@dataclass(slots=True)
class Marks:
    """What is known of one sheet beside its values; rows and columns from 0."""

    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    """Errors as their text, and formulas without a value as `Uncomputed`."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    """First and last of each stretch."""
    merges: list[Area] = field(default_factory=list)
    """In columns of the sheet; only where calamine has none."""
    below_zero: Callable[[], Mapping[tuple[int, int], float]] = dict
    """Looks for figures below zero; asked only where the sheet has times of day."""
    last_row: int = 0
    last_column: int = 0
    is_doubtful: bool = False
    """Records are shorter than they must be, or the sheet does not end: who knows what a reader
    makes of that."""

    def reach(self, row: int, column: int) -> None:
        """Take note of a cell, or of how far the sheet claims to reach."""
        self.last_row = max(self.last_row, row)
        self.last_column = max(self.last_column, column)

    def check_size(self, file: str, sheet: str) -> None:
        """Raise InputError where the sheet as a rectangle would not fit in memory."""
        rows, columns = self.last_row + 1, self.last_column + 1
        if rows > _ROWS or columns > _COLUMNS:
            raise InputError(
                f"{file} is damaged: the sheet '{sheet}' has a cell in row {rows:,}, column "
                f"{columns:,}, where no sheet reaches.",
                hint="Open it in a spreadsheet program and save it again, as .xlsx or CSV.",
            )
        if rows * columns > _CELLS:
            raise InputError(
                f"{file}: the sheet '{sheet}' reaches to "
                f"{address(self.last_row, self.last_column)}: {rows:,} rows × {columns:,} "
                "columns are too many to read.",
                hint="Delete what stands far away from the table, or export the table as CSV.",
            )

    def added_to(self, grid: Grid) -> Grid:
        """Return the grid with all of it."""
        grid = _with_spans(_with_cells(grid, self.cells), self.below_zero)
        columns = {c for first, last in self.hidden_columns for c in range(first, last + 1)}
        merges = [
            Area(
                top=m.top, left=max(m.left - grid.left, 0), bottom=m.bottom,
                right=m.right - grid.left,
            )
            for m in self.merges if m.right >= grid.left
        ]  # fmt: skip
        return replace(
            grid,
            merges=(*grid.merges, *merges),
            hidden_rows=frozenset(self.hidden_rows),
            hidden_columns=frozenset(columns),
        )


def _with_spans(grid: Grid, below_zero: Callable[[], Mapping[tuple[int, int], float]]) -> Grid:
    """Write spans below zero, such as an end before its start, where a time of day was read."""
    if not any(type(cell) is dt.time for row in grid.rows for cell in row):
        return grid
    for (row, column), days in below_zero().items():
        at = column - grid.left
        if row < len(grid.rows) and 0 <= at < grid.width and type(grid.rows[row][at]) is dt.time:
            grid.rows[row][at] = span_of(days)
    return grid


def _with_cells(grid: Grid, cells: Mapping[tuple[int, int], str]) -> Grid:
    """Write cells into the empty places of a grid, which grows where they stand outside."""
    if not cells:
        return grid
    left = min(column for _, column in cells)
    right = max(column for _, column in cells)
    bottom = max(row for row, _ in cells)
    rows: list[list[Any]] = [*grid.rows]
    if not rows:
        grid = replace(grid, left=left)
    before = max(grid.left - left, 0)
    after = max(right - (grid.left + grid.width - 1), 0) if rows else right - left + 1
    if before or after:
        rows = [["" for _ in range(before)] + row + ["" for _ in range(after)] for row in rows]
    width = before + grid.width + after
    rows += [[""] * width for _ in range(bottom + 1 - len(rows))]
    start = grid.left - before
    for (row, column), text in cells.items():
        # Where calamine gives a value all the same, it stays.
        if rows[row][column - start] == "" or isinstance(text, Uncomputed):
            rows[row][column - start] = text
    merges = tuple(replace(m, left=m.left + before, right=m.right + before) for m in grid.merges)
    return replace(grid, rows=rows, left=start, merges=merges)
