"""Put a sheet together from single cells, as readers come upon them."""

from __future__ import annotations

from typing import Any

from proveout.errors import InputError
from proveout.intake.workbook.grid import Area, Grid, Sheet
from proveout.intake.workbook.marks import Marks

MOST_CELLS = 10_000_000
"""A cell by itself takes about 200 bytes."""


class SparseSheet:
    """A sheet that is being read; rows and columns from 0."""

    def __init__(self, name: str, *, hidden: bool = False, typed: bool = True) -> None:
        self.name = name
        self.hidden = hidden
        self.typed = typed
        self.cells: dict[tuple[int, int], Any] = {}
        self.merges: list[Area] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()

    def put(self, row: int, column: int, value: Any) -> None:
        """Write one cell."""
        if value not in ("", None) and len(self.cells) <= MOST_CELLS:
            self.cells[row, column] = value

    def sheet(self, file: str) -> Sheet:
        """Return the sheet as a grid. Raises InputError where it would be too large."""
        marks = Marks()
        if len(self.cells) > MOST_CELLS:
            raise InputError(
                f"{file}: the sheet '{self.name}' has more than {MOST_CELLS:,} cells, which is "
                "too many for the form it is in.",
                hint="Save it as .xlsx, or export the table as CSV.",
            )
        if not self.cells:
            return Sheet(name=self.name, grid=Grid(rows=[]), hidden=self.hidden)
        marks.last_row = max(row for row, _ in self.cells)
        marks.last_column = max(column for _, column in self.cells)
        marks.check_size(file, self.name)
        width = marks.last_column + 1
        rows: list[list[Any]] = [[""] * width for _ in range(marks.last_row + 1)]
        for (row, column), value in self.cells.items():
            rows[row][column] = value
        grid = Grid(
            rows=rows,
            merges=tuple(self.merges),
            hidden_rows=frozenset(self.hidden_rows),
            hidden_columns=frozenset(self.hidden_columns),
            typed=self.typed,
        )
        return Sheet(name=self.name, grid=grid, hidden=self.hidden)
