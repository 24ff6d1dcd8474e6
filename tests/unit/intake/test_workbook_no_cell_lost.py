"""Whatever stands in a sheet: every cell is a record's, or in the margin of a table."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proveout.intake.workbook.cells import is_blank
from proveout.intake.workbook.finding import find_tables
from proveout.intake.workbook.grid import Area, Grid

WORDS = st.sampled_from(
    ["id", "site", "kg", "EUR", "Total", "Subtotal North", "Summe", "* note", "North", "x", " ",
     "12", "1,204", "#N/A", "Source: ERP", "Site:", "2023", "a longer remark than all of these"]
)  # fmt: skip
CELLS = st.one_of(
    st.just(""), st.just(""), WORDS, st.integers(-3, 40).map(float), st.floats(-5, 5),
    st.booleans(), st.dates(dt.date(1999, 1, 1), dt.date(2030, 1, 1)),
)  # fmt: skip


@st.composite
def noise(draw: st.DrawFn) -> list[list[Any]]:
    """Draw cells without any order."""
    width = draw(st.integers(1, 7))
    return draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=14))


@st.composite
def troubled(draw: st.DrawFn) -> list[list[Any]]:
    """Draw a table with some of the troubles that people make."""
    width = draw(st.integers(1, 5))
    kinds = [draw(st.sampled_from(["number", "text", "date"])) for _ in range(width)]
    value = {
        "number": st.integers(0, 99).map(float),
        "text": st.sampled_from(["a", "b", "North", "Total"]),
        "date": st.dates(dt.date(2020, 1, 1), dt.date(2024, 1, 1)),
    }
    rows: list[list[Any]] = [[f"c{at}" for at in range(width)]]
    if draw(st.booleans()):
        rows.append(["kg" if kind == "number" else "" for kind in kinds])
    rows += [
        [draw(st.one_of(st.just(""), value[k], value[k], value[k])) for k in kinds]
        for _ in range(draw(st.integers(0, 8)))
    ]
    blank = [""] * width
    inserts = st.sampled_from(
        [blank, ["Report", *blank[1:]], ["* see above", *blank[1:]], rows[0], ["Total", *blank[1:]],
         [*blank[:-1], 42.0], ["#DIV/0!"] * width]
    )  # fmt: skip
    for _ in range(draw(st.integers(0, 4))):
        rows.insert(draw(st.integers(0, len(rows))), list(draw(inserts)))
    if draw(st.booleans()):
        beside = draw(troubled_short())
        height = max(len(rows), len(beside))
        rows += [list(blank) for _ in range(height - len(rows))]
        wide = len(beside[0]) if beside else 0
        beside += [[""] * wide for _ in range(height - len(beside))]
        gap = [""] * draw(st.integers(1, 3))
        rows = [one + gap + other for one, other in zip(rows, beside, strict=True)]
    return rows


@st.composite
def troubled_short(draw: st.DrawFn) -> list[list[Any]]:
    """Draw what stands beside a table."""
    width = draw(st.integers(1, 3))
    return draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=5))


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """Draw a sheet, with some cells merged."""
    rows = draw(st.one_of(noise(), troubled()))
    n_merges = draw(st.integers(0, 3)) if rows and draw(st.booleans()) else 0
    return Grid(rows=rows, merges=tuple(draw(areas(rows)) for _ in range(n_merges)))


@st.composite
def areas(draw: st.DrawFn, rows: list[list[Any]]) -> Area:
    """Draw a rectangle within a sheet."""
    top, left = draw(st.integers(0, len(rows) - 1)), draw(st.integers(0, len(rows[0]) - 1))
    bottom = min(top + draw(st.integers(0, 3)), len(rows) - 1)
    right = min(left + draw(st.integers(0, 3)), len(rows[0]) - 1)
    return Area(top=top, left=left, bottom=bottom, right=right)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(grids())
def test_no_cell_is_lost_and_none_stands_twice(grid: Grid) -> None:
    """Cells in = cells of records + cells of headers + cells in the margin."""
    tables = find_tables(grid)

    placed: Counter[tuple[int, int]] = Counter()
    for table in tables:
        for row in (*table.records, *table.header):
            placed.update(
                (row, column) for column in table.columns if not is_blank(grid.rows[row][column])
            )
        for margin in table.margin:
            filled = [
                column
                for column in range(margin.column, grid.width)
                if not is_blank(grid.rows[margin.row][column])
            ]
            placed.update((margin.row, column) for column in filled[: len(margin.cells)])
    filled = {
        (at, column)
        for at, row in enumerate(grid.rows)
        for column, cell in enumerate(row)
        if not is_blank(cell)
    }
    assert dict(placed) == dict.fromkeys(filled, 1)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(grids())
def test_finding_is_the_same_wherever_the_sheet_begins(grid: Grid) -> None:
    """Blank rows above and blank columns before change addresses and nothing else."""
    moved = Grid(
        rows=[[""] * (grid.width + 2)] * 2 + [["", "", *row] for row in grid.rows],
        merges=tuple(
            Area(top=m.top + 2, left=m.left + 2, bottom=m.bottom + 2, right=m.right + 2)
            for m in grid.merges
        ),
    )

    def told(tables: list[Any], by: int) -> list[Any]:
        return [
            (t.names, [r - by for r in t.records], [(m.row - by, m.kind, m.text) for m in t.margin])
            for t in tables
        ]

    assert told(find_tables(moved), 2) == told(find_tables(grid), 0)
