"""Mend a text that is too large for memory: the plan is made from its beginning.

Damage is mended row by row as in a small text. What takes the whole to be seen is not looked for:
a further table further down comes out as rejects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from proveout.intake.mending.columns import MANY_ROWS, Profile, profiles_of
from proveout.intake.mending.cutting import GARBLED, Cutter, Row, rows_of, split_lines
from proveout.intake.mending.layout import Block, cut_footer
from proveout.intake.mending.model import Fault, MendedTable, Note, TextDialect
from proveout.intake.mending.reading import Mender, Usual, read_text

_PIECE_LINES = 20_000
_HELD_LINES = 600
"""Lines that wait for the next piece: a quoted field may go over so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the beginning of a text says of the rest."""

    dialect: TextDialect
    header: tuple[str, ...] | None
    header_line: int | None
    header_rows: int
    width: int
    first_line: int
    """Line of the first record, from 1."""
    profiles: Sequence[Profile]
    usual: Usual
    """What the cells of a row may cost that belongs to the table."""
    trailing_delimiter: bool
    notes: tuple[Note, ...]
    repairs: tuple[Fault, ...]
    """Of the header."""


@dataclass(slots=True)
class Piece:
    """The next rows of a large text."""

    rows: list[list[str]] = field(default_factory=list)
    repairs: list[Fault] = field(default_factory=list)
    rejects: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    text: str | None = None
    """The rows as they stand, where nothing is wrong with them and they are standard CSV."""


def plan_of(sample: str, *, delimiter: str | None = None) -> Plan | None:
    """Make the plan from the beginning of a text; None where there is no table in it."""
    mending = read_text(sample, delimiter=delimiter)
    if not mending.tables:
        return None
    table = mending.tables[0]
    rows = table.rows if not table.trailing_delimiter else [[*row, ""] for row in table.rows]
    width = table.width + table.trailing_delimiter
    profiles = profiles_of(rows[:4000], width, most=MANY_ROWS)
    return Plan(
        dialect=mending.dialect,
        header=table.header,
        header_line=table.header_line,
        header_rows=table.header_rows,
        width=width,
        first_line=_first_line(sample, table, mending.dialect),
        profiles=profiles,
        usual=Usual(rows[:4000], profiles),
        trailing_delimiter=table.trailing_delimiter,
        notes=tuple(note for note in table.notes if note.line < (table.header_line or 0)),
        repairs=tuple(each for each in table.repairs if each.line == table.header_line),
    )


def _first_line(sample: str, table: MendedTable, dialect: TextDialect) -> int:
    lines, ends = split_lines(sample.removeprefix("\ufeff"))
    if table.header_line is None:
        before = [note.line for note in table.notes if note.kind == "title"]
        return max(before, default=0) + 1
    start = table.header_line - 1
    rows = rows_of(lines[start : start + 700], ends[start : start + 700], Cutter(dialect), 0)
    for n, row in enumerate(rows):
        if n == table.header_rows:
            return start + row.line
    return len(lines) + 1


def mend_pieces(lines: Iterable[str], plan: Plan) -> Iterator[Piece]:
    """Mend the records of a text, from its lines with their ends; what precedes them is skipped."""
    held: list[str] = []
    number, wide = 0, iter(lines)
    for _ in range(plan.first_line - 1):
        next(wide, None)
        number += 1
    cutter = Cutter(plan.dialect)
    while True:
        piece: list[str] = []
        for line in wide:
            piece.append(line)
            if len(piece) == _PIECE_LINES:
                break
        is_last = len(piece) < _PIECE_LINES
        held += piece
        if held:
            found, used = _mend(held, number, plan, cutter, is_last=is_last)
            yield found
            number += used
            held = held[used:]
        if is_last:
            return


def _mend(
    lines: list[str], before: int, plan: Plan, cutter: Cutter, *, is_last: bool
) -> tuple[Piece, int]:
    if not is_last and (whole := _all_sound(lines, plan, cutter)) is not None:
        return whole, len(lines)
    bare, ends = _parted(lines)
    piece, used, rows = Piece(), len(lines), []
    for row in rows_of(bare, ends, cutter, plan.width):
        if not is_last and row.line > len(lines) - _HELD_LINES:
            used = row.line - 1
            break
        row.line += before
        row.is_garbled = not row.raw.isascii() and bool(GARBLED.search(row.raw))
        rows.append(row)
    if is_last:
        block = Block(width=plan.width, rows=rows)
        cut_footer(block)
        piece.notes += block.after
        rows = block.rows
    for row in rows:
        _add(row, plan, cutter, piece)
    return piece, used


def _all_sound(lines: list[str], plan: Plan, cutter: Cutter) -> Piece | None:
    """Cut all lines at once where nothing is wrong with any: many times as fast."""
    text = "".join(lines)
    if plan.dialect.quote in text and _inner_quote(plan.dialect).search(text):
        return None
    if not text.isascii() and GARBLED.search(text):
        return None
    cut = cutter.cut_all(lines)
    rows = [row for row in cut or () if row]
    if cut is None or set(map(len, rows)) != {plan.width}:
        return None
    if len(rows) != sum(1 for line in lines if not line.isspace()):
        return None  # a field goes over lines, or seems to
    if plan.header and list(plan.header) in rows:
        return None
    dialect = plan.dialect
    is_standard = dialect.quote == '"' and not (dialect.skips_blanks or "\r" in text)
    as_it_is = is_standard and not plan.trailing_delimiter and text.endswith("\n")
    return Piece(rows=_without_trailing(rows, plan), text=text if as_it_is else None)


def _inner_quote(dialect: TextDialect) -> re.Pattern[str]:
    """Match a quote between signs that neither separate nor are quotes: it may be astray."""
    quote, apart = re.escape(dialect.quote), re.escape(dialect.delimiter + dialect.quote + "\r\n")
    return re.compile(f"[^{apart}]{quote}[^{apart}]")


def _add(row: Row, plan: Plan, cutter: Cutter, piece: Piece) -> None:
    if not row.raw.strip():
        return
    if plan.header and row.cells is not None and tuple(row.cells) == plan.header:
        text = "\t".join(row.cells)
        piece.notes.append(Note(line=row.line, kind="header", text=text))
        return
    mender = Mender(cutter=cutter, profiles=plan.profiles, usual=plan.usual)
    cells = mender.mend(row)
    piece.repairs += mender.repairs
    piece.rejects += mender.rejects
    if cells is not None:
        piece.rows += _without_trailing([cells], plan)


def _without_trailing(rows: list[list[str]], plan: Plan) -> list[list[str]]:
    return [row[:-1] for row in rows] if plan.trailing_delimiter else rows


def _parted(lines: list[str]) -> tuple[list[str], list[str]]:
    bare = [line.rstrip("\r\n") for line in lines]
    ends = [line[len(each) :] for line, each in zip(lines, bare, strict=True)]
    return bare, ends
