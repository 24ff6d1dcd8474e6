"""Cut a sheet where nothing stands: into blocks of cells that belong together.

A recursive cut along blank columns and blank rows (an X-Y cut, Nagy & Seth 1984), which leaves a
blank column alone where both of its sides go on as one table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from proveout.intake.workbook.cells import is_blank, kind_of
from proveout.intake.workbook.grid import Area, Grid

_LOOK_ROWS = 12


def masks_of(rows: Sequence[list[Any]]) -> list[int]:
    """Return for each row which of its columns are filled, as the bits of a number."""
    if not rows:
        return []
    width = len(rows[0])
    full = (1 << width) - 1
    first_only = rows[0][:1] and full == 1
    return [
        (full if "" not in row and " " not in row and not first_only else _mask(row))
        if (row[0] != "" or row.count("") < width)
        else 0
        for row in rows
    ]


def _mask(row: list[Any]) -> int:
    mask = 0
    for position, cell in enumerate(row):
        if cell != "" and not is_blank(cell):
            mask |= 1 << position
    return mask


def blocks(grid: Grid, masks: Sequence[int]) -> list[Area]:
    """Return the blocks of a sheet, from top to bottom and left to right."""
    filled = [row for row, mask in enumerate(masks) if mask]
    if not filled:
        return []
    whole = Area(top=filled[0], left=0, bottom=filled[-1], right=grid.width - 1)
    return sorted(_cut(grid, masks, whole))


def _cut(grid: Grid, masks: Sequence[int], area: Area) -> Iterator[Area]:
    window = ((1 << area.width) - 1) << area.left
    rows = [row for row in range(area.top, area.bottom + 1) if masks[row] & window]
    if not rows:
        return
    union = 0
    for row in rows:
        union |= masks[row]
    parts = runs_of(union & window)
    trimmed = Area(top=rows[0], left=parts[0][0], bottom=rows[-1], right=parts[-1][1])
    lanes = _lanes(grid, masks, trimmed, parts)
    if len(lanes) > 1:
        for left, right in lanes:
            yield from _cut(grid, masks, _with(trimmed, left=left, right=right))
        return
    bands = list(_bands(rows))
    if len(bands) == 1:
        yield trimmed
        return
    for top, bottom in bands:
        yield from _cut(grid, masks, _with(trimmed, top=top, bottom=bottom))


def _with(area: Area, **changed: int) -> Area:
    sides = {"top": area.top, "left": area.left, "bottom": area.bottom, "right": area.right}
    return Area(**{**sides, **changed})


def runs_of(mask: int) -> list[tuple[int, int]]:
    """Return the first and last bit of each run of ones."""
    runs: list[tuple[int, int]] = []
    position = 0
    while mask >> position:
        rest = mask >> position
        start = position + (rest & -rest).bit_length() - 1
        ones = mask >> start
        end = start + (~ones & (ones + 1)).bit_length() - 2
        runs.append((start, end))
        position = end + 1
    return runs


def _bands(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    top = rows[0]
    for one, other in pairwise(rows):
        if other > one + 1:
            yield top, one
            top = other
    yield top, rows[-1]


def _lanes(
    grid: Grid, masks: Sequence[int], area: Area, parts: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Put runs of columns together again where a blank column does not part two tables."""
    lanes = [parts[0]]
    for left, right in parts[1:]:
        before = lanes[-1]
        if _apart(grid, masks, area, before, (left, right)):
            lanes.append((left, right))
        else:
            lanes[-1] = (before[0], right)
    return lanes


def _apart(
    grid: Grid,
    masks: Sequence[int],
    area: Area,
    one: tuple[int, int],
    other: tuple[int, int],
) -> bool:
    """Tell whether two sides of blank columns are tables of their own.

    One blank column between sides of the same height, under one header, is decoration.
    """
    rows = [_rows(masks, area, side) for side in (one, other)]
    if 1 in (_width(one), _width(other)) and other[0] - one[1] <= 3:
        # A column by itself, next to another one: part of the table that fills the same rows.
        return len(rows[0] & rows[1]) < 0.5 * len(rows[0] | rows[1])
    here, there = ((min(each), max(each)) for each in rows)
    starts = [
        _start(masks, area, side, first) for side, (first, _) in ((one, here), (other, there))
    ]
    if starts[0] != starts[1]:
        return True
    if other[0] - one[1] > 2 and min(here[1] - here[0], there[1] - there[0]) >= 1:
        return True
    names = [
        {str(cell).strip().casefold() for cell in _texts(grid, start, side)}
        for start, side in zip(starts, (one, other), strict=True)
    ]
    if names[0] & names[1]:
        return True
    height = max(here[1], there[1]) - starts[0] + 1
    return abs(here[1] - there[1]) >= 2 and abs(here[1] - there[1]) > 0.1 * height


def _width(side: tuple[int, int]) -> int:
    return side[1] - side[0] + 1


def _rows(masks: Sequence[int], area: Area, side: tuple[int, int]) -> set[int]:
    window = ((1 << _width(side)) - 1) << side[0]
    return {row for row in range(area.top, area.bottom + 1) if masks[row] & window}


def _start(masks: Sequence[int], area: Area, side: tuple[int, int], first: int) -> int:
    """Return the row in which a side's table begins, below what may be a title."""
    if _width(side) == 1:
        return first
    window = ((1 << _width(side)) - 1) << side[0]
    for row in range(first, min(area.bottom, first + _LOOK_ROWS) + 1):
        if (masks[row] & window).bit_count() > 1:
            return row
    return first


def _texts(grid: Grid, row: int, side: tuple[int, int]) -> list[Any]:
    return [c for c in grid.rows[row][side[0] : side[1] + 1] if kind_of(c) == "text"]
