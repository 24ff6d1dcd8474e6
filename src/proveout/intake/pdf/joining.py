"""Tables of pages → tables of the document: what goes on over a page break becomes one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from proveout.intake.pdf.found import Aside, Found, Row
from proveout.intake.pdf.heading import is_total, n_header_rows, names_of
from proveout.intake.pdf.lines import Line, text_of
from proveout.intake.pdf.numerals import is_numeral
from proveout.intake.pdf.page import Box, Page, Word, around
from proveout.intake.pdf.ruled import ruled_table
from proveout.intake.pdf.unruled import unruled_tables
from proveout.intake.readers.port import MarginText


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPage:
    """What was found on a page."""

    number: int
    tables: tuple[Found, ...]
    """From the top."""
    lines: tuple[Line, ...]
    """What belongs to no table."""


@dataclass(slots=True, kw_only=True)
class Table:
    """A table of the document."""

    first_page: int
    nth: int
    """Which one it is on its first page, from 1."""
    header: list[Row]
    rows: list[Row]
    columns: tuple[tuple[float, float], ...]
    places: list[tuple[int, Box, int]]
    """For each page: its number, the table's box, and how many rows stand there."""
    margin: list[MarginText] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The header as written; empty texts where it has none."""
        return names_of(self.header) if self.header else [""] * len(self.columns)

    @property
    def part(self) -> str:
        """What people call it."""
        return f"page {self.first_page}, table {self.nth}"

    @property
    def size(self) -> int:
        """How many cells it has."""
        return len(self.rows) * len(self.columns)


def on_page(page: Page) -> OnPage:
    """Find the tables of a page: the drawn ones first, then those in what is left."""
    free: list[Word] = list(page.words)
    tables: list[Found] = []
    for grid in page.grids:
        ruled = ruled_table(page, grid, free)
        if ruled is not None:
            found, taken = ruled
            gone = set(map(id, taken))
            free = [word for word in free if id(word) not in gone]
            tables.append(found)
    more, left = unruled_tables(page, free)
    return OnPage(
        number=page.number,
        tables=tuple(sorted([*tables, *more], key=lambda found: (found.box.top, found.box.x0))),
        lines=tuple(left),
    )


class Document:
    """The tables of a document, gathered page by page."""

    def __init__(self) -> None:
        self.tables: list[Table] = []
        self.unclaimed: list[MarginText] = []
        """Lines before the first table."""
        self._open: Table | None = None
        """The last table of the page before."""

    def add(self, page: OnPage) -> None:
        """Take in the next page."""
        own: list[tuple[float, Table]] = []
        for nth, found in enumerate(page.tables, start=1):
            table = self._continued(found) if nth == 1 else None
            if table is None:
                table = _begun(found, nth)
                self.tables.append(table)
            own.append((found.box.top, table))
        rest = page.lines if own else self._spilled(page)
        for line in rest:
            self._place(line, page.number, own)
        if own:
            self._open = own[-1][1]
        elif rest:
            self._open = None

    def _spilled(self, page: OnPage) -> tuple[Line, ...]:
        """Take the last few rows of a table that stand alone on the next page; return the rest."""
        table = self._open
        if table is None or table.places[-1][0] != page.number - 1:
            return page.lines
        rows = {id(line): row for line in page.lines if (row := _as_row(line, page, table))}
        if not rows:
            return page.lines
        found = list(rows.values())
        table.rows += found
        table.places.append((page.number, around(row.box for row in found), len(found)))
        return tuple(line for line in page.lines if id(line) not in rows)

    def _continued(self, found: Found) -> Table | None:
        """Join a page's first table to the last of the page before, where the columns agree."""
        table = self._open
        if table is None or table.places[-1][0] != found.page - 1:
            return None
        repeated = _repeated(table, found)
        if len(found.columns) != len(table.columns):
            return None
        if not (repeated or _agree(table.columns, found.columns)):
            return None
        fresh = n_header_rows(found.rows, found.n_header)
        if table.header and not repeated and fresh and names_of(found.rows[:fresh]) != table.names:
            alike = _agree(table.columns, found.columns) and not found.n_header
            if not alike or _says_more(found.rows[:fresh], table.rows):
                return None
        _take(table, found, found.rows[:repeated], found.rows[repeated:])
        table.columns = _spread(table.columns, found.columns) or table.columns
        return table

    def _place(self, line: Line, page: int, own: Sequence[tuple[float, Table]]) -> None:
        text = MarginText(at=f"page {page}", kind="other", text=line.text)
        below = [table for top, table in own if top >= line.box.top]
        above = [table for top, table in own if top < line.box.top]
        if above:
            above[-1].margin.append(replace(text, kind="note"))
        elif below:
            fresh = below[0].first_page == page
            below[0].margin.append(replace(text, kind="title" if fresh else "other"))
        elif self.tables:
            self.tables[-1].margin.append(text)
        else:
            self.unclaimed.append(text)


def _as_row(line: Line, page: OnPage, table: Table) -> Row | None:
    """Read a lone line as a row of a table: it fills the columns that most rows fill, with numbers
    where these have numbers."""
    cells: list[list[Word]] = [[] for _ in table.columns]
    for phrase, words in zip(line.phrases, line.groups, strict=True):
        over = [
            i for i, (x0, x1) in enumerate(table.columns)
            if min(x1, phrase.x1) > max(x0, phrase.x0)
        ]  # fmt: skip
        if len(over) != 1:
            return None
        cells[over[0]] += words
    texts = tuple(map(text_of, cells))
    for column, text in enumerate(texts):
        known = [row.cells[column] for row in table.rows if row.cells[column]]
        if len(known) > 0.9 * len(table.rows) and not text:
            return None
        if known and text and all(map(is_numeral, known)) and not is_numeral(text):
            return None
    boxes = tuple(around(word.box for word in words) if words else None for words in cells)
    filled = sum(map(bool, texts))
    return Row(page.number, line.box, texts, boxes) if filled > 1 and table.rows else None


def _begun(found: Found, nth: int) -> Table:
    n = n_header_rows(found.rows, found.n_header)
    table = Table(
        first_page=found.page, nth=nth, header=list(found.rows[:n]), rows=[],
        columns=found.columns, places=[],
    )  # fmt: skip
    _take(table, found, (), found.rows[n:])
    return table


def _take(table: Table, found: Found, repeated: Sequence[Row], rows: Sequence[Row]) -> None:
    totals = [row for row in rows if is_total(row)]
    sums = set(map(id, totals))
    kept = [row for row in rows if id(row) not in sums]
    table.rows += kept
    table.places.append((found.page, found.box, len(kept)))
    at = f"page {found.page}"
    table.margin += [MarginText(at=at, kind="header", text=row.text) for row in repeated]
    table.margin += [MarginText(at=at, kind="total", text=row.text) for row in totals]
    table.margin += [MarginText(at=at, kind=_kind(a, found), text=a.text) for a in found.asides]


def _kind(aside: Aside, found: Found) -> Literal["title", "note"]:
    return "title" if aside.box.top < min(row.box.top for row in found.rows) else "note"


def _repeated(table: Table, found: Found) -> int:
    """Count the rows at the top of a page that say the header again."""
    n = len(table.header)
    said = [row.cells for row in found.rows[:n]]
    return n if n and said == [row.cells for row in table.header] else 0


def _says_more(header: Sequence[Row], rows: Sequence[Row]) -> bool:
    """Tell a new header from a row of mere text: none of it was seen as a value before."""
    seen = {text for row in rows for text in row.cells if text}
    return not any(text in seen for row in header for text in row.cells if text)


def _agree(some: Sequence[tuple[float, float]], others: Sequence[tuple[float, float]]) -> bool:
    """Tell whether the columns of two pages stand in the same places."""
    return len(some) == len(others) and _spread(some, others) is not None


def _spread(
    some: Sequence[tuple[float, float]], others: Sequence[tuple[float, float]]
) -> tuple[tuple[float, float], ...] | None:
    """Unite columns that stand in the same places; None where they do not."""
    both = [
        (min(a0, b0), max(a1, b1)) if min(a1, b1) > max(a0, b0) else None
        for (a0, a1), (b0, b1) in zip(some, others, strict=True)
    ]
    united = [reach for reach in both if reach is not None]
    if len(united) < len(both):
        return None
    # A little more room for one's neighbour: no page shows how far a column reaches.
    apart = all(a[1] - b[0] < 0.25 * min(a[1] - a[0], b[1] - b[0]) + 1 for a, b in pairwise(united))
    return tuple(united) if apart else None


def main_first(tables: Sequence[Table]) -> Iterator[Table]:
    """Put the largest table first; the others stay in the order of the document."""
    if not tables:
        return
    largest = max(tables, key=lambda table: table.size)
    yield largest
    yield from (table for table in tables if table is not largest)
