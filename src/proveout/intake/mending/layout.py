"""Where the tables of a text begin and end, and what stands around them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from proveout.intake.mending.columns import Profile, is_number, profiles_of
from proveout.intake.mending.cutting import Row
from proveout.intake.mending.headers import looks_like_names, names_most, says_header
from proveout.intake.mending.model import Note

_TOTAL = re.compile(
    r"(grand |sub)?[- ]?(total|sum|sums|summe|gesamt|gesamtsumme|zwischensumme|totaal|totale|"
    r"somme|suma)s?\b.{0,20}",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(\* ?\w|# \w|©|(source|notes?|remarks?|prepared by|printed|generated|exported|quelle|hinweis|"
    r"anmerkung|stand|fuente|nota|remarque)s?\b ?:?)",
    re.IGNORECASE,
)
_HALF_A_VOTE = 0.5
_MANY = 80
_NEAR = 6
"""As many rows tell how wide a table is that begins there."""


@dataclass(slots=True)
class Block:
    """The rows of one table, header included, as they were cut."""

    width: int
    rows: list[Row] = field(default_factory=list)
    before: list[Note] = field(default_factory=list)
    after: list[Note] = field(default_factory=list)


def blocks_of(rows: Sequence[Row]) -> list[Block]:
    """Find the tables in the rows of a text."""
    if width := _least_width(rows):
        block = Block(width=width, rows=list(rows))
        cut_footer(block)
        return [block]
    blocks: list[Block] = []
    start, n = 0, len(rows)
    while start < n:
        begin, width = _begin(rows, start)
        if begin is None:
            rest = [_note(row, "note") for row in rows[start:] if row.raw.strip()]
            if blocks:
                blocks[-1].after += rest
            elif rest:
                filled = [row for row in rows[start:] if row.raw.strip()]
                blocks.append(Block(width=_common_width(filled), rows=filled))
            break
        block = Block(width=width)
        notes = [_note(row, "title") for row in rows[start:begin] if row.raw.strip()]
        if blocks:
            blocks[-1].after += notes
        else:
            block.before = notes
        end = _end(rows, begin, width)
        block.rows = list(rows[begin:end])
        cut_footer(block)
        blocks.append(block)
        start = end
    return _without_keyed_titles(blocks)


def _common_width(rows: Sequence[Row]) -> int:
    """Return the width that at least half of the rows have; 1 where there is none."""
    width, count = Counter(row.width for row in rows).most_common(1)[0]
    return width if width > 1 and 2 * count >= len(rows) else 1


def _without_keyed_titles(blocks: list[Block]) -> list[Block]:
    """Take a few pairs of name and value, before a longer and wider table, as its titles."""
    if len(blocks) < 2:
        return blocks
    first, second = blocks[:2]
    is_small = first.width == 2 and len(first.rows) <= 15
    if not is_small or second.width < 4 or len(second.rows) < 2 * len(first.rows):
        return blocks
    names = [row.cells[0] for row in first.rows if row.cells and row.raw.strip()]
    body = profiles_of([row.cells for row in first.rows[1:] if row.width == 2 and row.cells], 2)
    if len(set(names)) < len(names) or 2 * len(body[1].runs) <= body[1].n_filled:
        return blocks
    titles = [_note(row, "title") for row in first.rows if row.raw.strip()]
    second.before = [*first.before, *titles, *first.after]
    return blocks[1:]


def _least_width(rows: Sequence[Row]) -> int:
    """Return the width of a header below which no row falls and which most rows exceed, each by
    another number: the delimiter stands within fields too. 0 where that is not so.
    """
    widths = Counter(row.width for row in rows if row.width > 1)
    n = sum(widths.values())
    if n < 4 or max(widths.values()) > 0.6 * n or len(widths) < 4 or not rows:
        return 0
    width = rows[0].width
    below = sum(count for each, count in widths.items() if each < width)
    named = width > 1 and rows[0].cells is not None and looks_like_names(rows[0].cells)
    return width if named and below <= 0.1 * n and widths[width] > 1 else 0


def _note(row: Row, kind: str) -> Note:
    text = row.raw if row.cells is None else "\t".join(filter(str.strip, row.cells)) or row.raw
    return Note(line=row.line, kind=kind, text=text)  # type: ignore[arg-type]


def _begin(rows: Sequence[Row], start: int) -> tuple[int | None, int]:
    """Find the first row of a table, and how wide the table is."""
    n = len(rows)
    for i in range(start, n):
        width = rows[i].width
        if width < 2 or rows[i].is_blank or rows[i].is_odd:
            continue
        near = [row for row in rows[i : i + 3 * _NEAR] if not row.is_blank][:_NEAR]
        widths = Counter(row.width for row in near if row.width > 1)
        common, count = widths.most_common(1)[0]
        if width == common and (count >= 0.5 * len(near) or len(near) == 1):
            if len(near) == 1 and i > start and _filled(rows[i]) < width:
                continue
            begin = _after_titles(rows, i, width)
            return _with_damaged_header(rows, start, begin, width), width
    return None, 1


def _after_titles(rows: Sequence[Row], begin: int, width: int) -> int:
    """Pass over rows with hardly a cell filled, before a row with most of them filled."""
    if width < 3 or _is_sparse(rows, begin, width):
        return begin
    i = begin
    for _ in range(20):
        if i + 1 >= len(rows):
            return begin
        filled = _filled(rows[i])
        if filled and 3 * filled > width and not (filled == 1 < width):
            return i if i == begin or rows[i].width == width else begin
        i += 1
        while i < len(rows) and rows[i].is_blank:
            i += 1
    return begin


def _is_sparse(rows: Sequence[Row], begin: int, width: int) -> bool:
    """Tell whether rows with one cell filled are common all over, and so are no titles."""
    near = [row for row in rows[begin : begin + _MANY] if row.width == width and not row.is_blank]
    below = near[len(near) // 2 :]
    return len(below) > 3 and sum(_filled(row) == 1 for row in below) > 0.1 * len(below)


def _filled(row: Row) -> int:
    return sum(1 for cell in row.cells or () if cell.strip())


def _with_damaged_header(rows: Sequence[Row], start: int, begin: int, width: int) -> int:
    """Take in the row right above, where it is a header that does not fit: names, not a title."""
    above = begin - 1
    if above < start or rows[above].is_blank:
        return begin
    if looks_like_names(rows[begin].cells or ()):
        after = [r.cells for r in rows[begin + 1 : begin + 40] if r.width == width and r.cells]
        if after and says_header(rows[begin].cells or (), profiles_of(after, width)) > 0:
            return begin
    row = rows[above]
    alike = abs(row.width - width) <= max(1, width // 4) and row.width > 1
    other = any(row.raw.count(sign) >= width - 1 for sign in ",;\t| ")
    if row.width == 1 and other:
        return above if _is_recut(row.raw, width) else begin
    return above if alike or row.cells is None else begin


def _is_recut(raw: str, width: int) -> bool:
    """Tell whether a line without the delimiter has as many parts as the table has columns."""
    import csv

    for sign in ";\t|, ":
        try:
            cells = next(csv.reader([raw], delimiter=sign, strict=True))
        except (csv.Error, StopIteration):
            continue
        if width <= len(cells) <= 2 * width and looks_like_names(cells):
            return True
    return False


def _is_row_recut(raw: str, body: Sequence[Profile]) -> bool:
    """Tell whether a line without the delimiter is a record cut by another one."""
    import csv

    formed = [i for i, profile in enumerate(body) if profile.has_form()]
    for sign in ";\t|, ":
        if raw.count(sign) < len(body) - 1:
            continue
        try:
            cells = next(csv.reader([raw], delimiter=sign, strict=True))
        except (csv.Error, StopIteration):
            continue
        lead = [i for i in formed if i < len(cells) and body[i].fits(cells[i])]
        if formed and (len(lead) == len(formed) or (len(lead) > 1 and lead == formed[: len(lead)])):
            return True
    return False


def _end(rows: Sequence[Row], begin: int, width: int) -> int:
    """Find the row after the last one of the table that begins here."""
    header = rows[begin].cells
    names = bool(header) and names_most(header or ())
    body: list[Profile] | None = None
    after_blank, only_names = False, True
    for i in range(begin + 1, len(rows)):
        row = rows[i]
        if row.is_blank:
            after_blank = after_blank or not row.raw.strip() or width > 1
            continue
        cells = row.cells
        if cells is None or row.width < 2:
            after_blank = after_blank and cells is not None
            continue
        only_names = only_names and cells == header
        if names and cells == header and not only_names:
            if not _recur(header, rows[begin + 1 : i]):
                return i
            names = False
        if (row.width != width or after_blank) and i + 1 < len(rows):
            if body is None:
                whole = [r.cells for r in rows[begin + 1 : i] if r.width == width and r.cells]
                body = profiles_of(whole[-200:], width) if whole else []
            if _starts_another(rows, i, width, header, body, after_blank=after_blank):
                return i
        after_blank = False
    return len(rows)


def _recur(header: Sequence[str], rows: Sequence[Row]) -> bool:
    """Tell whether a text of the first row is a value of its column too: the row is a record."""
    return any(
        name == cell and name.strip()
        for row in rows
        if row.width == len(header) and row.cells != header
        for name, cell in zip(header, row.cells or (), strict=True)
    )


def _starts_another(
    rows: Sequence[Row],
    i: int,
    width: int,
    header: Sequence[str] | None,
    body: Sequence[Profile],
    *,
    after_blank: bool,
) -> bool:
    """Tell whether a row is the header of a further table."""
    cells = rows[i].cells or []
    here = rows[i].width
    following = [row for row in rows[i + 1 : i + 1 + 3 * _NEAR] if not row.is_blank][:_NEAR]
    alike = [row.cells for row in following if row.width == here and row.cells]
    if not alike or len(alike) < 0.6 * len(following) or not looks_like_names(cells):
        return False
    if here == width:
        # After a blank line, names that are no record of the table above.
        fits = sum(1 for cell, column in zip(cells, body, strict=False) if column.fits(cell))
        named = sum(1 for cell in cells if any(map(str.isalpha, cell)))
        if not after_blank or 2 * fits >= width or 4 * named < 3 * width:
            return False
        return says_header(cells, profiles_of(alike, here)) > _HALF_A_VOTE
    if not after_blank and len(alike) < min(3, len(following)):
        return False
    if header and len(set(cells) & set(header)) * 2 >= min(len(cells), len(header)):
        return True
    return says_header(cells, profiles_of(alike, here)) > (0 if after_blank else 0.9)


def cut_footer(block: Block) -> None:
    """Set notes and totals below a table apart from its records."""
    rows, width = block.rows, block.width
    while rows and not rows[-1].raw.strip() and rows[-1].width != width:
        rows.pop()
    end = len(rows)
    for i in range(len(rows) - 1, max(len(rows) - 30, 1), -1):
        row = rows[i]
        if row.is_blank:
            continue
        if not _is_below(row, width, rows) and not _stands_apart(rows, i, width):
            break
        if row.width == 1 and width > 2:
            whole = [each.cells for each in rows[1:200] if each.width == width and each.cells]
            if whole and _is_row_recut(row.raw, profiles_of(whole, width)):
                break
        end = i
    if end < len(rows):
        block.after += [_note(row, _kind(row)) for row in rows[end:] if not row.is_blank]
        del rows[end:]


def _is_below(row: Row, width: int, rows: Sequence[Row]) -> bool:
    """Tell whether a row at the end is a note or a total, and no record."""
    if row.cells is None or width < 2:
        return False
    filled = [cell for cell in row.cells if cell.strip()]
    if row.width == 1 and width > 2:
        return any(sign.isspace() for sign in row.raw.strip()) or row.raw[:1] in "*#©-("
    if len(filled) == 1 and filled[0] == row.cells[0] and width > 2:
        usual = [_filled(each) for each in rows[1:20] if each.width == width]
        return bool(usual) and min(usual) > 1 and bool(_NOTE.match(filled[0].strip()))
    return bool(filled) and _is_total(row, filled, width, rows)


def _stands_apart(rows: Sequence[Row], i: int, width: int) -> bool:
    """Tell whether a short line at the end stands below a blank one, or is marked as a note."""
    row = rows[i]
    if row.cells is None:
        return False
    if row.width < width and row.raw[:1] in ("*", "#", "©"):
        return True
    if 3 * row.width > width:
        return False
    while i > 0 and not rows[i].is_blank and 3 * rows[i].width <= width:
        i -= 1
    return rows[i].is_blank and i > 1


def _is_total(row: Row, filled: Sequence[str], width: int, rows: Sequence[Row]) -> bool:
    cells = row.cells or []
    if len(cells) != width or not _TOTAL.fullmatch(filled[0].strip()) or len(filled) == width:
        return False
    usual = [_filled(each) for each in rows[1:40] if each.width == width and each is not row]
    return (
        bool(usual) and sorted(usual)[len(usual) // 2] > len(filled)
        and any(is_number(cell.strip("€$£ ")) for cell in filled[1:])
    )  # fmt: skip


def _kind(row: Row) -> str:
    filled = [cell for cell in row.cells or () if cell.strip()]
    is_total = bool(filled) and len(filled) > 1 and _TOTAL.fullmatch(filled[0].strip())
    return "total" if is_total else "note"
