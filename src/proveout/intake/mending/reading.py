"""Read a broken text: its dialect, its rows, its tables, and each row that does not fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import inf

from proveout.intake.mending.alignment import Alignment, align
from proveout.intake.mending.columns import MANY_ROWS, Profile, profiles_of
from proveout.intake.mending.cutting import GARBLED, Cutter, Row, rows_of, split_lines
from proveout.intake.mending.dialect import declared_delimiter, find_dialect
from proveout.intake.mending.headers import align_header, joined_header, n_header_rows
from proveout.intake.mending.layout import Block, blocks_of
from proveout.intake.mending.model import Fault, MendedTable, Mending, Note, TextDialect

_LEAST_ROWS = 4
"""Fewer sound rows do not tell what their columns look like."""
CERTAIN = 0.7
"""A repair less likely than this, among all that are possible, is not made."""


def read_text(text: str, *, delimiter: str | None = None, certain: float = CERTAIN) -> Mending:
    """Read all tables of a text; `delimiter` where it is known.

    Every row is in a table, a reject or a note; a repair names its row as it stood. Never raises
    on any text.
    """
    lines, ends = split_lines(text.removeprefix("\ufeff"))
    first = 0
    if lines and (declared := declared_delimiter(lines[0])):
        delimiter, first = delimiter or declared, 1
    newlines = tuple(
        name for name, end in (("LF", "\n"), ("CRLF", "\r\n"), ("CR", "\r")) if end in set(ends)
    )
    if not any(map(str.strip, lines[first:])):
        return Mending(
            dialect=TextDialect(delimiter=delimiter or ","), tables=(), newlines=newlines
        )
    dialect = find_dialect(lines[first:], delimiter=delimiter)
    cutter = Cutter(dialect)
    cut = cutter.cut_each(lines[first:])
    width = _width_of_most(lines[first:], cut, cutter)
    rows = list(rows_of(lines[first:], ends[first:], cutter, width, already=cut))
    is_garbled = not text.isascii() and bool(GARBLED.search(text))
    for row in rows:
        row.line += first
        row.is_garbled = is_garbled and bool(GARBLED.search(row.raw))
    tables = tuple(_table(block, cutter, certain) for block in blocks_of(rows))
    return Mending(dialect=dialect, tables=tables, newlines=newlines)


def _width_of_most(lines: Sequence[str], cut: Sequence[list[str] | None], cutter: Cutter) -> int:
    """Return how many fields most rows have; 0 where few are alike.

    Where fields go over several lines, lines tell less than rows that are sound.
    """
    if None in cut and (whole := cutter.cut_all(lines)) is not None:
        return _usual_width([cells for cells in whole if cells])
    return _usual_width(cut)


def _usual_width(cut: Sequence[list[str] | None]) -> int:
    """Return how many fields most lines have that stand for themselves; 0 where few do."""
    widths = Counter([len(cells) for cells in cut if cells is not None and len(cells) > 1])
    if not widths:
        return 0
    width, count = widths.most_common(1)[0]
    return width if 2 * count > sum(widths.values()) else 0


def _table(block: Block, cutter: Cutter, certain: float) -> MendedTable:
    rows, width = block.rows, block.width
    if width == 1:
        return _one_column(block)
    sound = [row.cells for row in rows if row.width == width and not row.is_odd and row.cells]
    copies = next((i for i, cells in enumerate(sound) if cells != sound[0]), len(sound))
    if not (rows[0].width == width and not rows[0].is_odd):  # what may be the header is damaged
        copies = 0
    body = profiles_of(sound[max(5, copies) :] if len(sound) > 10 else sound[copies:], width)
    repairs: list[Fault] = []
    n_header, header_cells = _header(rows, sound[1 if copies else 0 :], body, cutter, repairs)
    table: list[list[str]] = []
    mender: Mender | None = None
    for row in rows[n_header:]:
        if not row.raw.strip() and row.width != width:
            continue
        is_sound = len(row.cells or ()) == width and not (row.is_odd or row.is_garbled)
        if row.cells is not None and is_sound:
            table.append(row.cells)
            continue
        if mender is None:
            rest = sound[max(copies, n_header) if copies else 0 :] or sound
            profiles = profiles_of(rest, width, most=MANY_ROWS)
            usual = Usual(rest, profiles)
            mender = Mender(cutter=cutter, profiles=profiles, usual=usual, certain=certain)
        mended = mender.mend(row)
        if mended is not None:
            table.append(mended)
    if mender is not None:
        repairs += mender.repairs
    header = tuple(map(_shown, joined_header(header_cells))) if header_cells else None
    mended_table = MendedTable(
        header=header,
        width=width,
        header_line=rows[0].line if header else None,
        header_rows=n_header,
        rows=table,
        repairs=tuple(repairs),
        rejects=tuple(mender.rejects) if mender else (),
        notes=(*block.before, *block.after),
    )
    return _without_trailing(mended_table)


def _header(
    rows: list[Row],
    rest: Sequence[list[str]],
    body: Sequence[Profile],
    cutter: Cutter,
    repairs: list[Fault],
) -> tuple[int, list[Sequence[str]]]:
    """Take the header rows from the top; a damaged one is put right."""
    width = len(body)
    top: list[Sequence[str]] = []
    faults: list[Fault] = []
    for row in rows[:6]:
        if row.width == width and not row.is_odd and row.cells is not None:
            top.append(row.cells)
            continue
        if top and row.is_blank:
            break
        found = align_header(row.raw, row.cells, body, cutter) if not top else None
        if found is None:
            break
        top.append(found.chosen.cells)
        faults.append(_fault(row, found))
    n = n_header_rows(top, body, rest) if top else 0
    if n and faults:
        repairs += faults
    return n, top[:n]


@dataclass(slots=True, kw_only=True)
class Mender:
    """Puts the rows of one table right, and keeps what it did and what it refused."""

    cutter: Cutter
    profiles: Sequence[Profile]
    usual: Usual
    """What the cells of a row may cost that belongs to the table."""
    certain: float = CERTAIN
    repairs: list[Fault] = field(default_factory=list)
    rejects: list[Fault] = field(default_factory=list)

    def mend(self, row: Row) -> list[str] | None:
        """Return the cells of a row, put right where need be; None where it is refused."""
        width = len(self.profiles)
        if row.is_garbled:
            self.rejects.append(_garbled(row))
            return None
        if row.cells is not None and len(row.cells) == width and not row.is_odd:
            return row.cells
        costs = [profile.costs for profile in self.profiles]
        found = align(
            row.raw,
            row.cells,
            width,
            self.cutter,
            lambda i, cell: costs[i][cell],
            allows=self.usual.allows,
            may_be_empty=[profile.may_be_empty for profile in self.profiles],
        )
        if found is not None and found.chosen.reason == "quoting" and row.width == width:
            return list(found.chosen.cells)
        is_told = self.profiles[0].n >= _LEAST_ROWS
        if found is not None and not is_told and found.chosen.weighed is None:
            found = None  # only a quote is seen to be astray whatever the other rows are
        if found is None or found.certainty < self.certain:
            self.rejects.append(_refused(row, width, found))
            return None
        self.repairs.append(_fault(row, found))
        return list(found.chosen.cells)


def _garbled(row: Row) -> Fault:
    return Fault(
        line=row.line,
        reason="encoding",
        message="The row holds bytes that stand for nothing in the file's encoding.",
        raw=_shown(row.raw),
    )


def _shown(raw: str) -> str:
    """Return a row as people may see it: what stands for nothing is a white question mark."""
    return raw if raw.isascii() else GARBLED.sub("\ufffd", raw)


_ASTRAY = 8.0
"""Nats by which a mended row may be less likely than the least likely of the sound ones."""


class Usual:
    """What the cells of a row may cost that belongs to a table: as much as others, and some."""

    def __init__(self, rows: Sequence[Sequence[str]], profiles: Sequence[Profile]) -> None:
        self._rest = iter(rows[:: max(1, len(rows) // 40)])
        self._costs = [profile.costs for profile in profiles] if rows else []
        self._most = inf if not rows else -inf

    def allows(self, cost: float) -> bool:
        """Tell whether a row may cost so much; as few rows are weighed as tell it."""
        while cost > self._most + _ASTRAY:
            row = next(self._rest, None)
            if row is None:
                return False
            own = sum(costs[cell] for costs, cell in zip(self._costs, row, strict=True))
            self._most = max(self._most, own)
        return True


def _fault(row: Row, found: Alignment) -> Fault:
    return Fault(
        line=row.line,
        reason=found.chosen.reason,
        message=found.chosen.message,
        raw=_shown(row.raw),
        certainty=round(found.certainty, 3),
    )


def _refused(row: Row, width: int, found: Alignment | None) -> Fault:
    if row.cells is None:
        reason, message = "quoting", "A quote is opened and not closed, or text follows it."
    elif row.width < width:
        reason, message = "missing-columns", f"The row has {row.width} of {width} columns."
    else:
        reason, message = "too-many-columns", f"The row has {row.width} columns, not {width}."
    if found is not None:
        message += " It can be put right in more than one way."
    return Fault(
        line=row.line,
        reason=reason,
        message=message,
        raw=_shown(row.raw),
        certainty=0.0 if found is None else round(found.certainty, 3),
    )


def _one_column(block: Block) -> MendedTable:
    refused = [_garbled(row) for row in block.rows if row.is_garbled]
    rows = [
        [row.cells[0] if row.cells and row.width == 1 else row.raw]
        for row in block.rows
        if not row.is_garbled
    ]
    body = profiles_of(rows[1:], 1)
    n_header = min(n_header_rows(rows, body), 1)
    return MendedTable(
        header=tuple(rows[0]) if n_header else None,
        width=1,
        header_line=block.rows[0].line if n_header else None,
        header_rows=n_header,
        rows=rows[n_header:],
        rejects=tuple(refused),
        notes=(*block.before, *block.after),
    )


def _without_trailing(table: MendedTable) -> MendedTable:
    """Take away a last column that has neither name nor value: rows end in a delimiter."""
    header, rows = table.header, table.rows
    nameless = header is not None and not header[-1].strip()
    if table.width < 2 or not nameless or any(row[-1] for row in rows):
        return table
    return replace(
        table,
        header=header[:-1] if header else None,
        width=table.width - 1,
        rows=[row[:-1] for row in rows],
        # A header that lacks the delimiter is none the worse for it.
        repairs=tuple(each for each in table.repairs if each.line != table.header_line),
        trailing_delimiter=True,
    )


__all__ = ["CERTAIN", "Note", "read_text"]
