"""Tables that are drawn: each cell is a box of rules or shade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from proveout.intake.pdf.found import Aside, Found, Row
from proveout.intake.pdf.lines import lines_of, text_of
from proveout.intake.pdf.page import Box, Page, Word, around
from proveout.intake.pdf.rows import rows_of

_SAME_RULE = 2.0
"""Rules nearer than this, in points, are one: the two sides of a thick one."""


@dataclass(frozen=True, slots=True)
class _Cell:
    box: Box
    row: int
    column: int
    below: int
    """The row after its last one."""
    right: int
    """The column after its last one."""


def ruled_table(
    page: Page, grid: Sequence[Box], free: Sequence[Word]
) -> tuple[Found, list[Word]] | None:
    """Read one drawn table; return it and the words it took. None where it is a mere frame."""
    words = [word for word in free if any(cell.holds(word.box) for cell in grid)]
    if not words:
        return None
    cells, columns = _placed(grid, words)
    n_columns = len(columns)
    n_rows = max((cell.below for cell in cells), default=0)
    if n_columns < 2 or n_rows < 2:
        return None
    taken: list[Word] = []
    held: dict[_Cell, list[Word]] = {}
    for word in words:
        cell = next((cell for cell in cells if cell.box.holds(word.box)), None)
        if cell is not None:
            held.setdefault(cell, []).append(word)
            taken.append(word)
    rows: list[Row] = []
    asides: list[Aside] = []
    for index in range(n_rows):
        band = {c: w for c, w in held.items() if c.row == index}
        reaching = {c: w for c, w in held.items() if c.row < index < c.below}
        if not band:
            continue
        if len(band) == 1 and not reaching and _spans_all(next(iter(band)), n_columns):
            asides += _as_lines(page, next(iter(band.values())))
        elif several := _several(page, band, columns):
            rows += several.rows
            asides += several.asides
        else:
            rows.append(_row(page, band, reaching, n_columns))
    if not rows:
        return None
    found = Found(
        page=page.number,
        box=around(grid),
        columns=columns,
        rows=_headings_over_all(rows, cells),
        ruled=True,
        asides=tuple(asides),
    )
    return found, taken


def _placed(
    grid: Sequence[Box], words: Sequence[Word]
) -> tuple[list[_Cell], tuple[tuple[float, float], ...]]:
    """Give each cell its row and column; rows and columns without any word are no such."""
    full = [cell for cell in grid if any(cell.holds(word.box) for word in words)]
    xs = _marks([x for cell in grid for x in (cell.x0, cell.x1)])
    ys = _marks([y for cell in grid for y in (cell.top, cell.bottom)])
    narrow = [cell for cell in full if not _is_wide(cell, xs)]
    used_x = [
        (a, b) for a, b in pairwise(xs) if any(c.x0 < (a + b) / 2 < c.x1 for c in narrow)
    ] or list(pairwise(xs))
    used_y = [(a, b) for a, b in pairwise(ys) if any(c.top < (a + b) / 2 < c.bottom for c in full)]
    placed: list[_Cell] = []
    for cell in full:
        over = [i for i, (a, b) in enumerate(used_x) if cell.x0 < (a + b) / 2 < cell.x1]
        beside = [i for i, (a, b) in enumerate(used_y) if cell.top < (a + b) / 2 < cell.bottom]
        if over and beside:
            placed.append(_Cell(cell, beside[0], over[0], beside[-1] + 1, over[-1] + 1))
    return placed, tuple(used_x)


def _is_wide(cell: Box, xs: Sequence[float]) -> bool:
    return sum(cell.x0 < (a + b) / 2 < cell.x1 for a, b in pairwise(xs)) > 1


def _marks(values: Sequence[float]) -> list[float]:
    marks: list[float] = []
    for value in sorted(values):
        if not marks or value - marks[-1] > _SAME_RULE:
            marks.append(value)
    return marks


def _spans_all(cell: _Cell, n_columns: int) -> bool:
    return cell.column == 0 and cell.right == n_columns


def _as_lines(page: Page, words: Sequence[Word]) -> list[Aside]:
    return [
        Aside(page=page.number, box=line.box, text=line.text)
        for line in lines_of(words, space=page.space)
    ]


def _text(page: Page, words: Sequence[Word]) -> str:
    lines = lines_of(words, space=page.space)
    return text_of([word for line in lines for word in line.words])


def _several(
    page: Page, band: dict[_Cell, list[Word]], columns: tuple[tuple[float, float], ...]
) -> Found | None:
    """Part a band that holds several rows: a table with rules between its columns only."""
    words = [word for held in band.values() for word in held]
    lines = lines_of(words, space=page.space)
    if len(lines) < 3:
        return None
    across = sum(
        sum(any(cell.box.holds(word.box) for word in line.words) for cell in band) > 1
        for line in lines
    )
    if across < 0.6 * len(lines) or across < 3:
        return None
    rows, asides = rows_of(page.number, lines, columns)
    return Found(
        page=page.number, box=around(w.box for w in words), columns=columns, rows=tuple(rows),
        ruled=True, asides=tuple(asides),
    )  # fmt: skip


def _row(
    page: Page,
    band: dict[_Cell, list[Word]],
    reaching: dict[_Cell, list[Word]],
    n_columns: int,
) -> Row:
    held: list[list[Word]] = [[] for _ in range(n_columns)]
    own = {cell.column for cell in band}
    filled = {cell.column for cell in reaching} - own
    # Of a damaged drawing several cells may claim one place: no word is lost by it.
    for cell, words in [*reaching.items(), *band.items()]:
        if cell in band or cell.column in filled:
            held[cell.column] += words
    return Row(
        page=page.number,
        box=around(cell.box for cell in band),
        cells=tuple(_text(page, words) for words in held),
        boxes=tuple(around(word.box for word in words) if words else None for words in held),
        filled=tuple(sorted(filled)),
    )


def _headings_over_all(rows: list[Row], cells: Sequence[_Cell]) -> tuple[Row, ...]:
    """Write a heading that reaches over several columns above each of them."""
    wide = [cell for cell in cells if cell.right - cell.column > 1]
    changed: list[Row] = []
    for position, row in enumerate(rows):
        own = [c for c in wide if c.box.top - 1 <= row.box.level <= c.box.bottom + 1]
        if not own or len(changed) < position or position > 2:
            break
        texts, boxes = list(row.cells), list(row.boxes)
        for cell in own:
            for column in range(cell.column + 1, cell.right):
                texts[column] = texts[column] or texts[cell.column]
                boxes[column] = boxes[column] or boxes[cell.column]
        changed.append(Row(row.page, row.box, tuple(texts), tuple(boxes), row.filled))
    return (*changed, *rows[len(changed) :])
