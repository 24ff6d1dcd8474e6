"""Find the tables of a sheet, and what stands around them.

Pure: a grid in, tables out. Every cell that is filled belongs to the records of one table, or to
the margin of one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from proveout.intake.workbook.cells import as_text, is_blank, kind_of
from proveout.intake.workbook.grid import Area, Grid
from proveout.intake.workbook.layout import Layout, column_kinds, layout_of
from proveout.intake.workbook.regions import blocks, masks_of, runs_of
from proveout.intake.workbook.totals import total_rows
from proveout.intake.workbook.units import is_none

MarginKind = Literal["title", "note", "header", "units", "total", "other"]

_NOTE = re.compile(
    r"^\s*(?:[*†‡§#]|\(?[0-9a-z¹²³]{1,2}\)|[¹²³]|notes?\b|n\.?b\.?\b|source|sources|quelle|hinweis|anm|"
    r"fu(?:ß|ss)note|stand[: ]|remarks?\b|legend|bemerk|fonte|nota|nb\b|origen|fuente|bron\b|"
    r"printed|exported|generated|created|erstellt|as of|prepared|confidential|page \d)",
    re.IGNORECASE,
)


_GAP_ROWS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """A row, or part of one, beside the records."""

    row: int
    column: int
    """Of its first filled cell, from the grid's left."""
    kind: MarginKind
    cells: tuple[Any, ...]
    """The filled ones."""

    @property
    def text(self) -> str:
        """The cells, joined by tabs."""
        return "\t".join(map(as_text, self.cells))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a sheet; rows and columns are positions in its grid."""

    area: Area
    """From its header to its last record or total."""
    columns: tuple[int, ...]
    names: tuple[str, ...]
    """What the header says of each column; '' where it says nothing."""
    header: tuple[int, ...]
    """Its rows; empty where the table has none."""
    records: Sequence[int]
    units: dict[str, str] = field(default_factory=dict)
    """By name of the column."""
    margin: tuple[Margin, ...] = ()
    title: str | None = None

    @property
    def weight(self) -> int:
        """How many cells its records have."""
        return len(self.records) * len(self.columns)


@dataclass(slots=True)
class _Draft:
    """A table that may still grow downwards."""

    layout: Layout
    left: int
    right: int
    bottom: int
    rows: list[int]
    margin: list[tuple[int, int, int, MarginKind]] = field(default_factory=list)
    """Row, first and last column, kind."""


def find_tables(grid: Grid) -> list[Table]:
    """Return the tables of a sheet from top to bottom; one at least where it is not empty."""
    masks = masks_of(grid.rows)
    layouts = [layout_of(grid, area) for area in blocks(grid, masks)]
    if not layouts:
        return []
    drafts, loose = _drafts(grid, masks, layouts)
    _settle(grid, drafts, loose)
    return [_finished(grid, masks, draft) for draft in drafts]


def _drafts(
    grid: Grid, masks: Sequence[int], layouts: Sequence[Layout]
) -> tuple[list[_Draft], list[Area]]:
    drafts: list[_Draft] = []
    loose: list[Area] = []
    owners: list[_Draft | None] = []
    areas = [layout.area for layout in layouts]
    biggest = max(layouts, key=lambda each: each.area.height * each.area.width)
    for at, layout in enumerate(layouts):
        owner = _beside(drafts, layout.area)
        above = None if owner is not None else _above(drafts, layout.area)
        if owner is not None:
            _append(masks, owner, layout.area, layout.area.top)
        elif (
            above is not None
            and _continues(grid, above, layout)
            and _has_room(above, at, areas, owners, alone=_repeats(grid, above, layout))
        ):
            owner = above
            _go_on(grid, masks, above, layout)
        elif (
            layout is biggest
            or not _is_loose(grid, layout)
            or _is_header_of(grid, layout, layouts[at + 1 :])
        ):
            owner = _begun(masks, layout)
            drafts.append(owner)
        else:
            loose.append(layout.area)
        owners.append(owner)
    return drafts, loose


def _beside(drafts: Sequence[_Draft], area: Area) -> _Draft | None:
    """Return the table whose records go on in the same rows as an area, in its columns."""
    for draft in drafts:
        if draft.left <= area.left and area.right <= draft.right and draft.rows:
            at = bisect_left(draft.rows, area.top)
            if at < len(draft.rows) and draft.rows[at] <= area.bottom:
                return draft
    return None


def _has_room(
    above: _Draft,
    at: int,
    areas: Sequence[Area],
    owners: Sequence[_Draft | None],
    *,
    alone: bool,
) -> bool:
    """Tell whether no other block would then stand in the rows that a table goes on in."""
    here = areas[at]
    for other, area in enumerate(areas):
        if other == at or area.bottom < here.top or area.top > here.bottom:
            continue
        if area.right < above.left or area.left > above.right:
            continue
        if alone or area.left < above.left or area.right > above.right:
            return False
        if other < at and owners[other] is not above:
            return False
    return True


def _is_header_of(grid: Grid, layout: Layout, below: Sequence[Layout]) -> bool:
    """Tell whether a row by itself is the header of records below a blank row."""
    area = layout.area
    cells = [cell for cell in grid.rows[area.bottom][area.left : area.right + 1] if cell != ""]
    if not layout.header or layout.body <= area.bottom or len(cells) < 2:
        return False
    if any(isinstance(cell, str) and cell.rstrip().endswith(":") for cell in cells):
        return False
    near = (
        each
        for each in below
        if 0 < each.area.top - area.bottom <= _GAP_ROWS
        and each.area.left >= area.left
        and each.area.right <= area.right
    )
    first = next(near, None)
    return first is not None and not first.sure and first.area.width * 2 > area.width


def _begun(masks: Sequence[int], layout: Layout) -> _Draft:
    area = layout.area
    draft = _Draft(
        layout=layout, left=area.left, right=area.right, bottom=area.bottom,
        rows=_filled(masks, area, layout.body),
    )  # fmt: skip
    draft.margin += [(row, area.left, area.right, "title") for row in layout.titles]
    return draft


def _filled(masks: Sequence[int], area: Area, top: int) -> list[int]:
    window = ((1 << area.width) - 1) << area.left
    return [row for row in range(top, area.bottom + 1) if masks[row] & window]


def _above(drafts: Sequence[_Draft], area: Area) -> _Draft | None:
    """Return the lowest table above an area that shares columns with it."""
    over = [d for d in drafts if d.left <= area.right and d.right >= area.left]
    over = [d for d in over if d.bottom < area.top]
    return max(over, key=lambda draft: draft.bottom, default=None)


def _continues(grid: Grid, above: _Draft, below: Layout) -> bool:  # noqa: PLR0911 - rules
    """Tell whether a block goes on with the table above it, over a blank row."""
    area = below.area
    if area.left < above.left or area.right > above.right:
        return False
    if _repeats(grid, above, below):
        return not below.titles
    if not above.rows:
        # So far a header alone: its records stand below the blank row.
        return not below.sure and area.width * 2 > above.right - above.left + 1
    if below.sure:
        return False
    kinds = _kinds_of(grid, above)
    rows = [grid.rows[r][above.left : above.right + 1] for r in _span(area)]
    if area.height == 1:
        first = rows[0]
        filled = [at for at, cell in enumerate(first) if not is_blank(cell)]
        if len(filled) == 1 and len(kinds) > 1 and kind_of(first[filled[0]]) == "text":
            return False
    here = column_kinds(rows, above.right - above.left + 1)
    pairs = [(one, other) for one, other in zip(kinds, here, strict=True) if one and other]
    if not pairs or sum(one == other for one, other in pairs) < 0.6 * len(pairs):
        return False
    all_text = all(one == "text" for one, _ in pairs)
    if not all_text or area.height == 1:
        return True
    return area.left == above.left and area.right == above.right


def _span(area: Area) -> range:
    step = max(1, area.height // 120)
    return range(area.top, area.bottom + 1, step)


def _kinds_of(grid: Grid, draft: _Draft) -> list[Any]:
    step = max(1, len(draft.rows) // 120)
    rows = [grid.rows[row][draft.left : draft.right + 1] for row in draft.rows[::step]]
    return column_kinds(rows, draft.right - draft.left + 1)


def _repeats(grid: Grid, above: _Draft, below: Layout) -> bool:
    """Tell whether a block begins with the header of the table above, as printed pages do."""
    header = above.layout.header
    if not header or not below.header or len(header) != len(below.header):
        return False
    return all(
        grid.rows[one][above.left : above.right + 1]
        == grid.rows[other][above.left : above.right + 1]
        for one, other in zip(header, below.header, strict=True)
    )


def _go_on(grid: Grid, masks: Sequence[int], above: _Draft, below: Layout) -> None:
    start = below.area.top
    if _repeats(grid, above, below):
        for row in below.header:
            above.margin.append((row, below.area.left, below.area.right, "header"))
        if below.units is not None:
            above.margin.append((below.units, below.area.left, below.area.right, "units"))
        start = below.body
    _append(masks, above, below.area, start)


def _append(masks: Sequence[int], above: _Draft, area: Area, start: int) -> None:
    rows = _filled(masks, area, start)
    first = rows[0] if rows else 0
    if above.rows and first <= above.rows[-1]:
        rows = sorted({*above.rows, *rows})
        above.rows = rows
    else:
        above.rows += rows
    above.bottom = max(above.bottom, area.bottom)


def _is_loose(grid: Grid, layout: Layout) -> bool:
    """Tell a text beside the tables from a table: single cells, or a few in one or two columns."""
    area = layout.area
    if area.height == 1:
        return True
    rows = [row[area.left : area.right + 1] for row in grid.rows[area.top : area.bottom + 1]]
    named = [row for row in rows if isinstance(row[0], str) and row[0].rstrip().endswith(":")]
    if area.width <= 4 and area.height <= 20 and len(named) * 2 > area.height:
        return True
    if layout.sure:
        return False
    texts = [row for row in rows if kind_of(row[0]) == "text"]
    return area.width == 1 and area.height <= 8 and len(texts) == area.height


def _settle(grid: Grid, drafts: list[_Draft], loose: Sequence[Area]) -> None:
    """Give each loose text to a table: as title of the one below, or note of the one above."""
    for area in loose:
        kind, draft = _home(grid, drafts, area)
        for row in range(area.top, area.bottom + 1):
            draft.margin.append((row, area.left, area.right, kind))


def _home(grid: Grid, drafts: Sequence[_Draft], area: Area) -> tuple[MarginKind, _Draft]:
    over = [d for d in drafts if d.bottom < area.top]
    under = [d for d in drafts if d.layout.area.top > area.bottom]
    shares = [d for d in under if d.left <= area.right and d.right >= area.left]
    first = next(
        (c for r in grid.rows[area.top : area.bottom + 1] for c in r[area.left :] if c), ""
    )
    is_note = isinstance(first, str) and _NOTE.match(first) is not None
    if shares and not (is_note and over):
        return ("note" if is_note else "title"), min(shares, key=lambda d: d.layout.area.top)
    if over:
        return "note", max(over, key=lambda d: d.bottom)
    if under:
        return ("note" if is_note else "title"), under[0]
    return "note", drafts[0]


def _finished(grid: Grid, masks: Sequence[int], draft: _Draft) -> Table:
    layout = draft.layout
    union = 0
    window = ((1 << (draft.right - draft.left + 1)) - 1) << draft.left
    named = [*layout.header, *([] if layout.units is None else [layout.units])]
    for row in (*named, *draft.rows):
        union |= masks[row] & window
    columns = tuple(at for first, last in runs_of(union) for at in range(first, last + 1))
    draft = _without_repeats(grid, draft, columns)
    draft = _without_notes(grid, draft, columns)
    rows = [(row, grid.rows[row]) for row in draft.rows]
    totals = list(total_rows(rows, columns)) if rows else []
    left_out = set(totals)
    header = _names(grid, layout, columns)
    units = _units(grid, layout, columns, header)
    margin = [*draft.margin, *((row, draft.left, draft.right, "total") for row in totals)]
    if layout.units is not None:
        margin.append((layout.units, draft.left, draft.right, "units"))
    records = [row for row in draft.rows if row not in left_out] if left_out else draft.rows
    written = tuple(each for line in sorted(set(margin)) for each in _written(grid, masks, line))
    titles = [each.text for each in written if each.kind == "title"]
    top = layout.header[0] if layout.header else layout.body
    last = max([*draft.rows[-1:], *totals[-1:], *named, top])
    return Table(
        area=Area(top=top, left=columns[0] + grid.left, bottom=last, right=columns[-1] + grid.left),
        columns=columns,
        names=header,
        header=layout.header,
        records=records,
        units=units,
        margin=written,
        title=titles[-1] if titles else None,
    )


def _without_repeats(grid: Grid, draft: _Draft, columns: Sequence[int]) -> _Draft:
    """Take out rows that are the header again, in the midst of the records."""
    if len(draft.layout.header) != 1 or len(columns) < 2:
        return draft
    header = grid.rows[draft.layout.header[0]]
    first = header[columns[0]]
    wanted = [header[c] for c in columns]
    again = {
        row
        for row in draft.rows
        if grid.rows[row][columns[0]] == first and [grid.rows[row][c] for c in columns] == wanted
    }
    if again:
        draft.margin += [(row, draft.left, draft.right, "header") for row in again]
        draft.rows = [row for row in draft.rows if row not in again]
    return draft


def _without_notes(grid: Grid, draft: _Draft, columns: Sequence[int]) -> _Draft:
    """Take out the texts below the records, and headings merged over the whole width."""
    if len(columns) < 2 or not draft.rows:
        return draft
    wide = {
        m.top for m in grid.merges
        if m.height == 1 and m.left <= columns[0] + 1 and m.width >= 0.8 * len(columns) > 1
    }  # fmt: skip
    headings = {row for row in wide & set(draft.rows) if _only_text(grid, row, columns)}
    kinds = _kinds_of(grid, draft)
    notes: set[int] = set()
    for row in reversed(draft.rows):
        if row in headings or _is_note(grid, draft, row, columns, kinds):
            notes.add(row)
        else:
            break
    if headings or notes:
        draft.margin += [
            (row, draft.left, draft.right, "note" if row in notes else "other")
            for row in headings | notes
        ]
        draft.rows = [row for row in draft.rows if row not in headings and row not in notes]
    return draft


def _only_text(grid: Grid, row: int, columns: Sequence[int]) -> str | None:
    filled = [grid.rows[row][c] for c in columns if not is_blank(grid.rows[row][c])]
    return str(filled[0]) if len(filled) == 1 and kind_of(filled[0]) == "text" else None


def _is_note(
    grid: Grid, draft: _Draft, row: int, columns: Sequence[int], kinds: Sequence[Any]
) -> bool:
    """Tell whether a last row is a remark: one text, that is unlike the column it stands in."""
    text = _only_text(grid, row, columns)
    if text is None:
        return False
    at = next(c for c in columns if not is_blank(grid.rows[row][c]))
    if _NOTE.match(text) or kinds[at - draft.left] not in ("text", None):
        return True
    others = [grid.rows[r][at] for r in draft.rows[:50] if r != row]
    longest = max((len(c) for c in others if isinstance(c, str)), default=0)
    return len(text) > 1.5 * longest and len(text) > 20


def _names(grid: Grid, layout: Layout, columns: Sequence[int]) -> tuple[str, ...]:
    """Join the header's rows with a blank; merged cells name all columns they lie over."""
    rows = [_spread(grid, layout, row, columns) for row in layout.header]
    names: list[str] = []
    for at in range(len(columns)):
        parts: list[str] = []
        for row in rows:
            text = " ".join(as_text(row[at]).split())
            if text and (not parts or parts[-1] != text):
                parts.append(text)
        names.append(" ".join(parts))
    return tuple(names)


def _spread(grid: Grid, layout: Layout, row: int, columns: Sequence[int]) -> list[Any]:
    """Return a header row with its merged cells, and the names of groups, written out."""
    cells = [grid.rows[row][c] for c in columns]
    merged = [m for m in grid.merges if m.top <= row <= m.bottom and m.width > 1]
    for merge in merged:
        for at, column in enumerate(columns):
            if merge.left <= column <= merge.right and is_blank(cells[at]):
                cells[at] = grid.rows[merge.top][merge.left] if merge.top == row else ""
    at_row = layout.header.index(row)
    if merged or at_row == len(layout.header) - 1:
        return cells
    below = grid.rows[layout.header[at_row + 1]]
    for at in range(1, len(cells)):
        goes_on = not is_blank(below[columns[at]]) and not is_blank(below[columns[at - 1]])
        if is_blank(cells[at]) and not is_blank(cells[at - 1]) and goes_on:
            cells[at] = cells[at - 1]
    return cells


def _units(
    grid: Grid, layout: Layout, columns: Sequence[int], names: Sequence[str]
) -> dict[str, str]:
    if layout.units is None:
        return {}
    cells = ((name, grid.rows[layout.units][c]) for name, c in zip(names, columns, strict=True))
    told = ((name, as_text(cell).strip()) for name, cell in cells if not is_blank(cell))
    return {name: unit.strip("[]()<>{} ") for name, unit in told if not is_none(unit)}


def _written(
    grid: Grid, masks: Sequence[int], line: tuple[int, int, int, MarginKind]
) -> Iterable[Margin]:
    row, left, right, kind = line
    filled = [c for c in range(left, right + 1) if masks[row] >> c & 1]
    if filled:
        cells = tuple(grid.rows[row][c] for c in filled)
        yield Margin(row=row, column=filled[0], kind=kind, cells=cells)


def moved(table: Table, title: str | None) -> Table:
    """Return a table under another title."""
    return replace(table, title=title)
