"""Write a table of a sheet into the engine, with what was wrong with its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proveout.intake.readers.arrow_table import BATCH_ROWS, ArrowTable
from proveout.intake.readers.delimited_dialect import column_names
from proveout.intake.readers.port import MarginText, ReadTable
from proveout.intake.rejects import RAW_CHARACTERS, ListedRejects
from proveout.intake.session import Session
from proveout.intake.table import FileRead, Reject
from proveout.intake.workbook.cells import is_blank
from proveout.intake.workbook.finding import Table
from proveout.intake.workbook.grid import Grid, Uncomputed, column_letters
from proveout.intake.workbook.values import ColumnValues, arrow_type, column_values

_MARGINS = 2_000
"""So many cells and rows of a margin are kept one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a table stands, as it is told."""

    file: str
    n_bytes: int
    sheet: str
    part: str
    found: Mapping[str, Any]
    """What is known of the sheet as a whole."""


def load(grid: Grid, table: Table, place: Place, session: Session) -> ReadTable:
    """Write the records into the engine; errors become rejects, what was put right is recorded."""
    names = column_names(table.names)
    rows = [grid.rows[row] for row in table.records]
    cells = [list(column) for column in zip(*rows, strict=True)] if rows else []
    cells = [cells[at] for at in table.columns] if cells else [[] for _ in table.columns]
    filled = _fill_merged(grid, table, cells)
    columns = [column_values(column, typed=grid.typed) for column in cells]
    written = ArrowTable(
        session,
        stem="sheet",
        types={n: arrow_type(c.kind) for n, c in zip(names, columns, strict=True)},
    )
    for start in range(0, len(rows), BATCH_ROWS):
        written.append([column.values[start : start + BATCH_ROWS] for column in columns])
    told = _Told(grid=grid, table=table, place=place, names=names)
    return ReadTable(
        table=session.table(written.name),
        file=FileRead(
            name=place.file,
            n_bytes=place.n_bytes,
            format="excel",
            read_as=_read_as(told, columns),
        ),
        rejects=ListedRejects(tuple(told.rejects(columns))),
        part=place.part,
        repairs=ListedRejects((*told.merged(filled), *told.from_text(columns))),
        margin=told.margin(),
    )


def _fill_merged(grid: Grid, table: Table, cells: list[list[Any]]) -> list[tuple[int, int, int]]:
    """Write the value of cells merged downwards into each of their records.

    Returns for each cell written its position among the records, its column's position, and the
    row of the sheet in which the value stands.
    """
    down = [m for m in grid.merges if m.height > 1]
    if not down:
        return []
    position = {row: at for at, row in enumerate(table.records)}
    filled: list[tuple[int, int, int]] = []
    for merge in down:
        if merge.left not in table.columns or merge.top not in position:
            continue
        column = table.columns.index(merge.left)
        value = grid.rows[merge.top][merge.left]
        if is_blank(value):
            continue
        for row in range(merge.top + 1, merge.bottom + 1):
            at = position.get(row)
            if at is not None and is_blank(cells[column][at]):
                cells[column][at] = value
                filled.append((at, column, merge.top))
    return filled


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What is told of single cells, with their addresses."""

    grid: Grid
    table: Table
    place: Place
    names: Sequence[str]

    def rejects(self, columns: Sequence[ColumnValues]) -> list[Reject]:
        return [
            self._cell(at, row, *_of_error(text), raw=text)
            for at, column in enumerate(columns)
            for row, text in column.errors
        ]

    def from_text(self, columns: Sequence[ColumnValues]) -> list[Reject]:
        return [
            self._cell(
                at, row, "number-as-text",
                "{cell} holds a number as text; it was read as a number.", raw=text,
            )
            for at, column in enumerate(columns)
            for row, text in column.numbers_from_text
        ]  # fmt: skip

    def merged(self, filled: Sequence[tuple[int, int, int]]) -> list[Reject]:
        return [
            self._cell(
                column, at, "merged-cells",
                "{cell} is merged with "
                f"{self.grid.at(top, self.table.columns[column])}, whose value it was given.",
                raw="",
            )
            for at, column, top in filled
        ]  # fmt: skip

    def margin(self) -> tuple[MarginText, ...]:
        return tuple(
            MarginText(at=self._at(each.row, each.column), kind=each.kind, text=each.text)
            for each in self.table.margin[:_MARGINS]
        )

    def _at(self, row: int, column: int) -> str:
        return f"{self.place.sheet}!{self.grid.at(row, column)}"

    def _cell(self, at: int, record: int, reason: str, message: str, *, raw: str) -> Reject:
        row = self.table.records[record]
        cell = self._at(row, self.table.columns[at])
        return Reject(
            file=self.place.file,
            line=row + 1,
            column=self.names[at],
            reason=reason,
            message=message.replace("{cell}", cell),
            raw=raw[:RAW_CHARACTERS],
        )


def _of_error(text: str) -> tuple[str, str]:
    if isinstance(text, Uncomputed) or text.startswith("="):
        return "formula-not-computed", "{cell} holds a formula whose value was never worked out."
    return "error-value", "{cell} holds the error " + text + " instead of a value."


def _read_as(told: _Told, columns: Sequence[ColumnValues]) -> dict[str, Any]:
    """Say how the table was read; what does not apply is left out."""
    table, place = told.table, told.place
    kinds = [each.kind for each in table.margin]
    where_it_applies = {
        "cells": str(table.area) if place.part != place.sheet else None,
        "header_lines": [row + 1 for row in table.header] if len(table.header) > 1 else None,
        "units": dict(table.units),
        "title": table.title,
        "totals": kinds.count("total"),
        "notes": kinds.count("note"),
        "hidden_rows": sum(row in told.grid.hidden_rows for row in _hidden_among(told)),
        "hidden_columns": _hidden_columns(told),
        "mixed_columns": {
            name: [*column.mixed]
            for name, column in zip(told.names, columns, strict=True)
            if column.mixed
        },
        "numbers_as_text": {
            name: column.text_numbers
            for name, column in zip(told.names, columns, strict=True)
            if column.text_numbers
        },
    }
    return {
        "sheet": place.sheet,
        **place.found,
        "header_line": table.header[0] + 1 if table.header else None,
        **{key: value for key, value in where_it_applies.items() if value},
    }


def _hidden_among(told: _Told) -> Sequence[int]:
    return told.table.records if told.grid.hidden_rows else ()


def _hidden_columns(told: _Told) -> list[str]:
    grid = told.grid
    return [
        f"{name} ({column_letters(column + grid.left)})"
        for name, column in zip(told.names, told.table.columns, strict=True)
        if column + grid.left in grid.hidden_columns
    ]
