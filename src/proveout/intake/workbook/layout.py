"""One block of cells: which of its rows are title, header, units and records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from proveout.intake.workbook.cells import Kind, as_text, is_blank, kind_of
from proveout.intake.workbook.grid import Area, Grid
from proveout.intake.workbook.units import is_unit

_LOOK_ROWS = 40
"""A header stands in the first so many rows of its block."""
_SAMPLE_ROWS, _FEWEST_ROWS = 120, 8
_SAMPLE_CELLS = 50_000
_HEADER_ROWS = 4
_MOSTLY = 0.8
_FULL = 0.6
"""Share of the usual number of filled cells that makes a row a row of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The rows of a block, by what they are; positions are rows of the sheet."""

    area: Area
    titles: tuple[int, ...]
    header: tuple[int, ...]
    """Empty where the block begins with records."""
    units: int | None
    body: int
    """The first row that may be a record; below the block where there is none."""
    sure: bool
    """The header differs in kind from what stands below it."""


class _View:
    """The cells of a block; what is asked again and again is worked out once."""

    def __init__(self, grid: Grid, area: Area) -> None:
        self.grid = grid
        self.area = area
        self._bodies: dict[int, list[Kind | None]] = {}
        self._fills: dict[int, int] = {}

    def row(self, row: int) -> list[Any]:
        return self.grid.rows[row][self.area.left : self.area.right + 1]

    def kinds(self, row: int) -> list[Kind]:
        return [kind_of(cell) for cell in self.row(row)]

    def filled(self, row: int) -> int:
        if row not in self._fills:
            self._fills[row] = sum(cell != "" and not is_blank(cell) for cell in self.row(row))
        return self._fills[row]

    def body(self, start: int) -> list[Kind | None]:
        """Return the kind of each column from a row on, by a sample of the rows."""
        if start not in self._bodies:
            rows = [self.row(row) for row in self.sample(start)]
            self._bodies[start] = column_kinds(rows, self.area.width)
        return self._bodies[start]

    def sample(self, start: int) -> range:
        """Return rows spread over the block, fewer where it is wide."""
        most = max(_FEWEST_ROWS, min(_SAMPLE_ROWS, _SAMPLE_CELLS // self.area.width))
        stop = self.area.bottom + 1
        return range(start, stop, max(1, -(-(stop - start) // most)))


def layout_of(grid: Grid, area: Area) -> Layout:
    """Find header, titles and units of a block, by fill, by kind and by merged cells."""
    view = _View(grid, area)
    usual = _usual_fill(view)
    last = min(area.bottom, area.top + _LOOK_ROWS)
    full = next(
        (r for r in range(area.top, last + 1) if view.filled(r) >= max(_FULL * usual, 1)), area.top
    )
    upper = _upper_rows(view, full)
    header_like = _may_be_header(view, full)
    below = _below(view, full, upper) if header_like or upper else full
    if not header_like and not upper:
        titles = tuple(range(area.top, full))
        return Layout(area=area, titles=titles, header=(), units=None, body=full, sure=False)
    header = [*upper, *range(full, below)] if header_like else [*upper]
    first = header[0]
    units = None
    if len(header) > 1 and _is_units(view, header[-1]):
        units = header.pop()
    body = below if header_like else full
    sure = len(header) > 1 or units is not None or _differs(view, full, body)
    return Layout(
        area=area,
        titles=tuple(range(area.top, first)),
        header=tuple(header),
        units=units,
        body=body,
        sure=sure and body <= area.bottom,
    )


def _usual_fill(view: _View) -> float:
    fills = sorted(view.filled(row) for row in view.sample(view.area.top))
    # Of few rows the upper middle: a block of a title and a header has the width of the header.
    return fills[-1] if len(fills) <= 3 else fills[int(0.6 * (len(fills) - 1))]


def column_kinds(view_rows: Sequence[Sequence[Any]], width: int) -> list[Kind | None]:
    """Return the kind that most cells of each column have; None where all are blank."""
    counts: list[Counter[Kind]] = [Counter() for _ in range(width)]
    for row in view_rows:
        for cell, counted in zip(row, counts, strict=True):
            kind = kind_of(cell)
            if kind not in ("blank", "error"):
                counted[kind] += 1
    return [counted.most_common(1)[0][0] if counted else None for counted in counts]


def _may_be_header(view: _View, row: int) -> bool:
    """Tell whether a row is of names: of text, years, or days in sequence."""
    cells = [cell for cell in view.row(row) if not is_blank(cell)]
    kinds = [kind_of(cell) for cell in cells]
    if "error" in kinds or "boolean" in kinds:
        return False
    others = [c for c, kind in zip(cells, kinds, strict=True) if kind != "text"]
    if not others:
        return True
    below = view.body(row + 1)
    if not any(below):
        # Nothing stands below it: a row of names, unless it is figures through and through.
        return "text" in kinds
    if len(others) < len(cells) and _is_sequence(others):
        return True
    of_text = [
        kind_of(cell) != "text" and other == "text"
        for cell, other in zip(view.row(row), below, strict=True)
        if not is_blank(cell)
    ]
    mixed = kinds.count("text") / len(kinds)
    agrees = sum(
        kind_of(cell) == other
        for cell, other in zip(view.row(row), below, strict=True)
        if not is_blank(cell)
    )
    return mixed >= 0.5 and agrees <= len(kinds) / 2 and not all(of_text)


def _is_sequence(cells: Sequence[Any]) -> bool:
    """Tell whether cells are 2021, 2022, 2023; 1, 2, 3; or dates that go up."""
    if len(cells) < 2:
        return len(cells) == 1 and _is_year(cells[0])
    if all(kind_of(c) == "moment" for c in cells):
        return all(str(a) < str(b) for a, b in pairwise(cells))
    try:
        numbers = [float(c) for c in cells]
    except (TypeError, ValueError):
        return False
    steps = {b - a for a, b in pairwise(numbers)}
    return steps in ({1.0}, {-1.0}) or (all(_is_year(n) for n in numbers) and 0.0 not in steps)


def _is_year(cell: Any) -> bool:
    try:
        number = float(cell)
    except (TypeError, ValueError):
        return False
    return number.is_integer() and 1900 <= number <= 2100


def _upper_rows(view: _View, full: int) -> list[int]:
    """Return the rows right above a full one that are header too: group names, not titles."""
    rows: list[int] = []
    for row in range(full - 1, max(view.area.top, full - _HEADER_ROWS) - 1, -1):
        if not _names_groups(view, row):
            break
        rows.insert(0, row)
    return rows


def _names_groups(view: _View, row: int) -> bool:
    area = view.area
    merged = [m for m in view.grid.merges if m.top <= row <= m.bottom and m.right >= area.left]
    merged = [m for m in merged if m.left <= area.right]
    if any(m.width >= 0.9 * area.width and m.width > 1 for m in merged):
        return False
    if any(m.width > 1 or m.bottom > row for m in merged):
        return True
    filled = [at for at, cell in enumerate(view.row(row)) if not is_blank(cell)]
    if len(filled) < 2 or any(k not in ("text", "number", "blank") for k in view.kinds(row)):
        return False
    below = view.row(row + 1)
    if is_blank(view.row(row)[0]):
        return filled[1] - filled[0] > 1 and not is_blank(below[filled[0]])
    # The first cell names a column: nothing stands below it.
    return is_blank(below[0]) and any(not is_blank(below[at]) for at in filled[1:])


def _below(view: _View, full: int, upper: Sequence[int]) -> int:
    """Return the first row after a header's last one."""
    row = full + 1
    while row <= view.area.bottom and row - full + len(upper) < _HEADER_ROWS:
        if not _is_lower(view, row, full):
            break
        row += 1
    return row


def _is_lower(view: _View, row: int, full: int) -> bool:
    """Tell whether a row is header as well: of text, over columns of something else."""
    kinds = view.kinds(row)
    texts = [at for at, kind in enumerate(kinds) if kind == "text"]
    if not texts or any(kind not in ("text", "blank") for kind in kinds):
        return False
    if row == view.area.bottom:
        return False
    area = view.area
    reaching = [m for m in view.grid.merges if m.top <= full < m.bottom == row]
    reaching = [m for m in reaching if area.left <= m.left <= area.right]
    if reaching and len(texts) + len(reaching) >= _FULL * area.width:
        return True
    body = view.body(row + 1)
    against = sum(body[at] in ("number", "moment", "boolean") for at in texts)
    figures = sum(kind in ("number", "moment", "boolean") for kind in body)
    if against * 2 > len(texts) or (against >= 2 and against >= _MOSTLY * figures):
        return True
    if against and _is_units(view, row):
        return True
    above = view.row(full)
    spans = any(m.top == full and m.width > 1 for m in view.grid.merges)
    return (
        bool(against)
        and spans
        and all(not is_blank(view.row(row)[at]) for at in texts)
        and any(is_blank(above[at]) for at in texts)
    )


def _is_units(view: _View, row: int) -> bool:
    cells = [as_text(cell).strip() for cell in view.row(row) if not is_blank(cell)]
    return bool(cells) and sum(map(is_unit, cells)) >= max(1, 0.6 * len(cells))


def _differs(view: _View, full: int, body: int) -> bool:
    """Tell whether at least one column holds another kind below than in its name."""
    if body > view.area.bottom:
        return False
    below = view.body(body)
    names = view.kinds(full)
    return any(
        name == "text" and kind in ("number", "moment", "boolean")
        for name, kind in zip(names, below, strict=True)
    ) or any(name not in {"text", "blank", kind} for name, kind in zip(names, below, strict=True))
