"""Words and rules of a page → its tables: the rules, without any document."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from proveout.intake.pdf.page import Box, Page, Word
from proveout.intake.pdf.reader import tables_of

WIDTH = 5.0
"""Of a letter, in a size of 10."""


def words(*placed: tuple[float, float, str]) -> tuple[Word, ...]:
    """Place texts on a page: from the left, from the top, the text; a blank parts words."""
    found: list[Word] = []
    for x, top, text in placed:
        at = x
        for part in text.split(" "):
            if part:
                found.append(Word(Box(at, top, at + WIDTH * len(part), top + 10), part))
            at += WIDTH * (len(part) + 1) - 2
    return tuple(found)


def page(*placed: tuple[float, float, str], number: int = 1, grid: tuple[Box, ...] = ()) -> Page:
    """Make a page of them."""
    return Page(
        number=number, width=600, height=800, words=words(*placed), grids=(grid,) if grid else ()
    )


def everything(pages: list[Page]) -> str:
    """Return all text that is in tables, margins or rejects of a document."""
    read = tables_of(pages, "t.pdf")
    parts = [text.text for table in read.tables for text in table.margin]
    parts += [
        cell
        for table in read.tables
        for row in [*table.header, *table.rows]
        for column, cell in enumerate(row.cells)
        if column not in row.filled
    ]
    parts += [reject.raw for reject in read.rejects]
    if not read.tables:
        parts += [text.text for text in read.unclaimed]
    return " ".join(parts)


def test_a_cell_of_several_lines_is_one() -> None:
    """What would not have fitted on the line before goes on with it; blanks join the lines."""
    lines = [(50, 0, "Id"), (100, 0, "Text"), (300, 0, "Sum")]
    for i, text in enumerate(["first words of a text that", "short", "again words of a text as"]):
        lines += [(50, 20 + 40 * i, str(i)), (100, 20 + 40 * i, text), (300, 20 + 40 * i, "1.5")]
    lines += [(100, 32, "continues"), (100, 112, "continues")]

    (table,) = tables_of([page(*lines)], "t.pdf").tables

    assert [row.cells for row in table.rows] == [
        ("0", "first words of a text that continues", "1.5"),
        ("1", "short", "1.5"),
        ("2", "again words of a text as continues", "1.5"),
    ]


def test_numbers_that_end_on_one_line_are_a_column_of_their_own() -> None:
    """However little space is between them and the text that begins after them."""
    rows = [("7", "Berlin"), ("1,250", "Bonn"), ("18", "Ulm"), ("422", "Kiel"), ("9", "Trier")]
    lines = []
    for i, (number, city) in enumerate(rows):
        top = 20 + 14 * i
        lines += [(50, top, "x"), (150 - WIDTH * len(number), top, number), (152, top, city)]

    (table,) = tables_of([page(*lines)], "t.pdf").tables

    assert [row.cells[1:] for row in [*table.header, *table.rows]] == rows


def test_a_table_goes_on_over_a_page_break_where_columns_agree() -> None:
    """Without its header too; other columns begin another table."""

    def at(top: float, *cells: str) -> list[tuple[float, float, str]]:
        return [(50 + 150 * i, top, cell) for i, cell in enumerate(cells)]

    first = page(*at(20, "Id", "Name", "Sum"), *at(34, "1", "a", "2.5"), *at(48, "2", "b", "3.5"))
    second = page(*at(20, "3", "c", "4.5"), *at(34, "4", "d", "5.5"), number=2)
    third = page(*at(20, "Day", "N"), *at(34, "Mo", "7"), *at(48, "Tu", "8"), number=3)

    read = tables_of([first, second, third], "t.pdf")

    assert [(table.part, table.names, len(table.rows)) for table in read.tables] == [
        ("page 1, table 1", ["Id", "Name", "Sum"], 4),
        ("page 3, table 1", ["Day", "N"], 2),
    ]


def test_a_row_alone_on_the_last_page_belongs_to_the_table() -> None:
    """What else stands there is margin: a footer fills no columns."""

    def at(top: float, *cells: str) -> list[tuple[float, float, str]]:
        return [(50 + 150 * i, top, cell) for i, cell in enumerate(cells)]

    first = page(*at(20, "Id", "Name", "Sum"), *at(34, "1", "a", "2.5"), *at(48, "2", "b", "3.5"))
    second = page(*at(20, "3", "c", "4.5"), *at(700, "Page 2", "of 2"), number=2)

    (table,) = tables_of([first, second], "t.pdf").tables

    assert [row.cells for row in table.rows][-1] == ("3", "c", "4.5")
    assert [text.text for text in table.margin] == ["Page 2 of 2"]


def test_text_in_two_columns_is_no_table() -> None:
    """Nor are addresses side by side: they stay in the margin."""
    prose = "these are words of a sentence that goes on"
    lines = [(50 + 280 * (i % 2), 20 + 12 * (i // 2), prose) for i in range(24)]

    read = tables_of([page(*lines)], "t.pdf")

    assert (len(read.tables), len(read.unclaimed)) == (0, 12)


placed_texts = st.lists(
    st.tuples(
        st.sampled_from([50.0, 120.0, 121.5, 260.0, 400.0]),
        st.integers(0, 40).map(lambda n: 12.0 * n),
        st.from_regex(r"\A[a-z0-9.,:-]{1,12}( [a-zTotal0-9]{1,5}){0,4}\Z"),
    ),
    max_size=40,
)
cells = st.lists(
    st.builds(
        lambda x, y, w, h: Box(50 + 70.0 * x, 24.0 * y, 50 + 70.0 * (x + w), 24.0 * (y + h)),
        st.integers(0, 5), st.integers(0, 12), st.integers(1, 3), st.integers(1, 3),
    ),
    max_size=16,
)  # fmt: skip


@settings(max_examples=60)
@given(pages=st.lists(st.tuples(placed_texts, cells), min_size=1, max_size=3))
def test_no_word_of_a_page_is_lost(
    pages: list[tuple[list[tuple[float, float, str]], list[Box]]],
) -> None:
    """Each is in a table, in the margin or in a reject, wherever it stands."""
    made = [
        page(*placed, number=number, grid=tuple(grid))
        for number, (placed, grid) in enumerate(pages, start=1)
    ]

    kept = Counter(everything(made).split())

    written = Counter(word.text for each in made for word in each.words)
    assert not written - kept
